//! Sending events that nobody waits for.
//!
//! They wait in a queue, and a task sends them that is there while there are any. It takes them in order, and has several
//! under way. So those to one queue of the bus are handed to it in order, and keep it as long as nothing has to be sent again.

mod queue;
mod shared;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::timeout_at;

pub(super) use self::queue::Limits;
use self::shared::Shared;
use self::worker::work;
use super::emission::Emission;
use super::error::FlushError;
use super::outlet::Outlet;
use crate::clock::after;
use crate::lock::lock;

/// The detached events of a notifier and its copies.
pub(super) struct Detached {
    shared: Arc<Shared>,
    /// For how long they are still sent after nobody can emit any more.
    linger: Duration,
    runtime: Handle,
}

impl Detached {
    pub(super) fn new(outlet: Arc<Outlet>, limits: Limits, linger: Duration, runtime: Handle) -> Self {
        Self { shared: Arc::new(Shared::new(outlet, limits)), linger, runtime }
    }

    /// Has an event sent; never waits.
    pub(super) fn give(&self, emission: Emission) {
        let shared = &self.shared;
        let (dropped, needs_task) = {
            let mut queue = lock(&shared.queue);
            let dropped = queue.push(emission, &shared.limits);
            (dropped, queue.needs_task())
        };
        if !dropped.is_empty() {
            shared.give_up(dropped.len(), "more wait than the notifier's queue holds");
            shared.settle();
        }
        if needs_task {
            self.runtime.spawn(work(Arc::clone(shared)));
        } else {
            shared.more.notify_one();
        }
    }

    /// How many events wait or are under way.
    pub(super) fn len(&self) -> usize {
        lock(&self.shared.queue).len()
    }

    /// Waits until all that were given before are settled.
    pub(super) async fn flush(&self, within: Duration) -> Result<(), FlushError> {
        let mark = lock(&self.shared.queue).next();
        let mut settled = self.shared.settled.subscribe();
        let flushed = timeout_at(after(within), settled.wait_for(|first| *first >= mark)).await;
        match lock(&self.shared.queue).left_before(mark) {
            left if left > 0 && flushed.is_err() => Err(FlushError { left }),
            _ => Ok(()),
        }
    }
}

/// Nobody can emit any more.
impl Drop for Detached {
    fn drop(&mut self) {
        self.shared.end.send_replace(Some(after(self.linger)));
    }
}

impl fmt::Debug for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached").field("len", &self.len()).finish_non_exhaustive()
    }
}
