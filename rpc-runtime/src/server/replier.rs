//! Replies on their way to callers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout_at};

use super::counters::Tally;
use crate::clock::after;
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
    pending: Semaphore,
    parked: Semaphore,
    gone: Mutex<VecDeque<(Arc<str>, Instant)>>,
    tally: Arc<Tally>,
}

/// The right to have one reply on its way.
pub(super) struct Slot<'a>(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>);

impl Replier {
    pub(super) fn new(transport: &Transport, tally: Arc<Tally>) -> Self {
        Self {
            transport: transport.clone(),
            pending: Semaphore::new(PENDING as usize),
            parked: Semaphore::new(PARKED),
            gone: Mutex::default(),
            tally,
        }
    }

    /// Waits for room for one more reply; `None` only if the replier was shut down.
    pub(super) async fn slot(&self) -> Option<Slot<'_>> {
        self.pending.acquire().await.ok().map(Slot)
    }

    /// Waits until no reply is on its way.
    pub(super) async fn drained(&self, deadline: Instant) {
        drop(timeout_at(deadline, self.pending.acquire_many(PENDING)).await);
    }

    /// Sends a heartbeat once; whether its queue is there.
    pub(super) async fn heartbeat(&self, queue: &Arc<str>, body: Bytes) -> bool {
        let deadline = after(RETRY);
        !matches!(
            self.publish(queue, body, deadline, Wanted::Soon).await,
            Err(PublishError { fault: PublishFault::Unroutable(_), .. })
        )
    }

    /// Sends a reply, until the broker has it or it is certain that nobody can get it.
    pub(super) async fn send(&self, queue: &Arc<str>, body: Bytes, method: &str, wanted: Wanted) {
        let deadline = after(self.transport.reply_patience());
        let failed = match self.publish(queue, body.clone(), deadline, wanted).await {
            Ok(()) => return,
            // Apart, so that the many others have no room for it.
            Err(error) => Box::pin(self.send_again(error, queue, body, deadline, wanted)).await,
        };
        if let Err(why) = failed {
            tracing::warn!(method, %queue, "dropped a reply: {why}");
            self.tally.replies_dropped.add_one();
        }
    }

    /// Goes on with a reply that failed; tells why it cannot be delivered.
    async fn send_again(
        &self,
        mut error: PublishError,
        queue: &Arc<str>,
        body: Bytes,
        deadline: Instant,
        wanted: Wanted,
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
            match self.publish(queue, body.clone(), deadline, wanted).await {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    async fn publish(
        &self,
        queue: &Arc<str>,
        body: Bytes,
        deadline: Instant,
        wanted: Wanted,
    ) -> Result<(), PublishError> {
        let route = Route::Reply { queue: Arc::clone(queue) };
        let message = Outgoing { route, body, mandatory: true, expiration: None, deadline, wanted };
        self.transport.driver().publish(message).await
    }

    fn is_gone(&self, queue: &str) -> bool {
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        gone.retain(|(_, until)| *until > now);
        gone.iter().any(|(name, _)| &**name == queue)
    }

    fn note_gone(&self, queue: &Arc<str>, patience: Duration) {
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        // Several replies to one caller can end here; the last entry is the one that lasts longest.
        gone.retain(|(name, _)| name != queue);
        if gone.len() == GONE {
            gone.pop_front();
        }
        gone.push_back((Arc::clone(queue), after(patience)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_noted_once_and_at_its_latest() {
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
