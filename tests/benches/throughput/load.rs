//! Load with a fixed number of operations in flight, and what is measured of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// How often a server is asked how far it is; far below what is measured.
const LOOK: Duration = Duration::from_millis(1);

/// One kind of load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// How many operations run at once: each caller starts its next one when the last is done.
    pub(crate) in_flight: usize,
}

/// What the operations are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Done when the reply is there.
    Call,
    /// Done when the broker has confirmed it. The measurement ends when the server has handled all,
    /// so that a broker that only piles them up gains nothing.
    Cast,
}

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    /// Of the time of one operation.
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// The operations of a closed loop that has ended.
#[derive(Debug)]
pub(crate) struct Done {
    began: Instant,
    times: Vec<Duration>,
}

impl Done {
    /// Operations that took so long each, in a loop that began then.
    pub(crate) fn new(began: Instant, times: Vec<Duration>) -> Self {
        Self { began, times }
    }

    pub(crate) fn count(&self) -> usize {
        self.times.len()
    }

    /// The sample, with all that has happened until now as its duration.
    pub(crate) fn sample(mut self) -> Result<Sample> {
        let elapsed = self.began.elapsed();
        self.times.sort_unstable();
        let last = self.times.len().checked_sub(1).context("not one operation was done in the time")?;
        Ok(Sample {
            per_second: self.times.len() as f64 / elapsed.as_secs_f64(),
            p50: self.times[last / 2],
            p99: self.times[last * 99 / 100],
        })
    }
}

/// Repeats `operation` in `in_flight` tasks for `time`; fails with the first operation that does.
pub(crate) async fn closed_loop<F, O>(in_flight: usize, time: Duration, operation: F) -> Result<Done>
where
    F: Fn() -> O + Clone + Send + 'static,
    O: Future<Output = Result<()>> + Send,
{
    let began = Instant::now();
    let end = began + time;
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let operation = operation.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            let mut start = Instant::now();
            while start < end {
                operation().await?;
                let now = Instant::now();
                times.push(now - start);
                start = now;
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        times.append(&mut ended??);
    }
    Ok(Done::new(began, times))
}

/// Waits until a server has handled so many messages.
pub(crate) async fn handled(counter: &AtomicUsize, messages: usize) {
    while counter.load(Ordering::Relaxed) < messages {
        sleep(LOOK).await;
    }
}
