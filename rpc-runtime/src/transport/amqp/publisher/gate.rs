//! The way to the channel: callers send by themselves as long as it is clear, and else by the task.
//!
//! That took off 8 to 57 of the 51 to 194 µs of CPU that a call had above raw lapin (tests/benches/PROFILE.md).
//!
//! The lock is held for the first poll of a message, as the client library pairs answers with messages by their
//! order, and for a look at what was woken; never over a wait.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use tokio::time::Instant;

use super::super::broker::Chore;
use super::super::supervisor::Links;
use super::bell::Bell;
use super::job::Job;
use super::line::Line;

use crate::lock::lock;

pub(super) struct Gate {
    /// `None` while there is no channel.
    line: Mutex<Option<Line>>,
    /// How many messages have been handed to the task that it has not taken.
    queued: AtomicUsize,
    shut: AtomicBool,
    /// Whether somebody wanted to look while the lock was taken.
    missed: AtomicBool,
    links: Links,
    pub(super) bell: Arc<Bell>,
}

impl Gate {
    pub(super) fn new(links: Links) -> Arc<Self> {
        let (line, bell) = (Mutex::default(), Arc::default());
        Arc::new(Self {
            line,
            queued: AtomicUsize::new(0),
            shut: AtomicBool::new(false),
            missed: AtomicBool::new(false),
            links,
            bell,
        })
    }

    /// Sends a message if nothing stands in its way or before it; gives it back otherwise.
    pub(super) fn pass(&self, job: Job) -> Result<(), Job> {
        if self.queued() > 0 || self.shut.load(Ordering::Relaxed) {
            return Err(job);
        }
        let now = Instant::now();
        let mut gate = self.locked();
        let Some(line) = gate.line().filter(|line| line.open && line.takes(&job, now)) else {
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
            self.bell.ring();
        }
        for (job, outcome) in told {
            job.tell(outcome);
        }
        Ok(())
    }

    /// To be held by a message that goes by the task, until that has it.
    pub(super) fn queue(self: &Arc<Self>) -> Queued {
        self.queued.fetch_add(1, Ordering::Relaxed);
        // The task may be waiting for room, which every answer makes now.
        self.bell.set_eager(true);
        self.bell.ring();
        Queued(Arc::clone(self))
    }

    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Lets nobody pass any more.
    pub(super) fn shut(&self) {
        self.shut.store(true, Ordering::Relaxed);
    }

    /// Puts a channel behind the gate, until the result is dropped.
    pub(super) fn attend(self: &Arc<Self>, line: Line) -> Attended {
        self.locked().replace(Some(line));
        Attended(Arc::clone(self))
    }
}

/// Looks at answers on the thread that has read them, and tells the callers: to have the task do so costs another
/// wake-up between threads.
impl Chore for Gate {
    fn run(self: Arc<Self>) {
        self.look();
    }
}

impl Gate {
    fn locked(&self) -> Locked<'_> {
        Locked { gate: self, line: Some(lock(&self.line)) }
    }

    /// Does not wait: who has the lock looks once more when it is free.
    fn try_locked(&self) -> Option<Locked<'_>> {
        let attempt = || match self.line.try_lock() {
            Ok(line) => Some(line),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        };
        let line = attempt().or_else(|| {
            self.missed.store(true, Ordering::SeqCst);
            // It may have been freed before that.
            attempt()
        });
        line.map(|line| Locked { gate: self, line: Some(line) })
    }

    fn look(&self) {
        if self.bell.is_eager() {
            return self.bell.ring();
        }
        let Some(mut gate) = self.try_locked() else { return };
        let Some(line) = gate.line() else { return };
        line.look(Instant::now());
        let told = std::mem::take(&mut line.told);
        let ring = !line.left.is_empty();
        drop(gate);
        if ring {
            self.bell.ring();
        }
        for (job, outcome) in told {
            job.tell(outcome);
        }
    }
}

/// The channel behind the gate, for as long as this is kept.
struct Locked<'a> {
    gate: &'a Gate,
    /// Until it is dropped.
    line: Option<MutexGuard<'a, Option<Line>>>,
}

impl Locked<'_> {
    fn line(&mut self) -> Option<&mut Line> {
        self.line.as_mut()?.as_mut()
    }

    fn replace(&mut self, line: Option<Line>) -> Option<Line> {
        std::mem::replace(&mut **self.line.as_mut()?, line)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.line = None;
        if self.gate.missed.swap(false, Ordering::SeqCst) {
            self.gate.look();
        }
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
        let mut gate = self.0.locked();
        let Some(line) = gate.line() else { return (None, 0) };
        let result = act(line);
        let told = std::mem::take(&mut line.told);
        drop(gate);
        let count = told.len();
        for (job, outcome) in told {
            job.tell(outcome);
        }
        (Some(result), count)
    }

    pub(super) fn take(self) -> Option<Line> {
        self.0.locked().replace(None)
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        // Out of the lock.
        let line = self.0.locked().replace(None);
        drop(line);
    }
}
