//! A message that is to be written, and what became of it.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::super::zmtp::Multipart;
use super::end::End;
use crate::contained::contained;
use crate::error::Reached;
use crate::lock::lock;

/// What became of a message: `Ok` once it is flushed to the socket.
pub(crate) type Outcome = Result<(), SendError>;

/// A message was not, or not certainly, written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub(crate) struct SendError {
    pub(crate) fault: SendFault,
    /// [`Reached::NotSent`] if nothing of it has come to the socket, nor ever will; else [`Reached::Sent`].
    pub(crate) reached: Reached,
}

/// Why a message was not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SendFault {
    /// The connection has ended before.
    #[error("{0}")]
    Ended(End),
    /// Its deadline has passed before.
    #[error("the peer has not taken it in time")]
    Expired,
    /// As much waits to be written as may.
    #[error("the peer has not taken what is before it")]
    Full,
}

impl SendFault {
    pub(super) fn not_sent(self) -> SendError {
        SendError { fault: self, reached: Reached::NotSent }
    }

    pub(super) fn sent(self) -> SendError {
        SendError { fault: self, reached: Reached::Sent }
    }
}

/// The connection's side of a message.
#[derive(Debug)]
pub(super) struct Job {
    shared: Arc<Shared>,
    /// Its part of what may wait.
    _room: OwnedSemaphorePermit,
}

/// The sender's side: resolves with the outcome. Dropped, it leaves the message to be written.
#[derive(Debug)]
pub(crate) struct Ticket(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    deadline: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    stage: Stage,
    sender: Option<Sender>,
}

/// How the sender hears of the outcome.
enum Sender {
    /// It looks once it is woken.
    Waits(Waker),
    /// It is called with it.
    Called(Box<dyn FnOnce(Outcome) + Send>),
}

#[derive(Debug)]
enum Stage {
    Waiting(Multipart),
    /// The connection is writing it.
    Begun,
    Over(Outcome),
}

impl Job {
    pub(super) fn new(message: Multipart, deadline: Instant, room: OwnedSemaphorePermit) -> (Self, Ticket) {
        let state = Mutex::new(State { stage: Stage::Waiting(message), sender: None });
        let shared = Arc::new(Shared { deadline, state });
        (Self { shared: Arc::clone(&shared), _room: room }, Ticket(shared))
    }

    /// Gives the message to be written, unless it is too late for it.
    pub(super) fn begin(&self, now: Instant) -> Option<Multipart> {
        let mut state = lock(&self.shared.state);
        match std::mem::replace(&mut state.stage, Stage::Begun) {
            Stage::Waiting(message) if now < self.shared.deadline => return Some(message),
            Stage::Waiting(late) => {
                state.stage = Stage::Waiting(late);
                drop(state);
                self.shared.end(Err(SendFault::Expired.not_sent()));
            }
            other => state.stage = other,
        }
        None
    }

    /// Tells the sender, unless it knows.
    pub(super) fn tell(self, outcome: Outcome) {
        self.shared.end(outcome);
    }
}

impl Shared {
    fn end(&self, outcome: Outcome) {
        let mut state = lock(&self.state);
        if matches!(state.stage, Stage::Over(_)) {
            return;
        }
        // The message goes under no lock, and so does the sender.
        let sender = state.sender.take();
        let told = sender.is_some().then(|| outcome.clone());
        let before = std::mem::replace(&mut state.stage, Stage::Over(outcome));
        drop(state);
        drop(before);
        if let Some((sender, outcome)) = sender.zip(told) {
            contained(|| sender.hears(outcome));
        }
    }
}

impl Sender {
    fn hears(self, outcome: Outcome) {
        match self {
            Self::Waits(waker) => waker.wake(),
            Self::Called(told) => told(outcome),
        }
    }
}

/// What a sender does with an outcome is its own.
impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waits(_) => "Waits",
            Self::Called(_) => "Called",
        })
    }
}

impl Ticket {
    /// Has `told` called with the outcome, at once if it is there: in place of a task that waits for it. It runs on the task of
    /// the connection, so it must not block.
    pub(crate) fn tell(self, told: impl FnOnce(Outcome) + Send + 'static) {
        let mut state = lock(&self.0.state);
        if let Stage::Over(outcome) = &state.stage {
            let outcome = outcome.clone();
            drop(state);
            return told(outcome);
        }
        state.sender = Some(Sender::Called(Box::new(told)));
    }

    /// What to say of the message now that its deadline has passed: if it was not begun it never is from now on.
    pub(crate) fn give_up(&self) -> Outcome {
        let mut state = lock(&self.0.state);
        let fault = SendFault::Expired;
        let before = match &state.stage {
            Stage::Over(outcome) => return outcome.clone(),
            Stage::Begun => return Err(fault.sent()),
            Stage::Waiting(_) => {
                std::mem::replace(&mut state.stage, Stage::Over(Err(fault.clone().not_sent())))
            }
        };
        drop(state);
        drop(before);
        Err(fault.not_sent())
    }
}

impl Future for Ticket {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let mut state = lock(&self.0.state);
        if let Stage::Over(outcome) = &state.stage {
            return Poll::Ready(outcome.clone());
        }
        if !matches!(&state.sender, Some(Sender::Waits(waker)) if waker.will_wake(cx.waker())) {
            state.sender = Some(Sender::Waits(cx.waker().clone()));
        }
        Poll::Pending
    }
}
