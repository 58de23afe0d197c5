//! Moments to come, however far away somebody asks for them.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than any process runs, and still an instant: `Duration::MAX` from now is none.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// The moment `wait` from now, at most 30 years away.
pub(crate) fn after(wait: Duration) -> Instant {
    later(Instant::now(), wait)
}

/// The moment `wait` from `now`, at most 30 years later.
pub(crate) fn later(now: Instant, wait: Duration) -> Instant {
    now + wait.min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_ever_is_a_moment_too() {
        assert!(after(Duration::MAX) > after(Duration::from_secs(3600)));
        assert!(after(Duration::ZERO) <= Instant::now());
    }
}
