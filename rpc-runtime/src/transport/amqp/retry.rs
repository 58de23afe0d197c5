//! When a listener tries again what did not work, and what of it is worth a line in the log.

use std::time::Duration;

use tokio::time::Instant;

use super::library::BrokerError;

/// The longest pause. A refusal costs the connection a channel, which it can afford about a hundred times: with
/// this pause for more than 45 minutes.
const LONGEST: Duration = Duration::from_secs(30);

/// The shortest; documented at `kombu_reconnect_delay`, which may be 0.
const SHORTEST: Duration = Duration::from_millis(100);

/// After how long what works is taken to work.
const LASTING: Duration = Duration::from_secs(10);

/// The pauses of one listener: they double for as long as the broker refuses, or takes back at once what it has
/// granted.
#[derive(Debug)]
pub(super) struct Retry {
    first: Duration,
    next: Duration,
    /// When it began to work, if it does.
    works_since: Option<Instant>,
    /// The last error that was news.
    said: Option<String>,
}

impl Retry {
    pub(super) fn new(first: Duration) -> Self {
        let first = first.max(SHORTEST);
        Self { first, next: first, works_since: None, said: None }
    }

    /// Begins with the first pause again.
    pub(super) fn restart(&mut self) {
        self.next = self.first;
        self.works_since = None;
    }

    pub(super) fn works(&mut self) {
        self.works_since = Some(Instant::now());
        self.said = None;
    }

    /// How long to wait after `error`, and whether it is another one than before.
    pub(super) fn fails(&mut self, error: &BrokerError) -> (Duration, bool) {
        let worked = self.works_since.take();
        if worked.is_some_and(|since| since.elapsed() >= LASTING) {
            self.restart();
        }
        let pause = self.next;
        if worked.is_some() || matches!(error, BrokerError::Refused(..)) {
            self.next = (pause * 2).min(LONGEST.max(self.first));
        }
        let why = error.to_string();
        let news = self.said.as_ref() != Some(&why);
        self.said = Some(why);
        (pause, news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(why: &str) -> BrokerError {
        BrokerError::Refused(406, why.to_owned())
    }

    fn pauses(retry: &mut Retry, count: usize) -> Vec<u128> {
        (0..count).map(|_| retry.fails(&refused("no")).0.as_millis()).collect()
    }

    #[test]
    fn refusals_are_further_and_further_apart() {
        let mut retry = Retry::new(Duration::from_secs(1));
        assert_eq!(pauses(&mut retry, 7), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        retry.restart();
        assert_eq!(pauses(&mut retry, 2), [1_000, 2_000]);
        let mut hot = Retry::new(Duration::ZERO);
        assert!(pauses(&mut hot, 100).iter().sum::<u128>() > 45 * 60_000, "also without a delay");
    }

    #[test]
    fn a_broker_that_does_not_answer_takes_its_time_anyway() {
        let mut retry = Retry::new(Duration::from_secs(1));
        let lost = BrokerError::Lost("no answer".to_owned());
        assert_eq!([retry.fails(&lost).0, retry.fails(&lost).0], [Duration::from_secs(1); 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_worked_for_a_while_is_tried_soon() {
        let mut retry = Retry::new(Duration::from_secs(1));
        pauses(&mut retry, 3);
        retry.works();
        assert_eq!(pauses(&mut retry, 1), [8_000], "it was gone at once");
        retry.works();
        tokio::time::advance(LASTING).await;
        assert_eq!(pauses(&mut retry, 2), [1_000, 2_000]);
    }

    #[test]
    fn the_same_is_no_news() {
        let mut retry = Retry::new(Duration::ZERO);
        let mut news = |why| retry.fails(&refused(why)).1;
        assert_eq!(["a", "a", "b", "b", "a"].map(&mut news), [true, false, true, false, true]);
        retry.works();
        assert!(retry.fails(&refused("a")).1, "it worked in between");
    }
}
