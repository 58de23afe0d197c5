//! Keeps a peer from flooding the log.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;

/// How far apart two lines of one kind are.
const APART: Duration = Duration::from_secs(60);

/// Which lines of one kind are shown: the first, then at most one a minute.
#[derive(Debug, Default)]
pub(crate) struct RareLog(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    last: Option<Instant>,
    left_out: u64,
}

impl RareLog {
    /// If the next line is to be shown, how many were left out before it.
    pub(crate) fn admit(&self) -> Option<u64> {
        let mut lines = lock(&self.0);
        if lines.last.is_some_and(|last| last.elapsed() < APART) {
            lines.left_out += 1;
            return None;
        }
        lines.last = Some(Instant::now());
        Some(std::mem::take(&mut lines.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_a_minute() {
        let log = RareLog::default();
        let a_second = Duration::from_secs(1);
        let mut shown = Vec::new();
        for second in 0..150 {
            shown.extend(log.admit().map(|left_out| (second, left_out)));
            tokio::time::advance(a_second).await;
        }
        assert_eq!(shown, [(0, 0), (60, 59), (120, 59)]);
    }
}
