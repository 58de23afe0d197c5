//! Answering what a process is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use procfs::process::Process;
use serde_json::json;
use tokio::time::sleep;

use crate::listening::{Heard, Listening};
use crate::load::{self, Client};
use crate::question::{Question, Usage};

/// How often a server looks how far it is; far below what is measured.
const LOOK: Duration = Duration::from_millis(1);

/// Says that it is ready, and answers until stdin ends. A server without a client counts its casts in `noted`, and may
/// listen.
pub(crate) async fn answer(
    client: Option<impl Client>,
    listener: Option<&impl Listening>,
    noted: &AtomicUsize,
    allocated: fn() -> (usize, usize),
) -> Result<()> {
    let client = client.map(Arc::new);
    println!("{}", json!({"event": "ready"}));
    // This thread may block: all tasks run on others.
    for question in std::io::stdin().lines() {
        let answer = match serde_json::from_str(&question?)? {
            Question::Load { load, seconds } => {
                let client = client.as_ref().context("a server has no load")?;
                json!(load::run(client, load, Duration::from_secs_f64(seconds)).await?)
            }
            Question::Listen { batch, count } => {
                let (listener, heard) = (listener.context("it does not listen")?, Heard::new(count));
                listener.listen(batch, Arc::clone(&heard)).await?;
                json!(heard.done()?)
            }
            Question::Usage { casts } => {
                while noted.load(Ordering::Relaxed) < casts {
                    sleep(LOOK).await;
                }
                json!(usage(allocated())?)
            }
        };
        println!("{answer}");
    }
    Ok(())
}

fn usage((allocations, bytes): (usize, usize)) -> Result<Usage> {
    let process = Process::myself()?;
    let stat = process.stat()?;
    Ok(Usage {
        cpu_seconds: (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64,
        peak_kib: process.status()?.vmhwm.context("/proc does not tell the peak of memory")?,
        allocations,
        bytes,
    })
}
