//! Running a load.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use histogram::AtomicHistogram;
use tokio::task::JoinSet;

use crate::question::{Done, Load};

/// Times are known to one part in 2^10.
const PRECISION: u8 = 10;
/// And may be of any length.
const ALL_BITS: u8 = 64;

/// What callers repeat.
pub(crate) trait Client: Send + Sync + 'static {
    fn call(&self) -> impl Future<Output = Result<()>> + Send;
    fn cast(&self) -> impl Future<Output = Result<()>> + Send;

    /// Only on a broker.
    fn notify(&self) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Err(anyhow!("it does not notify")))
    }
}

/// Runs a load for `time`, in which each caller has at least one operation; fails with the first that does.
pub(crate) async fn run(client: &Arc<impl Client>, load: Load, time: Duration) -> Result<Done> {
    let nanoseconds = Arc::new(AtomicHistogram::new(PRECISION, ALL_BITS)?);
    let began = Instant::now();
    let end = began + time;
    let mut callers = JoinSet::new();
    let (Load::Calls(in_flight) | Load::Casts(in_flight) | Load::Notify(in_flight)) = load else {
        bail!("{load} is no load of a client");
    };
    for _ in 0..in_flight {
        let (client, nanoseconds) = (Arc::clone(client), Arc::clone(&nanoseconds));
        callers.spawn(async move {
            let mut now = Instant::now();
            loop {
                let start = now;
                match load {
                    Load::Calls(_) => client.call().await?,
                    Load::Casts(_) => client.cast().await?,
                    Load::Notify(_) | Load::Listen(_) => client.notify().await?,
                }
                now = Instant::now();
                nanoseconds.increment(u64::try_from((now - start).as_nanos())?)?;
                if now > end {
                    return anyhow::Ok(());
                }
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended??;
    }
    let seconds = began.elapsed().as_secs_f64();
    let nanoseconds = nanoseconds.load();
    let quantile = |quantile| {
        let found = nanoseconds.quantile_bucket(quantile)?.context("a load without callers")?;
        anyhow::Ok(found.end() as f64 / 1e9)
    };
    let operations = usize::try_from(nanoseconds.as_slice().iter().sum::<u64>())?;
    Ok(Done { operations, seconds, p50: Some(quantile(0.5)?), p99: Some(quantile(0.99)?) })
}
