//! Keeps a peer from flooding the log.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;

/// How many lines of a kind a minute has that an operator may want to see each of.
pub(crate) const FEW: u32 = 20;

/// How long lines are counted together.
const MINUTE: Duration = Duration::from_secs(60);

/// Which lines of one kind are shown: the first few of each minute.
#[derive(Debug)]
pub(crate) struct RareLog {
    few: u32,
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    /// When the minute began, and how many lines it had.
    began: Option<Instant>,
    shown: u32,
    left_out: u64,
}

/// One a minute.
impl Default for RareLog {
    fn default() -> Self {
        Self::few(1)
    }
}

impl RareLog {
    /// So many a minute.
    pub(crate) fn few(few: u32) -> Self {
        Self { few, lines: Mutex::default() }
    }

    /// If the next line is to be shown, how many were left out before it.
    pub(crate) fn admit(&self) -> Option<u64> {
        let mut lines = lock(&self.lines);
        let now = Instant::now();
        if lines.began.is_none_or(|began| now.duration_since(began) >= MINUTE) {
            (lines.began, lines.shown) = (Some(now), 0);
        }
        if lines.shown >= self.few {
            lines.left_out += 1;
            return None;
        }
        lines.shown += 1;
        Some(std::mem::take(&mut lines.left_out))
    }
}

/// A line of the level that it has if it is shown, else of `debug`. Who reads the log may panic: that ends nothing here.
macro_rules! rarely {
    ($log:expr, $level:ident, target: $target:literal, $($line:tt)+) => {
        $crate::contained::contained(|| match $log.admit() {
            Some(left_out) => tracing::$level!(target: $target, left_out, $($line)+),
            None => tracing::debug!(target: $target, $($line)+),
        })
    };
    ($log:expr, $level:ident, $($line:tt)+) => {
        $crate::contained::contained(|| match $log.admit() {
            Some(left_out) => tracing::$level!(left_out, $($line)+),
            None => tracing::debug!($($line)+),
        })
    };
}
pub(crate) use rarely;

#[cfg(test)]
mod tests {
    use super::*;

    /// In which seconds a line a second is shown, with how many were left out.
    async fn shown(log: RareLog) -> Vec<(u64, u64)> {
        let mut shown = Vec::new();
        for second in 0..150 {
            shown.extend(log.admit().map(|left_out| (second, left_out)));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        shown
    }

    #[tokio::test(start_paused = true)]
    async fn one_or_a_few_a_minute() {
        assert_eq!(shown(RareLog::default()).await, [(0, 0), (60, 59), (120, 59)]);
        let few = [(0, 0), (1, 0), (60, 58), (61, 0), (120, 58), (121, 0)];
        assert_eq!(shown(RareLog::few(2)).await, few);
    }
}
