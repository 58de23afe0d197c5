//! Events that have a type.

use super::description::EventSet;
use super::notified::Notification;
use crate::wire::EncodeError;

/// A set of events that belong together: what is emitted, and what a listener matches on.
///
/// Derived; see the derive of the same name for its attributes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of events",
    label = "derive `RpcNotification` for it"
)]
pub trait RpcNotification: Sized {
    /// What events there are.
    const EVENTS: EventSet;

    /// The same without a type of its own, to be sent.
    ///
    /// # Errors
    /// If it cannot be written: its payload as JSON, or a part of its event type.
    fn notification(&self) -> Result<Notification, EncodeError>;

    /// Reads an event; `None` if it is none of this set.
    ///
    /// # Errors
    /// It is one of this set, and its payload is not what the set says.
    fn read(notification: &Notification) -> Result<Option<Self>, PayloadError>;
}

impl RpcNotification for Notification {
    const EVENTS: EventSet = EventSet::any("Notification");

    fn notification(&self) -> Result<Notification, EncodeError> {
        Ok(self.clone())
    }

    fn read(notification: &Notification) -> Result<Option<Self>, PayloadError> {
        Ok(Some(notification.clone()))
    }
}

/// The payload of an event is not what its type says.
///
/// It does not repeat the payload, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload of {event_type:?} is not what {set} says: {why}")]
#[non_exhaustive]
pub struct PayloadError {
    /// What happened, as the sender wrote it, shortened.
    pub event_type: String,
    /// The name of the set of events.
    pub set: &'static str,
    /// What is wrong, and where.
    pub why: String,
}
