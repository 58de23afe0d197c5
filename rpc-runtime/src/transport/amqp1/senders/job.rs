//! A message that is to be sent, and what became of it.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::message::Letter;
use crate::contained::contained;
use crate::error::Reached;
use crate::lock::lock;
use crate::transport::driver::{Done, PublishError, PublishFault, Wanted};

/// How long before its deadline a message is not sent any more: who waits for it may already say that it was not.
const LEAD: Duration = Duration::from_millis(5);

/// What is said of a message whose outcome has not come in time.
const UNCONFIRMED: &str = "sent, not confirmed in time";

/// The line's side of a message. Dropped, it tells the caller that the transport is closed.
#[derive(Debug)]
pub(super) struct Job(Arc<Errand>);

/// The caller's side. Dropped, it leaves the message only if it was sent.
#[derive(Debug)]
pub(super) struct Ticket(Arc<Errand>);

pub(super) struct Errand {
    pub(super) letter: Letter,
    /// Whether it is an error if nobody takes it.
    pub(super) mandatory: bool,
    wanted: Wanted,
    state: Mutex<State>,
}

/// What both sides have to do with each other at the end.
struct State {
    stage: Stage,
    /// How often it came back.
    returns: u32,
    caller: Option<Waker>,
    /// Told of the outcome of a message that was posted: nobody waits for it.
    done: Option<Done>,
}

#[derive(Debug)]
enum Stage {
    Waiting,
    Sent,
    /// Its caller was told that it was not sent, or does not want to know.
    GivenUp,
    Over(Result<(), PublishError>),
}

impl Job {
    pub(super) fn new(letter: Letter, mandatory: bool, wanted: Wanted) -> (Self, Ticket) {
        let errand = Errand::new(letter, mandatory, wanted, None);
        (Self(Arc::clone(&errand)), Ticket(errand))
    }

    /// One that nobody waits for: `done` is told, under no lock.
    pub(super) fn posted(letter: Letter, mandatory: bool, done: Done) -> Self {
        Self(Errand::new(letter, mandatory, Wanted::AtOnce, Some(done)))
    }

    /// What ends it if it was posted and nothing else does by its deadline.
    pub(super) fn alarm(&self) -> Option<Alarm> {
        lock(&self.0.state).done.as_ref().map(|_| Alarm(Arc::downgrade(&self.0)))
    }

    /// When to stop trying.
    pub(super) fn stop_at(&self) -> Instant {
        self.letter.deadline.checked_sub(LEAD).unwrap_or(self.letter.deadline)
    }

    /// Whether it is still to be sent.
    pub(super) fn is_wanted(&self) -> bool {
        matches!(lock(&self.0.state).stage, Stage::Waiting)
    }

    /// Notes that it was sent.
    pub(super) fn sent(&self) {
        let mut state = lock(&self.0.state);
        if let Stage::Waiting = state.stage {
            state.stage = Stage::Sent;
        }
    }

    /// Notes that nobody has taken it, so that it was as good as not sent; how often that was so before.
    pub(super) fn returned(&self) -> u32 {
        let mut state = lock(&self.0.state);
        if let Stage::Sent = state.stage {
            state.stage = Stage::Waiting;
        }
        state.returns += 1;
        state.returns - 1
    }

    /// Ends it; a caller that has given up is not told.
    pub(super) fn tell(self, outcome: Result<(), PublishFault>) {
        self.0.end(outcome);
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
        self.0.end(Err(PublishFault::Closed));
    }
}

/// A message that was posted, for as long as it is not over.
#[derive(Debug)]
pub(super) struct Alarm(Weak<Errand>);

impl Alarm {
    /// When to end it; none if it is over.
    pub(super) fn at(&self) -> Option<Instant> {
        let errand = self.0.upgrade()?;
        let is_over = matches!(lock(&errand.state).stage, Stage::Over(_));
        (!is_over).then_some(errand.letter.deadline)
    }

    pub(super) fn ring(self) {
        if let Some(errand) = self.0.upgrade() {
            errand.end(Err(PublishFault::Expired(UNCONFIRMED.to_owned())));
        }
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").field("stage", &lock(&self.state).stage).finish_non_exhaustive()
    }
}

impl Errand {
    fn new(letter: Letter, mandatory: bool, wanted: Wanted, done: Option<Done>) -> Arc<Self> {
        let state = State { stage: Stage::Waiting, returns: 0, caller: None, done };
        Arc::new(Self { letter, mandatory, wanted, state: Mutex::new(state) })
    }

    fn end(&self, outcome: Result<(), PublishFault>) {
        let mut state = lock(&self.state);
        let was_sent = match state.stage {
            Stage::Waiting => false,
            Stage::Sent => true,
            Stage::GivenUp | Stage::Over(_) => return,
        };
        // Who waits for trouble only is not woken to hear that there is none.
        let caller = state.caller.take().filter(|_| outcome.is_err() || self.wanted == Wanted::AtOnce);
        let done = state.done.take();
        let outcome = outcome.map_err(|fault| told(fault, was_sent));
        state.stage = Stage::Over(outcome.clone());
        drop(state);
        match (done, caller) {
            (Some(done), _) => contained(|| done(outcome)),
            (None, Some(caller)) => contained(|| caller.wake()),
            (None, None) => {}
        }
    }
}

/// How far a message came that failed for this.
fn told(fault: PublishFault, was_sent: bool) -> PublishError {
    match fault {
        PublishFault::Expired(_) | PublishFault::Closed if was_sent => {
            PublishError { fault, reached: Reached::Sent }
        }
        fault => fault.into(),
    }
}

impl Ticket {
    /// Waits for the outcome until the deadline. `why` says why it was not sent, if it was not.
    pub(super) async fn outcome(mut self, why: impl Fn() -> String) -> Result<(), PublishError> {
        let deadline = self.0.letter.deadline;
        if self.0.wanted == Wanted::AtOnce {
            return match timeout_at(deadline, &mut self).await {
                Ok(outcome) => outcome,
                Err(_) => self.give_up(&why),
            };
        }
        // Who waits for something else meanwhile has a clock of its own, and asks when it is time.
        poll_fn(|cx| match Pin::new(&mut self).poll(cx) {
            Poll::Pending if deadline <= Instant::now() => Poll::Ready(self.give_up(&why)),
            polled => polled,
        })
        .await
    }

    /// What to say of the message now that its deadline has passed: if it was not sent it never is from now on.
    fn give_up(&self, why: impl Fn() -> String) -> Result<(), PublishError> {
        let mut state = lock(&self.0.state);
        let was_sent = match &state.stage {
            Stage::Over(outcome) => return outcome.clone(),
            Stage::Waiting | Stage::GivenUp => false,
            Stage::Sent => true,
        };
        state.stage = Stage::GivenUp;
        drop(state);
        let why = if was_sent { UNCONFIRMED.to_owned() } else { not_sent(&why()) };
        Err(told(PublishFault::Expired(why), was_sent))
    }
}

/// What is said of a message that was not sent in time.
pub(super) fn not_sent(why: &str) -> String {
    format!("not sent: {why}")
}

impl Future for Ticket {
    type Output = Result<(), PublishError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.0.state);
        if let Stage::Over(outcome) = &state.stage {
            return Poll::Ready(outcome.clone());
        }
        if !state.caller.as_ref().is_some_and(|caller| caller.will_wake(cx.waker())) {
            state.caller = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        if let Stage::Waiting = state.stage {
            state.stage = Stage::GivenUp;
        }
        let caller = state.caller.take();
        drop(state);
        drop(caller);
    }
}
