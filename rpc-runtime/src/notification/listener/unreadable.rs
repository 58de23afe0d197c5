//! Notifications that are meant for an endpoint which cannot read them.

use std::sync::Arc;

use super::meta::Meta;
use crate::notification::typed::PayloadError;

/// Why an endpoint does not get a notification that is one of its events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The payload is not what the event has.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The context is not what the endpoint takes.
    #[error("the context of {event_type:?} cannot be read: {why}")]
    #[non_exhaustive]
    Context {
        /// What happened, as the sender wrote it, shortened.
        event_type: String,
        /// What is wrong, and where.
        why: String,
    },
}

/// Called with what an endpoint could not read.
pub(super) type OnUnreadable = Arc<dyn Fn(&Unreadable, &Meta) + Send + Sync>;
