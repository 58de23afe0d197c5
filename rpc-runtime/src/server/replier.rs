//! Replies on their way to callers.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};

use super::counters::Tally;
use crate::clock::after;
use crate::lock::lock;
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route, Wanted};

/// Replies that may be on their way at once; beyond it, handlers wait.
const PENDING: u32 = 1024;
/// Replies that may wait at once for their queue to come back; beyond it, they are dropped.
const PARKED: usize = 256;
/// How often a reply whose queue is missing is tried.
const RETRY: Duration = Duration::from_millis(250);
/// Reply queues that are remembered as gone.
const GONE: usize = 200;

/// Sends the replies of a server, without holding up its workers.
///
/// A missing reply queue is tried again for a while: after a restart of the broker the caller
/// needs a moment to declare it anew. A queue that did not come back is remembered, so that the
/// replies of a hundred calls of a dead caller do not each wait for it.
#[derive(Debug)]
pub(super) struct Replier {
    transport: Transport,
    /// Of the server: what has to be tried again is tried there.
    runtime: Handle,
    pending: Arc<Semaphore>,
    parked: Semaphore,
    gone: Mutex<VecDeque<(Arc<str>, Instant)>>,
    tally: Arc<Tally>,
}

/// The right to have one reply on its way.
pub(super) struct Slot(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Replier {
    /// For a server on the runtime of the caller.
    pub(super) fn new(transport: &Transport, tally: Arc<Tally>) -> Self {
        Self {
            transport: transport.clone(),
            runtime: Handle::current(),
            pending: Arc::new(Semaphore::new(PENDING as usize)),
            parked: Semaphore::new(PARKED),
            gone: Mutex::default(),
            tally,
        }
    }

    /// Waits for room for one more reply; `None` only if the replier was shut down.
    pub(super) async fn slot(&self) -> Option<Slot> {
        Arc::clone(&self.pending).acquire_owned().await.ok().map(Slot)
    }

    /// Waits until no reply is on its way.
    pub(super) async fn drained(&self, deadline: Instant) {
        drop(timeout_at(deadline, self.pending.acquire_many(PENDING)).await);
    }

    /// Sends a heartbeat once; whether its queue is there.
    pub(super) async fn heartbeat(&self, queue: &Arc<str>, body: Bytes) -> bool {
        let sent = self.transport.driver().publish(message(queue, body, after(RETRY))).await;
        !matches!(sent, Err(PublishError { fault: PublishFault::Unroutable(_), .. }))
    }

    /// Sends a reply, until the broker has it or it is certain that nobody can get it; `done` is called then. No
    /// task waits for that, unless there is trouble.
    pub(super) fn send(
        self: &Arc<Self>,
        queue: Arc<str>,
        body: Bytes,
        method: Cow<'static, str>,
        done: impl FnOnce() + Send + 'static,
    ) {
        let deadline = after(self.transport.reply_patience());
        let (replier, reply) = (Arc::clone(self), message(&queue, body.clone(), deadline));
        let told = move |outcome| match outcome {
            Ok(()) => done(),
            Err(error) => drop(replier.runtime.clone().spawn(async move {
                if let Err(why) = replier.send_again(error, &queue, body, deadline).await {
                    tracing::warn!(%method, %queue, "dropped a reply: {why}");
                    replier.tally.replies_dropped.add_one();
                }
                done();
            })),
        };
        self.transport.driver().post(reply, Box::new(told));
    }

    /// Goes on with a reply that failed; tells why it cannot be delivered.
    async fn send_again(
        &self,
        mut error: PublishError,
        queue: &Arc<str>,
        body: Bytes,
        deadline: Instant,
    ) -> Result<(), String> {
        let mut parked = None;
        loop {
            if !matches!(error.fault, PublishFault::Unroutable(_)) {
                return Err(error.to_string());
            }
            if self.is_gone(queue) {
                return Err("its queue is gone".to_owned());
            }
            if after(RETRY) >= deadline {
                self.note_gone(queue, self.transport.reply_patience());
                return Err("its queue did not come back".to_owned());
            }
            parked = parked.or_else(|| self.parked.try_acquire().ok());
            if parked.is_none() {
                return Err("its queue is missing and too many others wait already".to_owned());
            }
            sleep(RETRY).await;
            match self.transport.driver().publish(message(queue, body.clone(), deadline)).await {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    fn is_gone(&self, queue: &str) -> bool {
        let mut gone = lock(&self.gone);
        let now = Instant::now();
        gone.retain(|(_, until)| *until > now);
        gone.iter().any(|(name, _)| &**name == queue)
    }

    fn note_gone(&self, queue: &Arc<str>, patience: Duration) {
        let mut gone = lock(&self.gone);
        // Several replies to one caller can end here; the last entry is the one that lasts longest.
        gone.retain(|(name, _)| name != queue);
        if gone.len() == GONE {
            gone.pop_front();
        }
        gone.push_back((Arc::clone(queue), after(patience)));
    }
}

fn message(queue: &Arc<str>, body: Bytes, deadline: Instant) -> Outgoing {
    let route = Route::Reply { queue: Arc::clone(queue) };
    Outgoing { route, body, mandatory: true, expiration: None, deadline, wanted: Wanted::AtOnce }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_is_noted_once_and_at_its_latest() {
        let replier = Replier::new(&Transport::recording().0, Arc::default());
        let patience = Duration::from_secs(60);
        let [one, other] = ["one", "other"].map(Arc::from);
        replier.note_gone(&one, Duration::ZERO);
        replier.note_gone(&other, patience);
        replier.note_gone(&one, patience);
        assert!(replier.is_gone("one") && replier.is_gone("other") && !replier.is_gone("another"));
        assert_eq!(replier.gone.lock().unwrap().len(), 2);
        for n in 0..GONE - 1 {
            replier.note_gone(&format!("queue {n}").into(), patience);
        }
        assert_eq!(replier.gone.lock().unwrap().len(), GONE);
        assert!(replier.is_gone("one") && !replier.is_gone("other"));
    }
}
