//! The periodic tasks of a service while it runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::grid::Grid;
use super::task::PeriodicTask;
use crate::clock::{after, later};
use crate::contained::contained;
use crate::context::Context;
use crate::random::fraction;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::receiving::Fenced;
use crate::text::printable;

/// How long those that were cut off have to be dropped.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Each with a tokio task of its own. They end with this.
#[derive(Debug)]
pub(in crate::service) struct Tasks {
    stop: watch::Sender<bool>,
    running: Vec<(Arc<str>, JoinHandle<()>)>,
}

impl Tasks {
    pub(in crate::service) fn new() -> Self {
        Self { stop: watch::Sender::new(false), running: Vec::new() }
    }

    /// Begins with a task, after a while that chance makes of `delay`.
    pub(in crate::service) fn begin(&mut self, task: PeriodicTask, delay: Duration) {
        let name = Arc::clone(&task.name);
        let Some(spacing) = task.spacing() else {
            contained(|| tracing::info!(task = %name, "a periodic task is off"));
            return;
        };
        let origin = after(delay.mul_f64(fraction()));
        let grid = Grid::new(origin, spacing, task.immediate, task.random(spacing));
        let running = tokio::spawn(run(task, spacing, grid, self.stop.subscribe()));
        self.running.push((name, running));
    }

    /// Has none begin to run any more, and waits for those that run, no longer than until `deadline`; tells which were cut
    /// off.
    pub(in crate::service) async fn end(&mut self, deadline: Instant) -> Vec<String> {
        self.stop.send_replace(true);
        let mut cut_off = Vec::new();
        for (name, running) in &mut self.running {
            if timeout_at(deadline, &mut *running).await.is_err() {
                running.abort();
                cut_off.push((name.to_string(), running));
            }
        }
        let last = later(Instant::now(), LAST_WORDS);
        for (_, running) in &mut cut_off {
            // One that does not let go of its thread is not dropped, and nothing can be done about it.
            drop(timeout_at(last, running).await);
        }
        let cut_off = cut_off.into_iter().map(|(name, _)| name).collect();
        self.running.clear();
        cut_off
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        for (_, running) in &self.running {
            running.abort();
        }
    }
}

async fn run(task: PeriodicTask, spacing: Duration, mut grid: Grid, mut stop: watch::Receiver<bool>) {
    let log = Log::new(Arc::clone(&task.name));
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = sleep_until(grid.due()) => {}
        }
        grid.begins(Instant::now(), task.random(spacing));
        log.begins();
        let run = Fenced::new((task.run)(Context::request().elevated()));
        match run.await.0 {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log.failed(&error),
            Err(text) => log.panicked(&text),
        }
    }
}

/// The lines of one task.
struct Log {
    task: Arc<str>,
    failed: RareLog,
    panicked: RareLog,
}

impl Log {
    fn new(task: Arc<str>) -> Self {
        Self { task, failed: RareLog::few(FEW), panicked: RareLog::few(FEW) }
    }

    fn begins(&self) {
        contained(|| tracing::debug!(task = %self.task, "a periodic task runs"));
    }

    fn failed(&self, error: &str) {
        // It may have a peer's words.
        let error = printable(error);
        rarely!(self.failed, error, task = %self.task, error, "a periodic task failed");
    }

    /// Under a target of its own: what it said may be secret.
    fn panicked(&self, text: &str) {
        let text = printable(text);
        rarely!(self.panicked, error, target: "rpc_runtime::panics", task = %self.task, "panicked: {text}");
    }
}
