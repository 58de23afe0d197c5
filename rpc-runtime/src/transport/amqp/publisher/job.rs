//! One message on its way, and how far it came.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::broker::Message;
use super::super::topology::Step;
use crate::error::Reached;
use crate::transport::driver::PublishFault;

const QUEUED: u8 = 0;
const SENT: u8 = 1;
const NACKED: u8 = 2;
/// Its caller was told that it was not sent, so it never is.
const GIVEN_UP: u8 = 3;
/// Beside one of the others: it was sent at least once without anybody knowing what became of it.
const UNCERTAIN: u8 = 4;

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
    pub(super) done: oneshot::Sender<Result<(), PublishFault>>,
    pub(super) nacks: u32,
    /// How often its channel was closed by an error while it was under way.
    pub(super) channel_errors: u32,
}

impl Job {
    /// Ends the job; a caller that has given up is not told.
    pub(super) fn tell(self, outcome: Result<(), PublishFault>) {
        let _ = self.done.send(outcome);
    }

    /// When to try again after one more nack.
    pub(super) fn nacked(&mut self, now: Instant) -> Instant {
        self.progress.enter(NACKED);
        let pause = NACK_PAUSE.saturating_mul(1 << self.nacks.min(5)).min(MAX_NACK_PAUSE);
        self.nacks += 1;
        now + pause
    }

    /// Notes that it is sent, which has to come before the sending; false if it may not be any more.
    pub(super) fn sent(&self) -> bool {
        self.progress.sent()
    }

    /// Its channel has ended, and with it what would have told what became of the message.
    pub(super) fn lost_sight(&self) {
        self.progress.0.fetch_or(UNCERTAIN, Ordering::Relaxed);
    }
}

/// How far a message came, as its caller sees it.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    /// False if the caller was faster to give up.
    fn sent(&self) -> bool {
        let sent = |now| (now != GIVEN_UP).then_some(SENT | now & UNCERTAIN);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sent).is_ok()
    }

    fn enter(&self, stage: u8) {
        // The caller writes only as long as the message was never sent.
        let uncertain = self.0.load(Ordering::Relaxed) & UNCERTAIN;
        self.0.store(stage | uncertain, Ordering::Relaxed);
    }

    /// How far a message came that failed with `fault`: the last try may have failed for certain when an
    /// earlier one did not.
    pub(super) fn reached(&self, fault: &PublishFault) -> Reached {
        let progress = self.0.load(Ordering::Relaxed);
        match fault {
            _ if progress & UNCERTAIN != 0 => Reached::Sent,
            PublishFault::Unroutable(_) => Reached::Refused,
            _ if progress == QUEUED || progress == GIVEN_UP => Reached::NotSent,
            // A nack says that the broker answers for nothing, not that no queue has the message.
            PublishFault::Refused(_) if progress != NACKED => Reached::Refused,
            _ => Reached::Sent,
        }
    }

    /// The error for a message whose deadline has passed; one that was not sent never is from now on.
    pub(super) fn too_late(&self, trouble: Option<String>) -> PublishFault {
        // An error means that it was sent.
        let _ = self.0.compare_exchange(QUEUED, GIVEN_UP, Ordering::Relaxed, Ordering::Relaxed);
        match (self.0.load(Ordering::Relaxed) & !UNCERTAIN, trouble) {
            (GIVEN_UP, Some(why)) => PublishFault::Expired(format!("not sent: {why}")),
            (GIVEN_UP, None) => PublishFault::Expired(
                "not sent: the broker is slow to confirm the messages before it".to_owned(),
            ),
            (NACKED, _) => PublishFault::Refused(NACK_TEXT.to_owned()),
            (_, Some(why)) => PublishFault::Expired(format!("sent, not confirmed: {why}")),
            (_, None) => PublishFault::Expired("sent, not confirmed in time".to_owned()),
        }
    }
}

/// What a nack means: the protocol gives no reason.
pub(super) const NACK_TEXT: &str = "negatively acknowledged, for example because the queue is full";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_its_caller_was_told_is_not_sent_is_not_sent() {
        let (waiting, sent) = (Progress::default(), Progress::default());
        let fault = waiting.too_late(None);
        assert!(matches!(&fault, PublishFault::Expired(why) if why.starts_with("not sent")), "{fault:?}");
        assert_eq!((waiting.reached(&fault), waiting.sent()), (Reached::NotSent, false));

        assert!(sent.sent());
        let fault = sent.too_late(None);
        assert!(matches!(&fault, PublishFault::Expired(why) if why.starts_with("sent")), "{fault:?}");
        assert_eq!((sent.reached(&fault), sent.sent()), (Reached::Sent, true));
    }
}
