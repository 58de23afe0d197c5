//! What there is to know of a notification beside its context and its payload.

use std::sync::Arc;

use crate::notification::priority::Priority;

/// What there is to know of a notification beside its context and its payload. What its sender left out, or what is no
/// text, is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The id of the notification; the same on each of the topics that it was sent to.
    pub message_id: Option<String>,
    /// Who notified: `compute.host1`.
    pub publisher_id: Option<String>,
    /// What happened: `compute.instance.create.end`.
    pub event_type: Option<String>,
    /// How important it is, as the notification itself says; the queue may say otherwise.
    pub priority: Priority,
    /// When, as the sender wrote it: Python and this write UTC, as `2026-01-02 03:04:05.000006`.
    pub timestamp: Option<String>,
    /// The id of the message, by which it is recognised when it comes again.
    pub unique_id: Option<String>,
    /// The queue that it came from: `notifications.info`, or the name of a pool.
    pub queue: Arc<str>,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// How often it was delivered, this time included, as far as that is known: a classic queue does not count, and of what
    /// other listeners gave back to it once or more often this one knows nothing but that it was delivered before.
    pub deliveries: u32,
}

impl Meta {
    /// Nothing but a priority, for tests of handlers.
    #[must_use]
    pub fn new(priority: Priority) -> Self {
        Self {
            message_id: None,
            publisher_id: None,
            event_type: None,
            priority,
            timestamp: None,
            unique_id: None,
            queue: "".into(),
            redelivered: false,
            deliveries: 1,
        }
    }
}
