//! What a server counts.

use serde::Serialize;

use crate::receiving::Count;

/// What a server has done since it was started. As JSON it is an object of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Counters {
    /// Messages that a worker took up.
    pub taken: u64,
    /// Requests that were executed, unknown methods and wrong arguments included.
    pub executed: u64,
    /// Messages that were not executed, as their request was known already.
    pub duplicates: u64,
    /// Requests that were not executed, as their callers had given them up before a worker was free: the time that
    /// they may wait counts from their arrival in the server.
    pub expired: u64,
    /// Messages that could not be decoded.
    pub rejected: u64,
    /// Messages that went to the [dead letters](crate::DeadLetters).
    pub dead_lettered: u64,
    /// Messages that went back to their queue: handlers cut off by a shutdown, and dead letters
    /// that the broker did not take.
    pub given_back: u64,
    /// Replies that were given up, for the most part as their caller was gone.
    pub replies_dropped: u64,
}

/// The counters of a running server.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) taken: Count,
    pub(super) executed: Count,
    pub(super) duplicates: Count,
    pub(super) expired: Count,
    pub(super) rejected: Count,
    pub(super) dead_lettered: Count,
    pub(super) given_back: Count,
    pub(super) replies_dropped: Count,
}

impl Tally {
    pub(super) fn read(&self) -> Counters {
        Counters {
            taken: self.taken.get(),
            executed: self.executed.get(),
            duplicates: self.duplicates.get(),
            expired: self.expired.get(),
            rejected: self.rejected.get(),
            dead_lettered: self.dead_lettered.get(),
            given_back: self.given_back.get(),
            replies_dropped: self.replies_dropped.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json() {
        let tally = Tally::default();
        tally.taken.add_one();
        let json = r#"{"taken":1,"executed":0,"duplicates":0,"expired":0,"rejected":0,"dead_lettered":0,"given_back":0,"replies_dropped":0}"#;
        assert_eq!(serde_json::to_string(&tally.read()).unwrap(), json);
    }
}
