//! An event without a type of its own.

use serde::Serialize;

use super::payload::Payload;
use super::priority::Priority;
use crate::wire::EncodeError;

/// An event: what happened, how important it is, and what there is to say of it. Of every type of events one can be made,
/// and it is a type of events itself, which has all of them.
///
/// ```
/// use rpc_runtime::notification::{Notification, Priority};
/// use serde_json::json;
///
/// let event = Notification::new(Priority::Info, "volume.create.end", &json!({"volume_id": "v1"}))?;
/// assert_eq!(event.payload().text(), r#"{"volume_id":"v1"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    event_type: String,
    priority: Priority,
    payload: Payload,
}

impl Notification {
    /// An event.
    ///
    /// # Errors
    /// If `payload` cannot be written as JSON.
    pub fn new<T: Serialize + ?Sized>(
        priority: Priority,
        event_type: impl Into<String>,
        payload: &T,
    ) -> Result<Self, EncodeError> {
        Ok(Self::with_payload(priority, event_type, Payload::new(payload)?))
    }

    /// An event whose payload is JSON already.
    #[must_use]
    pub fn with_payload(priority: Priority, event_type: impl Into<String>, payload: Payload) -> Self {
        Self { event_type: event_type.into(), priority, payload }
    }

    /// What happened: `volume.create.end`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// How important it is.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.priority
    }

    /// What there is to say of it.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}
