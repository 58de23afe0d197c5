//! Log lines that peers bring about, of whoever takes their messages: what they wrote is escaped and shortened, and of
//! each kind of line there are a few a minute. The others are logged at the level `debug`.

use crate::contained::contained;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::text::printable;
use crate::wire::DecodeError;

/// The lines of one receiver.
#[derive(Debug)]
pub(crate) struct Log {
    undecodable: RareLog,
    repeated: RareLog,
    panics: RareLog,
    given_up: RareLog,
    last: RareLog,
    kept: RareLog,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            undecodable: RareLog::default(),
            repeated: RareLog::default(),
            panics: RareLog::few(FEW),
            given_up: RareLog::few(FEW),
            last: RareLog::few(FEW),
            kept: RareLog::few(FEW),
        }
    }
}

impl Log {
    /// A message that is dropped; `told` is whether its caller gets an answer.
    pub(crate) fn rejected(&self, bytes: usize, told: bool, error: &DecodeError) {
        let error = printable(&error.to_string());
        rarely!(self.undecodable, warn, bytes, told, error, "rejected a message");
    }

    /// A message that was taken before.
    pub(crate) fn repeated(&self, unique_id: &str, redelivered: bool) {
        let unique_id = printable(unique_id);
        rarely!(self.repeated, warn, unique_id, redelivered, "ignored a repeated message");
    }

    /// A message that was taken before and is not done yet.
    pub(crate) fn joined(&self, unique_id: Option<&str>, redelivered: bool) {
        let unique_id = unique_id.map(printable);
        contained(|| tracing::debug!(unique_id, redelivered, "joined a repeated message to its first"));
    }

    /// A handler that panicked, under a target of its own: what it said may be secret. `method` is what it handled, as
    /// a peer may have called it.
    pub(crate) fn panicked(&self, method: &str, text: &str) {
        let [method, text] = [method, text].map(printable);
        rarely!(self.panics, error, target: "rpc_runtime::panics", method, "panicked: {text}");
    }

    /// A message that goes to the dead letters.
    pub(crate) fn gave_up(&self, queue: &str, deliveries: u32, to: &str, error: &str) {
        let [queue, to, error] = [queue, to, error].map(printable);
        rarely!(self.given_up, error, queue, deliveries, to, "gave a message up: {error}");
    }

    /// A message that its queue drops, or has its own place for, unless it is settled this time.
    pub(crate) fn last(&self, queue: &str, deliveries: u32) {
        let queue = printable(queue);
        rarely!(
            self.last,
            warn,
            queue,
            deliveries,
            "a message was delivered for the last time: its queue has a limit"
        );
    }

    /// A message that could not be sent on, to the dead letters or to the end of its queue.
    pub(crate) fn not_sent_on(&self, queue: &str, error: &str) {
        let [queue, error] = [queue, error].map(printable);
        rarely!(self.kept, error, queue, error, "could not send a message on; it is tried again");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logged::{Panicking, Warnings, forged};

    #[test]
    fn who_reads_the_log_may_panic() {
        let log = Log::default();
        let _guard = Panicking::set();
        log.rejected(1, false, &DecodeError::SpecialValue("NaN".to_owned()));
        log.repeated("id", true);
        log.joined(Some("id"), true);
        log.panicked("m", "text");
        log.gave_up("q", 1, "dead", "why");
        log.last("q", 21);
        log.not_sent_on("q", "why");
    }

    #[test]
    fn what_only_developers_read_is_one_line_too() {
        let (logged, _guard) = Warnings::collect_down_to(tracing::Level::DEBUG);
        Log::default().joined(Some(&forged()), true);
        assert_eq!(logged.with("joined a repeated message").len(), 1);
        logged.check_lines();
    }

    #[test]
    fn a_peer_can_neither_forge_nor_flood_lines() {
        let (log, forged) = (Log::default(), forged());
        let (warnings, _guard) = Warnings::collect();
        let few = FEW as usize;
        assert_eq!(warnings.of_a_thousand(|| log.repeated(&forged, true)), 1);
        let error = DecodeError::SpecialValue(forged.clone());
        assert_eq!(warnings.of_a_thousand(|| log.rejected(1, false, &error)), 1);
        assert_eq!(warnings.of_a_thousand(|| log.panicked(&forged, &forged)), few);
        assert_eq!(warnings.of_a_thousand(|| log.gave_up(&forged, 1, "dead", &forged)), few);
        assert_eq!(warnings.of_a_thousand(|| log.last(&forged, 21)), few);
        assert_eq!(warnings.of_a_thousand(|| log.not_sent_on(&forged, &forged)), few);
        warnings.check_lines();
    }
}
