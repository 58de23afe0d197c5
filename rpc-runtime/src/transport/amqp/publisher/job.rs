//! One message on its way, and how far it came.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::broker::Message;
use super::super::supervisor::Links;
use super::super::topology::Step;
use crate::transport::driver::PublishError;

const QUEUED: u8 = 0;
const SENT: u8 = 1;
const NACKED: u8 = 2;

/// The first pause after a nack, and the longest.
const NACK_PAUSE: Duration = Duration::from_millis(50);
const MAX_NACK_PAUSE: Duration = Duration::from_secs(1);

/// A message with what is needed to send it again.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) message: Message,
    /// What has to be declared before.
    pub(super) exchange: Option<Step>,
    pub(super) mandatory: bool,
    pub(super) deadline: Instant,
    pub(super) progress: Arc<Progress>,
    /// Dropped, it tells the caller that the transport is closed.
    pub(super) done: oneshot::Sender<Result<(), PublishError>>,
    pub(super) nacks: u32,
    /// How often its channel was closed by an error while it was under way.
    pub(super) channel_errors: u32,
}

impl Job {
    /// Ends the job; a caller that has given up is not told.
    pub(super) fn tell(self, outcome: Result<(), PublishError>) {
        let _ = self.done.send(outcome);
    }

    /// When to try again after one more nack.
    pub(super) fn nacked(&mut self, now: Instant) -> Instant {
        self.progress.0.store(NACKED, Ordering::Relaxed);
        let pause = NACK_PAUSE.saturating_mul(1 << self.nacks.min(5)).min(MAX_NACK_PAUSE);
        self.nacks += 1;
        now + pause
    }

    pub(super) fn sent(&self) {
        self.progress.0.store(SENT, Ordering::Relaxed);
    }
}

/// How far a message came, as its caller sees it.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    /// The error for a message whose deadline has passed.
    pub(super) fn too_late(&self, links: &Links) -> PublishError {
        let trouble = links.trouble();
        match (self.0.load(Ordering::Relaxed), trouble) {
            (QUEUED, Some(why)) => PublishError::Expired(format!("not sent: {why}")),
            (QUEUED, None) => PublishError::Expired(
                "not sent: the broker is slow to confirm the messages before it".to_owned(),
            ),
            (NACKED, _) => PublishError::Refused(NACK_TEXT.to_owned()),
            (_, Some(why)) => PublishError::Expired(format!("sent, not confirmed: {why}")),
            (_, None) => PublishError::Expired("sent, not confirmed in time".to_owned()),
        }
    }
}

/// What a nack means: the protocol gives no reason.
pub(super) const NACK_TEXT: &str = "negatively acknowledged, for example because the queue is full";
