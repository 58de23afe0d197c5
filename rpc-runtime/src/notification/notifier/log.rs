//! What notifiers log of their own work: a few lines a minute of each kind, without payloads and contexts.

use super::emission::Emission;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::text::printable;

/// The lines of one notifier and its copies.
#[derive(Debug)]
pub(super) struct Log {
    failed: RareLog,
    repeated: RareLog,
    dropped: RareLog,
}

impl Default for Log {
    fn default() -> Self {
        Self { failed: RareLog::few(FEW), repeated: RareLog::default(), dropped: RareLog::default() }
    }
}

impl Log {
    /// A detached event that did not go everywhere: nobody else is told.
    pub(super) fn failed(&self, event: &str, why: &str) {
        let [event, why] = [event, why].map(printable);
        rarely!(self.failed, error, event, "an event was not sent: {why}");
    }

    /// An event that is tried again.
    pub(super) fn repeated(&self, emission: &Emission, target: &str, why: &str) {
        let [event, target, why] = [emission.event_type(), target, why].map(printable);
        rarely!(self.repeated, warn, event, target, "an event is tried again: {why}");
    }

    /// Detached events that are given up.
    pub(super) fn dropped(&self, events: usize, why: &str) {
        rarely!(self.dropped, error, events, "gave events up: {why}");
    }
}
