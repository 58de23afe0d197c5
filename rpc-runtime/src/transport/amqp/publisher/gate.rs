//! The way to the channel: callers send by themselves as long as it is clear, and else by the task.
//!
//! That took off 8 to 57 of the 51 to 194 µs of CPU that a call had above raw lapin (tests/benches/PROFILE.md).
//!
//! The lock is held for the first poll of a message, as the client library pairs answers with messages by their
//! order, and for a look at what was woken; never over a wait.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::library::{Chore, Links};
use super::job::Job;
use super::line::Line;
use super::refusals::Refusals;
use super::stalled::Avoided;

use crate::lock::lock;
use crate::transport::driver::PublishFault;

pub(super) struct Gate {
    /// `None` while there is no channel.
    line: Mutex<Option<Line>>,
    /// How many messages have been handed to the task that it has not taken.
    queued: AtomicUsize,
    shut: AtomicBool,
    links: Links,
    /// Wakes the task.
    bell: Notify,
    /// What nobody has to try.
    pub(super) refusals: Refusals,
    /// Where to callers do not send by themselves.
    pub(super) avoided: Arc<Avoided>,
    /// Why there is no channel although there is a connection.
    no_channel: Mutex<Option<String>>,
}

impl Gate {
    pub(super) fn new(links: Links) -> Arc<Self> {
        Arc::new(Self {
            line: Mutex::default(),
            queued: AtomicUsize::new(0),
            shut: AtomicBool::new(false),
            links,
            bell: Notify::new(),
            refusals: Refusals::default(),
            avoided: Arc::default(),
            no_channel: Mutex::default(),
        })
    }

    /// Why nothing can be sent now, if so.
    pub(super) fn trouble(&self) -> Option<String> {
        self.links.trouble().or_else(|| lock(&self.no_channel).clone())
    }

    pub(super) fn has_no_channel(&self, why: Option<String>) {
        *lock(&self.no_channel) = why;
    }

    /// Sends a message if nothing stands in its way or before it; gives it back otherwise.
    pub(super) fn pass(&self, job: Job) -> Result<(), Job> {
        if self.is_the_tasks_turn() {
            return Err(job);
        }
        let now = Instant::now();
        let mut gate = lock(&self.line);
        // With the lock: what stalls is noted before there is another line.
        let clear = |line: &&mut Line| line.open && line.takes(&job, now) && !self.avoided.has(&job);
        let Some(line) = gate.as_mut().filter(clear) else {
            return Err(job);
        };
        if self.links.blocked(line.epoch) || !job.sent() {
            return Err(job);
        }
        line.send(job, now);
        line.look(now);
        let told = std::mem::take(&mut line.told);
        let ring = !line.watched || !line.left.is_empty();
        drop(gate);
        if ring {
            self.bell.notify_one();
        }
        tell(told);
        Ok(())
    }

    /// To be held for a message that goes by the task, until that has sent it or has closed the gate for it.
    pub(super) fn queue(self: &Arc<Self>) -> Queued {
        self.queued.fetch_add(1, Ordering::Relaxed);
        // The task may be waiting for room, which an answer that was looked at elsewhere has made.
        self.bell.notify_one();
        Queued(Arc::clone(self))
    }

    /// Whether messages wait for the task, or it waits for the last answers: callers do not send, and every answer is
    /// the task's.
    fn is_the_tasks_turn(&self) -> bool {
        self.queued.load(Ordering::Relaxed) > 0 || self.shut.load(Ordering::Relaxed)
    }

    /// Waits until the task has something to look at; for the task only.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Lets nobody pass any more.
    pub(super) fn shut(&self) {
        self.shut.store(true, Ordering::Relaxed);
    }

    /// Puts a channel behind the gate, until the result is dropped.
    pub(super) fn attend(self: &Arc<Self>, line: Line) -> Attended {
        *lock(&self.line) = Some(line);
        Attended(Arc::clone(self))
    }
}

/// Looks at answers on the thread that has read them, and tells the callers: to have the task do so costs another
/// wake-up between threads.
impl Chore for Gate {
    fn run(self: Arc<Self>) {
        // Who has the lock may have looked already, and this thread does not wait.
        let Ok(mut gate) = self.line.try_lock() else { return self.bell.notify_one() };
        // While the way is closed, the task waits for answers and counts them.
        let clear = !self.is_the_tasks_turn();
        let Some(line) = gate.as_mut().filter(|line| line.open && clear) else {
            return self.bell.notify_one();
        };
        line.look(Instant::now());
        let told = std::mem::take(&mut line.told);
        let ring = !line.left.is_empty();
        drop(gate);
        if ring {
            self.bell.notify_one();
        }
        tell(told);
    }
}

/// Tells outcomes, under no lock.
fn tell(told: Vec<(Job, Result<(), PublishFault>)>) {
    for (job, outcome) in told {
        job.tell(outcome);
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("queued", &self.queued).finish_non_exhaustive()
    }
}

/// A message in the queue of the task.
#[derive(Debug)]
pub(super) struct Queued(Arc<Gate>);

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The task's own access to the channel behind the gate. Dropped, it leaves nothing there: who waits is told that
/// the transport is closed.
pub(super) struct Attended(Arc<Gate>);

impl Attended {
    /// Does something with the channel, then tells the outcomes that it led to; how many of them.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Line) -> R) -> (Option<R>, usize) {
        let mut gate = lock(&self.0.line);
        let Some(line) = gate.as_mut() else { return (None, 0) };
        let result = act(line);
        let told = std::mem::take(&mut line.told);
        drop(gate);
        let count = told.len();
        tell(told);
        (Some(result), count)
    }

    pub(super) fn take(self) -> Option<Line> {
        lock(&self.0.line).take()
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        let line = lock(&self.0.line).take();
        drop(line);
    }
}
