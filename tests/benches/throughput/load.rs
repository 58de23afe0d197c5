//! Load with a fixed number of operations in flight.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::protocol::{Done, Times};

/// One kind of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) kind: Kind,
    /// How many operations run at once: each caller starts its next one when the last is done.
    pub(crate) in_flight: usize,
}

/// What the operations are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Done when the reply is there.
    Call,
    /// Done when the broker has confirmed it. The measurement ends when the server has handled all,
    /// so that a broker that only piles them up gains nothing.
    Cast,
}

impl Display for Load {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Call => "calls",
            Kind::Cast => "casts",
        };
        write!(f, "{kind}-{}", self.in_flight)
    }
}

/// The operations of a closed loop that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) done: Done,
    times: Vec<Duration>,
}

impl Ended {
    /// Percentiles of the time of one operation.
    pub(crate) fn times(mut self) -> Result<Times> {
        self.times.sort_unstable();
        let last = self.times.len().checked_sub(1).context("not one operation was done in the time")?;
        let percentile = |percent: usize| self.times[last * percent / 100].as_secs_f64();
        Ok(Times { p50: percentile(50), p99: percentile(99) })
    }
}

/// Repeats `operation` in `in_flight` tasks for `time`; fails with the first operation that does.
pub(crate) async fn closed_loop<F, O>(in_flight: usize, time: Duration, operation: F) -> Result<Ended>
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
    let done = Done { operations: times.len(), seconds: began.elapsed().as_secs_f64() };
    Ok(Ended { done, times })
}
