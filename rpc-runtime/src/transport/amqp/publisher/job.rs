//! One message on its way, and how far it came.

use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::super::in_flight::Place;
use super::super::library::{BrokerError, Message};
use super::super::topology::Step;
use crate::error::{Fault, FaultKind, Reached};
use crate::lock::lock;
use crate::transport::driver::{Done, PublishError, PublishFault, Wanted};

const QUEUED: u8 = 0;
const SENT: u8 = 1;
const NACKED: u8 = 2;
/// Its caller was told that it was not sent, so it never is.
const GIVEN_UP: u8 = 3;
/// Beside one of the others: it was sent at least once without anybody knowing what became of it.
const UNCERTAIN: u8 = 4;

/// How often a message may be under way when the broker closes the connection for an error: each time costs everybody
/// the connection, so a message that is the cause must not be sent until its deadline.
pub(super) const CLOSES: u32 = 4;

/// AMQP's code of a connection that an operator closes, or a broker that is stopped: no message is to blame.
pub(super) const CONNECTION_FORCED: u16 = 320;

/// The first pause after a nack, and the longest.
const NACK_PAUSE: Duration = Duration::from_millis(50);
const MAX_NACK_PAUSE: Duration = Duration::from_secs(1);

/// A message with what is needed to send it again.
pub(super) struct Errand {
    pub(super) message: Message,
    /// What has to be declared before.
    pub(super) exchange: Option<Step>,
    pub(super) mandatory: bool,
    pub(super) deadline: Instant,
    pub(super) wanted: Wanted,
    /// Whether there is no caller that waits and has a clock.
    posted: bool,
    progress: Progress,
    nacks: AtomicU32,
    /// How often the broker has closed the connection while it was under way.
    closes: AtomicU32,
    losses: Mutex<Losses>,
    end: Mutex<End>,
}

/// What both sides have to do with each other at the end.
#[derive(Default)]
struct End {
    /// Until the caller takes it.
    outcome: Option<Result<(), PublishFault>>,
    caller: Option<Waker>,
    /// Told of the outcome of a message that was posted: nobody waits for it.
    done: Option<Done>,
    /// Its place among the messages of the transport, free once the outcome is known or nobody waits for it.
    place: Option<Place>,
    over: bool,
}

/// How the channels ended that a message was under way on.
#[derive(Default)]
struct Losses {
    /// The first error that closed one.
    error: Option<BrokerError>,
    /// Whether any ended otherwise.
    otherwise: bool,
}

/// The sender's side of a message. Dropped, it tells the caller that the transport is closed.
pub(super) struct Job(Arc<Errand>);

/// The caller's side: resolves with the outcome.
pub(super) struct Ticket(Arc<Errand>);

/// A posted message whose time is up.
pub(super) struct Expired {
    done: Done,
    error: PublishError,
}

impl Expired {
    /// Tells its sender, under no lock.
    pub(super) fn tell(self) {
        (self.done)(Err(self.error));
    }
}

impl Job {
    pub(super) fn new(
        message: Message,
        exchange: Option<Step>,
        mandatory: bool,
        deadline: Instant,
        wanted: Wanted,
    ) -> (Self, Ticket) {
        let errand = Errand::new(message, exchange, mandatory, deadline, wanted, End::default());
        (Self(Arc::clone(&errand)), Ticket(errand))
    }

    /// One that nobody waits for: `done` is told, under no lock, at the deadline or soon after at the latest.
    pub(super) fn posted(
        message: Message,
        exchange: Option<Step>,
        mandatory: bool,
        deadline: Instant,
        done: Done,
    ) -> Self {
        let end = End { done: Some(done), ..End::default() };
        Self(Errand::new(message, exchange, mandatory, deadline, Wanted::AtOnce, end))
    }

    /// Gives it a place among the messages of the transport.
    pub(super) fn takes(&self, place: Option<Place>) {
        if place.is_some() {
            lock(&self.0.end).place = place;
        }
    }

    /// Leaves its place to messages that can be sent.
    pub(super) fn steps_aside(&self) {
        let left = lock(&self.0.end).place.as_mut().and_then(Place::step_aside);
        // Who waits for it is woken under no lock.
        drop(left);
    }

    /// Ends the job; a caller that has given up is not told.
    pub(super) fn tell(self, outcome: Result<(), PublishFault>) {
        self.end(outcome);
    }

    fn end(&self, outcome: Result<(), PublishFault>) {
        let mut end = lock(&self.0.end);
        if std::mem::replace(&mut end.over, true) {
            return;
        }
        let place = end.place.take();
        if let Some(done) = end.done.take() {
            drop((end, place));
            return done(outcome.map_err(|fault| self.0.progress.error(fault)));
        }
        // Who waits for trouble only is not woken to hear that there is none.
        let caller = end.caller.take().filter(|_| outcome.is_err() || self.0.wanted != Wanted::Trouble);
        end.outcome = Some(outcome);
        drop(end);
        drop(place);
        if let Some(caller) = caller {
            caller.wake();
        }
    }

    /// When to try again after one more nack.
    pub(super) fn nacked(&self, now: Instant) -> Instant {
        self.0.progress.enter(NACKED);
        let nacks = self.0.nacks.fetch_add(1, Ordering::Relaxed);
        now + NACK_PAUSE.saturating_mul(1 << nacks.min(5)).min(MAX_NACK_PAUSE)
    }

    pub(super) fn nacks(&self) -> u32 {
        self.0.nacks.load(Ordering::Relaxed)
    }

    /// Notes that the broker has closed the connection while it was under way; how often it has by now.
    pub(super) fn closed(&self) -> u32 {
        self.0.closes.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether its caller has dropped its side: then it is not sent, nor sent again.
    pub(super) fn is_abandoned(&self) -> bool {
        !self.0.posted && Arc::strong_count(&self.0) == 1
    }

    /// Ends it if it was posted and its time is up.
    pub(super) fn expire(&self, now: Instant, trouble: Option<&str>) -> Option<Expired> {
        if !self.0.posted || now < self.0.deadline {
            return None;
        }
        let mut end = lock(&self.0.end);
        let done = end.done.take()?;
        end.over = true;
        drop(end);
        let fault = self.0.progress.too_late(trouble.map(str::to_owned));
        Some(Expired { done, error: self.0.progress.error(fault) })
    }

    /// Ends it because its time is up.
    pub(super) fn too_late(self, trouble: Option<String>) {
        let fault = self.0.progress.too_late(trouble);
        self.end(Err(fault));
    }

    /// Whether an error has closed its channel before.
    pub(super) fn is_suspect(&self) -> bool {
        lock(&self.0.losses).error.is_some()
    }

    /// Notes that its channel has ended, and the error that it was closed by if it was. Without one it may have been
    /// taken before.
    pub(super) fn lost(&self, closed_by: Option<&BrokerError>) {
        let mut losses = lock(&self.0.losses);
        match closed_by {
            Some(error) => losses.otherwise |= losses.error.get_or_insert_with(|| error.clone()) != error,
            None => losses.otherwise = true,
        }
        drop(losses);
        self.0.progress.0.fetch_or(UNCERTAIN, Ordering::Relaxed);
    }

    /// Ends it because the broker has refused it, or one like it. If its channels were closed with the same
    /// words before, so it was then: what is refused once is refused a moment later, too.
    pub(super) fn refused(self, error: BrokerError) {
        let losses = lock(&self.0.losses);
        let certain = !losses.otherwise && losses.error.as_ref().is_none_or(|before| *before == error);
        drop(losses);
        if certain {
            self.0.progress.0.fetch_and(!UNCERTAIN, Ordering::Relaxed);
        }
        self.tell(Err(PublishFault::Refused(error.into())));
    }

    /// Ends it because the broker has closed the connection with this error each time that it was sent. Some queue may
    /// have it all the same.
    pub(super) fn costs_the_connection(self, code: u16, why: &str) {
        self.lost(None);
        let why = format!("each time that it was sent the broker has closed the connection: {why}");
        self.tell(Err(PublishFault::Refused(Fault::refused(code, why))));
    }

    /// Notes that it is sent, which has to come before the sending; false if it may not be any more.
    pub(super) fn sent(&self) -> bool {
        self.0.progress.sent()
    }
}

impl Errand {
    fn new(
        message: Message,
        exchange: Option<Step>,
        mandatory: bool,
        deadline: Instant,
        wanted: Wanted,
        end: End,
    ) -> Arc<Self> {
        Arc::new(Self {
            message,
            exchange,
            mandatory,
            deadline,
            wanted,
            posted: end.done.is_some(),
            progress: Progress::default(),
            nacks: AtomicU32::new(0),
            closes: AtomicU32::new(0),
            losses: Mutex::default(),
            end: Mutex::new(end),
        })
    }
}

impl std::ops::Deref for Job {
    type Target = Errand;

    fn deref(&self) -> &Errand {
        &self.0
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.end(Err(PublishFault::Closed));
    }
}

impl Ticket {
    /// The error of a message that failed with `fault`.
    pub(super) fn error(&self, fault: PublishFault) -> PublishError {
        self.0.progress.error(fault)
    }

    /// The error for a message whose deadline has passed; one that was not sent never is from now on.
    pub(super) fn too_late(&self, trouble: Option<String>) -> PublishFault {
        self.0.progress.too_late(trouble)
    }
}

impl Future for &mut Ticket {
    type Output = Result<(), PublishFault>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut end = lock(&self.0.end);
        if let Some(outcome) = end.outcome.take() {
            return Poll::Ready(outcome);
        }
        if !end.caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
            end.caller = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.progress.give_up();
        let (caller, place) = {
            let mut end = lock(&self.0.end);
            (end.caller.take(), end.place.take())
        };
        drop((caller, place));
    }
}

/// How far a message came, as its caller sees it.
#[derive(Debug, Default)]
struct Progress(AtomicU8);

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
    fn reached(&self, fault: &PublishFault) -> Reached {
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

    fn error(&self, fault: PublishFault) -> PublishError {
        PublishError { reached: self.reached(&fault), fault }
    }

    /// A message that was not sent never is from now on.
    fn give_up(&self) {
        // An error means that it was sent.
        let _ = self.0.compare_exchange(QUEUED, GIVEN_UP, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The error for a message whose deadline has passed; one that was not sent never is from now on.
    fn too_late(&self, trouble: Option<String>) -> PublishFault {
        self.give_up();
        match (self.0.load(Ordering::Relaxed) & !UNCERTAIN, trouble) {
            (GIVEN_UP, Some(why)) => PublishFault::Expired(format!("not sent: {why}")),
            (GIVEN_UP, None) => PublishFault::Expired(
                "not sent: the broker is slow to confirm the messages before it".to_owned(),
            ),
            (NACKED, _) => nacked(),
            (_, Some(why)) => PublishFault::Expired(format!("sent, not confirmed: {why}")),
            (_, None) => PublishFault::Expired("sent, not confirmed in time".to_owned()),
        }
    }
}

/// What a nack means: the protocol gives no reason.
pub(super) fn nacked() -> PublishFault {
    let why = "negatively acknowledged, for example because the queue is full";
    PublishFault::Refused(Fault::new(FaultKind::Nacked, why))
}

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
