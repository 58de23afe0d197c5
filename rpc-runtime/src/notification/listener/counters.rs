//! What a listener counts.

use serde::Serialize;

use crate::receiving::Count;

/// What a listener has done since it was started. As JSON it is an object of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ListenerCounters {
    /// Messages that were taken up.
    pub taken: u64,
    /// Notifications that are done: an endpoint had them, and all that had them are content, or failed where that counts
    /// as handled.
    pub handled: u64,
    /// Notifications that no endpoint wants: of their priority, by its filter or among its events.
    pub unhandled: u64,
    /// The same of priorities that are listened to for [`drain_unhandled`](super::ListenerBuilder::drain_unhandled) alone.
    pub drained: u64,
    /// Notifications of a priority that there is not.
    pub unknown_priority: u64,
    /// Notifications that an endpoint could not read; counted for each that could not.
    pub unreadable: u64,
    /// Errors and panics of handlers; in a batch, counted for each of its notifications.
    pub failed: u64,
    /// Notifications that went back to their queue, as a handler said.
    pub requeued: u64,
    /// Notifications that were rejected, as a handler said.
    pub refused: u64,
    /// Notifications that were given up, as they were delivered too often.
    pub given_up: u64,
    /// Messages that could not be decoded.
    pub rejected: u64,
    /// Messages that were known already.
    pub duplicates: u64,
    /// Messages that had waited for longer than their sender wanted.
    pub expired: u64,
    /// Messages that went to the [dead letters](crate::DeadLetters).
    pub dead_lettered: u64,
    /// Messages that went back to their queue for another reason: their handlers were cut off by a shutdown, or the broker
    /// did not take a dead letter.
    pub given_back: u64,
}

/// The counters of a running listener.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) taken: Count,
    pub(super) handled: Count,
    pub(super) unhandled: Count,
    pub(super) drained: Count,
    pub(super) unknown_priority: Count,
    pub(super) unreadable: Count,
    pub(super) failed: Count,
    pub(super) requeued: Count,
    pub(super) refused: Count,
    pub(super) given_up: Count,
    pub(super) rejected: Count,
    pub(super) duplicates: Count,
    pub(super) expired: Count,
    pub(super) dead_lettered: Count,
    pub(super) given_back: Count,
}

impl Tally {
    pub(super) fn read(&self) -> ListenerCounters {
        ListenerCounters {
            taken: self.taken.get(),
            handled: self.handled.get(),
            unhandled: self.unhandled.get(),
            drained: self.drained.get(),
            unknown_priority: self.unknown_priority.get(),
            unreadable: self.unreadable.get(),
            failed: self.failed.get(),
            requeued: self.requeued.get(),
            refused: self.refused.get(),
            given_up: self.given_up.get(),
            rejected: self.rejected.get(),
            duplicates: self.duplicates.get(),
            expired: self.expired.get(),
            dead_lettered: self.dead_lettered.get(),
            given_back: self.given_back.get(),
        }
    }
}
