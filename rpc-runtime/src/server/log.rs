//! The one place for log lines that peers bring about: what they wrote is escaped and shortened, and of each kind of
//! line there are a few a minute. The others are logged at the level `debug`.

use super::incoming::Raised;
use crate::contained::contained;
use crate::error::RemoteError;
use crate::rare_log::RareLog;
use crate::text::printable;
use crate::wire::DecodeError;

/// How many lines of a kind a minute has that an operator may want to see each of.
const FEW: u32 = 20;

/// The lines of one server.
#[derive(Debug)]
pub(super) struct Log {
    undecodable: RareLog,
    odd: RareLog,
    repeated: RareLog,
    failed_calls: RareLog,
    failed_casts: RareLog,
    panics: RareLog,
    given_up: RareLog,
    replies_dropped: RareLog,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            undecodable: RareLog::default(),
            odd: RareLog::default(),
            repeated: RareLog::default(),
            failed_calls: RareLog::few(FEW),
            failed_casts: RareLog::few(FEW),
            panics: RareLog::few(FEW),
            given_up: RareLog::few(FEW),
            replies_dropped: RareLog::few(FEW),
        }
    }
}

/// A line of the level that it has if it is shown, else of `debug`. Who reads the log may panic: that ends nothing here.
macro_rules! rarely {
    ($log:expr, $level:ident, target: $target:literal, $($line:tt)+) => {
        contained(|| match $log.admit() {
            Some(left_out) => tracing::$level!(target: $target, left_out, $($line)+),
            None => tracing::debug!(target: $target, $($line)+),
        })
    };
    ($log:expr, $level:ident, $($line:tt)+) => {
        contained(|| match $log.admit() {
            Some(left_out) => tracing::$level!(left_out, $($line)+),
            None => tracing::debug!($($line)+),
        })
    };
}

impl Log {
    /// A message that is dropped; `told` is whether its caller gets an answer.
    pub(super) fn rejected(&self, bytes: usize, told: bool, error: &DecodeError) {
        let error = printable(&error.to_string());
        rarely!(self.undecodable, warn, bytes, told, error, "rejected a message");
    }

    /// A request with something that its sender should not have written.
    pub(super) fn odd(&self, warning: &str) {
        let warning = printable(warning);
        rarely!(self.odd, warn, "{warning}");
    }

    /// A request that was taken before.
    pub(super) fn repeated(&self, unique_id: &str, redelivered: bool) {
        let unique_id = printable(unique_id);
        rarely!(self.repeated, warn, unique_id, redelivered, "ignored a repeated message");
    }

    /// A request that ended with an exception; `told` is whether its caller gets it.
    pub(super) fn failed(&self, raised: &Raised, method: &str, told: bool) {
        if raised.expected && !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let RemoteError { module, class, message, .. } = &*raised.error;
        let [method, module, class, message] = [method, module, class, message].map(printable);
        // The caller of a call is told; a failed cast is known here only.
        match told {
            _ if raised.expected => {
                contained(|| tracing::debug!(method, module, class, "failed as expected: {message}"));
            }
            true => rarely!(self.failed_calls, info, method, module, class, "failed: {message}"),
            false => rarely!(self.failed_casts, error, method, module, class, "failed: {message}"),
        }
    }

    /// A handler that panicked, under a target of its own: what it said may be secret.
    pub(super) fn panicked(&self, method: &str, text: &str) {
        let text = printable(text);
        rarely!(self.panics, error, target: "rpc_runtime::panics", method, "panicked: {text}");
    }

    /// A reply that is given up.
    pub(super) fn reply_dropped(&self, method: &str, queue: &str, why: &str) {
        let [method, queue, why] = [method, queue, why].map(printable);
        rarely!(self.replies_dropped, warn, method, queue, "dropped a reply: {why}");
    }

    /// A reply that is given up, and that its caller was not told of either.
    pub(super) fn not_told(&self, queue: &str, why: &str) {
        let [queue, why] = [queue, why].map(printable);
        contained(|| tracing::debug!(queue, "nor was its caller told: {why}"));
    }

    /// A request that was taken before and is not done yet.
    pub(super) fn joined(&self, unique_id: Option<&str>, redelivered: bool) {
        let unique_id = unique_id.map(printable);
        contained(|| tracing::debug!(unique_id, redelivered, "joined a repeated message to its first"));
    }

    /// A message that goes to the dead letters.
    pub(super) fn gave_up(&self, queue: &str, deliveries: u32, to: &str, error: &str) {
        let [queue, to, error] = [queue, to, error].map(printable);
        rarely!(self.given_up, error, queue, deliveries, to, "gave a message up: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logged::{Panicking, Warnings};

    #[test]
    fn who_reads_the_log_may_panic() {
        let log = Log::default();
        let raised = Raised::from(RemoteError::new("a", "B", "c"));
        let _guard = Panicking::set();
        log.rejected(1, false, &DecodeError::SpecialValue("NaN".to_owned()));
        log.odd("odd");
        log.repeated("id", true);
        log.joined(Some("id"), true);
        log.failed(&raised, "m", true);
        log.failed(&raised, "m", false);
        log.panicked("m", "text");
        log.reply_dropped("m", "q", "why");
        log.not_told("q", "why");
        log.gave_up("q", 1, "dead", "why");
    }

    #[test]
    fn a_peer_can_neither_forge_nor_flood_lines() {
        let log = Log::default();
        let (warnings, _guard) = Warnings::collect();
        let forged =
            format!("x\n2026-11-28T15:00:00Z ERROR keystone: \u{1b}[31mall is lost{}", "!".repeat(1 << 20));
        let raised = Raised::from(RemoteError::new(&*forged, &*forged, &*forged));
        let (mut kinds, lines) = (Vec::new(), 1000);
        let mut each = |kind: &str, log: &dyn Fn()| {
            let before = warnings.with("").len();
            (0..lines).for_each(|_| log());
            kinds.push((kind.to_owned(), warnings.with("").len() - before));
        };
        each("odd", &|| log.odd(&forged));
        each("repeated", &|| log.repeated(&forged, true));
        each("rejected", &|| log.rejected(1, false, &DecodeError::SpecialValue(forged.clone())));
        each("casts", &|| log.failed(&raised, &forged, false));
        each("panics", &|| log.panicked("echo", &forged));
        each("replies", &|| log.reply_dropped(&forged, &forged, "nobody"));
        each("given up", &|| log.gave_up(&forged, 1, "dead", &forged));
        let few = FEW as usize;
        let expected = [
            ("odd", 1),
            ("repeated", 1),
            ("rejected", 1),
            ("casts", few),
            ("panics", few),
            ("replies", few),
            ("given up", few),
        ];
        assert_eq!(kinds, expected.map(|(kind, count)| (kind.to_owned(), count)));
        for line in warnings.with("") {
            assert!(line.len() < 3000, "{}", line.len());
            assert!(!line.contains(char::is_control), "{line}");
        }
    }
}
