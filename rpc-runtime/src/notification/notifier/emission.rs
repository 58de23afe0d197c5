//! An event on its way out.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use uuid::Uuid;

use super::super::description::EventSet;
use super::super::notified::Notification;
use super::super::payload::Payload;
use super::super::priority::Priority;
use super::retry::Retry;
use crate::timestamp;
use crate::wire::{EncodeError, Fields, Format, NotificationDraft, NotificationHead};

/// An event as the drivers of a notifier get it: with its id, its time, and what of the context may be told. Cloning shares
/// it.
///
/// Debug output has neither the payload nor the values of the context.
#[derive(Clone)]
pub struct Emission(Arc<Inner>);

struct Inner {
    message_id: String,
    publisher_id: Option<Arc<str>>,
    event: Notification,
    timestamp: String,
    /// What may be told.
    context: Fields,
    home: Home,
    retry: Retry,
    /// Made when a driver first needs it.
    draft: OnceLock<Result<NotificationDraft, EncodeError>>,
}

/// Where the events of a set go if the notifier does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Home {
    pub(super) exchange: Option<&'static str>,
    pub(super) topic: Option<&'static str>,
}

impl Home {
    pub(super) fn of(set: &EventSet) -> Self {
        Self { exchange: set.exchange, topic: set.topic }
    }
}

impl Emission {
    /// `context` has what may be told.
    pub(super) fn new(
        publisher_id: Option<Arc<str>>,
        event: Notification,
        context: Fields,
        home: Home,
        retry: Retry,
    ) -> Self {
        let message_id = Uuid::new_v4().to_string();
        let (timestamp, draft) = (timestamp::printed_now(), OnceLock::new());
        Self(Arc::new(Inner { message_id, publisher_id, event, timestamp, context, home, retry, draft }))
    }

    /// The id of the event: a UUID with dashes, the same wherever the event goes.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.0.message_id
    }

    /// Who notifies, if the notifier was told: `compute.host1`.
    #[must_use]
    pub fn publisher_id(&self) -> Option<&str> {
        self.0.publisher_id.as_deref()
    }

    /// What happened.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.0.event.event_type()
    }

    /// How important it is.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.0.event.priority()
    }

    /// What there is to say of it.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        self.0.event.payload()
    }

    /// When it was emitted, in UTC: `2024-02-03 04:05:06.000007`.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.0.timestamp
    }

    /// How often it is to be tried again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The body of one message that says it, with an id of the message's own; [`wire::Notification`] reads it. Of the
    /// context it has what may be told.
    ///
    /// # Errors
    /// If the payload cannot be written.
    ///
    /// [`wire::Notification`]: crate::wire::Notification
    pub fn body(&self, format: Format) -> Result<Bytes, EncodeError> {
        let draft = self.0.draft.get_or_init(|| self.draft());
        draft.as_ref().map(|draft| draft.body(format)).map_err(Clone::clone)
    }

    fn draft(&self) -> Result<NotificationDraft, EncodeError> {
        let head = NotificationHead {
            message_id: self.message_id(),
            publisher_id: self.publisher_id(),
            event_type: self.event_type(),
            priority: self.priority().wire_name(),
            timestamp: self.timestamp(),
            ..NotificationHead::default()
        };
        head.draft(self.payload(), &self.0.context, self.payload().text().len())
    }

    pub(super) fn home(&self) -> Home {
        self.0.home
    }

    /// About how many bytes it takes in memory.
    pub(super) fn size(&self) -> usize {
        const BESIDE: usize = 512;
        let names = self.event_type().len() + self.publisher_id().map_or(0, str::len);
        BESIDE + names + self.payload().text().len() + self.0.context.encoded_len()
    }
}

impl fmt::Debug for Emission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emission")
            .field("message_id", &self.message_id())
            .field("publisher_id", &self.publisher_id())
            .field("event_type", &self.event_type())
            .field("priority", &self.priority())
            .field("timestamp", &self.timestamp())
            .field("payload", self.payload())
            .field("context", &self.0.context)
            .finish_non_exhaustive()
    }
}
