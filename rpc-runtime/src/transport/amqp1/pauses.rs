//! How long to wait before a link is attached again that was lost or refused.

use std::time::Duration;

use tokio::time::Instant;

use crate::transport::connection::jittered;

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// After how long what works is taken to work.
const LASTING: Duration = Duration::from_secs(10);

/// They double for as long as nothing lasts.
#[derive(Debug)]
pub(super) struct Pauses {
    first: Duration,
    next: Duration,
    /// When it began to work, if it does.
    works_since: Option<Instant>,
}

impl Pauses {
    pub(super) fn new(first: Duration) -> Self {
        Self { first, next: first, works_since: None }
    }

    pub(super) fn works(&mut self) {
        self.works_since = Some(Instant::now());
    }

    /// How long to wait now that it does not work any more. What has worked for a while is tried again at once.
    pub(super) fn next(&mut self) -> Duration {
        if self.works_since.take().is_some_and(|since| since.elapsed() >= LASTING) {
            self.next = self.first;
            return Duration::ZERO;
        }
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST.max(self.first));
        jittered(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn they_double_until_it_has_worked_for_a_while() {
        let mut pauses = Pauses::new(Duration::from_secs(1));
        for longest in [1, 2, 4, 8, 16, 30, 30] {
            let pause = pauses.next();
            assert!(pause <= Duration::from_secs(longest) && pause * 2 >= Duration::from_secs(longest));
        }
        pauses.works();
        assert!(pauses.next() >= Duration::from_secs(15), "it was gone at once");
        pauses.works();
        tokio::time::advance(LASTING).await;
        assert_eq!(pauses.next(), Duration::ZERO);
        assert!(pauses.next() <= Duration::from_secs(1));
    }
}
