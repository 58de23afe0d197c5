//! The one place for the log lines of a server that peers bring about, beside those of any receiver: what they wrote is
//! escaped and shortened, and of each kind of line there are a few a minute. The others are logged at the level `debug`.

use std::sync::Arc;

use super::incoming::Raised;
use crate::contained::contained;
use crate::error::RemoteError;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::receiving;
use crate::text::printable;

/// The lines of one server.
#[derive(Debug)]
pub(super) struct Log {
    /// Those of any receiver.
    pub(super) received: Arc<receiving::Log>,
    odd: RareLog,
    failed_calls: RareLog,
    failed_casts: RareLog,
    replies_dropped: RareLog,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            received: Arc::default(),
            odd: RareLog::default(),
            failed_calls: RareLog::few(FEW),
            failed_casts: RareLog::few(FEW),
            replies_dropped: RareLog::few(FEW),
        }
    }
}

impl Log {
    /// A request with something that its sender should not have written.
    pub(super) fn odd(&self, warning: &str) {
        let warning = printable(warning);
        rarely!(self.odd, warn, "{warning}");
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logged::{Panicking, Warnings, forged};

    #[test]
    fn who_reads_the_log_may_panic() {
        let log = Log::default();
        let raised = Raised::from(RemoteError::new("a", "B", "c"));
        let _guard = Panicking::set();
        log.odd("odd");
        log.failed(&raised, "m", true);
        log.failed(&raised, "m", false);
        log.reply_dropped("m", "q", "why");
        log.not_told("q", "why");
    }

    #[test]
    fn an_expected_failure_is_for_developers_only() {
        let expected = Raised { expected: true, ..Raised::from(RemoteError::new("a", "B", "c")) };
        for (level, lines) in [(tracing::Level::INFO, 0), (tracing::Level::DEBUG, 1)] {
            for told in [true, false] {
                let (logged, _guard) = Warnings::collect_down_to(level);
                Log::default().failed(&expected, "m", told);
                assert_eq!((logged.with("").len(), logged.with("failed as expected").len()), (lines, lines));
            }
        }
    }

    #[test]
    fn what_only_developers_read_is_one_line_too() {
        let (logged, _guard) = Warnings::collect_down_to(tracing::Level::DEBUG);
        Log::default().not_told(&forged(), &forged());
        assert_eq!(logged.with("nor was its caller told").len(), 1);
        logged.check_lines();
    }

    #[test]
    fn a_peer_can_neither_forge_nor_flood_lines() {
        let (log, forged) = (Log::default(), forged());
        let (warnings, _guard) = Warnings::collect();
        let raised = Raised::from(RemoteError::new(&*forged, &*forged, &*forged));
        let few = FEW as usize;
        assert_eq!(warnings.of_a_thousand(|| log.odd(&forged)), 1);
        assert_eq!(warnings.of_a_thousand(|| log.failed(&raised, &forged, false)), few);
        assert_eq!(warnings.of_a_thousand(|| log.reply_dropped(&forged, &forged, "nobody")), few);
        warnings.check_lines();
    }
}
