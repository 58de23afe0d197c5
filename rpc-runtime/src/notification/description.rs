//! The description of events: what the derive knows of them, as a constant.

use serde::Serialize;

use super::priority::Priority;
use crate::class::ObjectClass;
use crate::version::Version;

/// A set of events: its name, topic and events.
///
/// `#[derive(RpcNotification)]` makes one as `EVENTS` of the type. It can be serialised, for exports and comparisons: versions
/// are texts, and classes of objects are as they are serialised themselves.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct EventSet {
    /// The name of the type.
    pub name: &'static str,
    /// The topic that its events go to where a notifier or listener names none, if it is not `notifications`.
    pub topic: Option<&'static str>,
    /// The exchange of that topic, if it is not the transport's.
    pub exchange: Option<&'static str>,
    /// The version that the set is at, if it has any.
    pub version: Option<Version>,
    /// The events, in the order of the type.
    pub events: &'static [Event],
    /// Whether it has a place for events that it does not know.
    pub open: bool,
    /// The documentation of the type.
    pub doc: &'static str,
}

/// One of them.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The name in Rust.
    pub name: &'static str,
    /// What happened: a text, or a pattern such as `compute.instance.{action}`.
    pub event_type: &'static str,
    /// How important it is.
    pub priority: Priority,
    /// The version of the set that brought it, if that is known.
    pub since: Option<Version>,
    /// The type of the payload in Rust, as it is written: `Volume`, or `{ volume: Volume, reason: String }` for an object of
    /// JSON with these members, and `{}` without any.
    pub payload: &'static str,
    /// The class of the payload, if it is an object.
    pub class: Option<&'static ObjectClass>,
    /// The documentation of the variant.
    pub doc: &'static str,
}

impl EventSet {
    /// A set of such events.
    #[must_use]
    pub const fn new(name: &'static str, events: &'static [Event]) -> Self {
        Self { name, topic: None, exchange: None, version: None, events, open: false, doc: "" }
    }

    /// A set that has every event there is.
    #[must_use]
    pub const fn any(name: &'static str) -> Self {
        Self::new(name, &[]).with_others()
    }

    /// The same with a place for events that it does not know.
    #[must_use]
    pub const fn with_others(mut self) -> Self {
        self.open = true;
        self
    }

    /// The same, whose events go to this topic where nobody names another one.
    #[must_use]
    pub const fn with_topic(mut self, topic: &'static str) -> Self {
        self.topic = Some(topic);
        self
    }

    /// The same with the exchange of that topic.
    #[must_use]
    pub const fn with_exchange(mut self, exchange: &'static str) -> Self {
        self.exchange = Some(exchange);
        self
    }

    /// The same at a version.
    #[must_use]
    pub const fn with_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// The same with its documentation.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
}

impl Event {
    /// An event of that type and priority, whose payload is of a type in Rust.
    #[must_use]
    pub const fn new(
        name: &'static str,
        event_type: &'static str,
        priority: Priority,
        payload: &'static str,
    ) -> Self {
        Self { name, event_type, priority, since: None, payload, class: None, doc: "" }
    }

    /// The same, came with `since`.
    #[must_use]
    pub const fn with_since(mut self, since: Version) -> Self {
        self.since = Some(since);
        self
    }

    /// The same, whose payload is an object of that class.
    #[must_use]
    pub const fn with_class(mut self, class: &'static ObjectClass) -> Self {
        self.class = Some(class);
        self
    }

    /// The same with its documentation.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }
}
