//! What a notifier counts.

use serde::Serialize;

use crate::receiving::Count;

/// What a notifier and its copies have done since it was built. As JSON it is an object of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct NotifierCounters {
    /// Events that every driver has delivered.
    pub sent: u64,
    /// Events that some driver has not delivered, or that could not be written.
    pub failed: u64,
    /// Attempts beyond the first, of each driver and topic.
    pub repeated: u64,
    /// Detached events that were given up unsent: the queue was full, or the time was over after the last copy of the
    /// notifier was dropped.
    pub dropped: u64,
    /// Detached events that wait or are under way at this moment.
    pub queued: u64,
}

/// The counters of a running notifier.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) sent: Count,
    pub(super) failed: Count,
    pub(super) repeated: Count,
    pub(super) dropped: Count,
}

impl Tally {
    pub(super) fn read(&self, queued: usize) -> NotifierCounters {
        NotifierCounters {
            sent: self.sent.get(),
            failed: self.failed.get(),
            repeated: self.repeated.get(),
            dropped: self.dropped.get(),
            queued: queued as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json() {
        let tally = Tally::default();
        tally.dropped.add(2);
        let json = r#"{"sent":0,"failed":0,"repeated":0,"dropped":2,"queued":3}"#;
        assert_eq!(serde_json::to_string(&tally.read(3)).unwrap(), json);
    }
}
