//! Trying until a message is delivered, or it is in vain.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout_at};

use super::super::super::priority::Priority;
use super::super::emission::Emission;
use super::super::error::NotifyFailure;
use super::super::log::Log;
use super::super::retry::Retry;
use super::places::{Place, Topic};
use crate::clock::after;
use crate::error::{Fault, FaultKind, Reached};
use crate::receiving::Count;
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Wanted};

/// The pause after the first attempt that failed before its time, and the longest; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How messages are tried.
#[derive(Debug, Clone, Copy)]
pub(in crate::notification) struct Patience {
    /// Whether the queue is declared, so that every message has one.
    pub(in crate::notification) declare: bool,
    /// How long one attempt may take if their number is limited.
    pub(in crate::notification) attempt: Duration,
}

/// Why an attempt failed.
struct Setback {
    fault: Fault,
    reached: Reached,
    /// Whether it took the time that it had.
    expired: bool,
}

/// The message of one topic on its way.
pub(super) struct Attempts<'a> {
    pub(super) transport: &'a Transport,
    pub(super) patience: Patience,
    pub(super) emission: &'a Emission,
    pub(super) repeated: &'a Count,
    pub(super) log: &'a Log,
}

impl Attempts<'_> {
    /// Sends the body until the broker has it; each time the same, so that a listener knows one that it was given twice.
    pub(super) async fn send(&self, topic: &Topic, body: Bytes, driver: &str) -> Result<(), NotifyFailure> {
        let (priority, retry): (Priority, Retry) = (self.emission.priority(), self.emission.retry());
        let place = topic.place(priority);
        let (mut attempts, mut pause, mut reached) = (0_u32, PAUSE, Reached::NotSent);
        loop {
            attempts = attempts.saturating_add(1);
            let Err(setback) = self.attempt(place, body.clone(), retry).await else { return Ok(()) };
            // An earlier attempt may have come further.
            reached = reached.max(setback.reached);
            let Setback { fault, expired, .. } = setback;
            if retry.is_over(attempts) || !may_pass(fault.kind) {
                let Fault { kind, why, source } = fault;
                let target = Some(place.route.to_string());
                return Err(NotifyFailure {
                    target,
                    reached,
                    kind: Some(kind),
                    attempts,
                    source,
                    ..NotifyFailure::new(driver, why)
                });
            }
            self.repeated.add_one();
            self.log.repeated(self.emission, &place.route.to_string(), &fault.why);
            if !expired {
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// One attempt. The driver of the transport waits for a connection, and repeats what was lost with one, by itself: so
    /// an attempt has all the time there is if any number of them may follow.
    async fn attempt(&self, place: &Place, body: Bytes, retry: Retry) -> Result<(), Setback> {
        let deadline = after(match retry {
            Retry::Forever => Duration::MAX,
            Retry::Times(_) => self.patience.attempt,
        });
        let (declared, error) = match self.publish(place, body.clone(), deadline).await? {
            Ok(()) => return Ok(()),
            Err((declared, error)) => (declared, error),
        };
        if !self.patience.declare || !matches!(error.fault, PublishFault::Unroutable(_)) {
            return Err(self.setback(error));
        }
        // The queue is gone: somebody has deleted it, or the broker was restarted and it was a transient one.
        place.lost(declared);
        let again = self.publish(place, body, deadline).await?;
        again.map_err(|(_, PublishError { fault, reached })| {
            self.setback(PublishError { fault, reached: reached.max(error.reached) })
        })
    }

    /// Declares the queue if need be, and hands the message over once; an error has the declaration that it went by.
    async fn publish(
        &self,
        place: &Place,
        body: Bytes,
        deadline: Instant,
    ) -> Result<Result<(), (u64, PublishError)>, Setback> {
        let driver = self.transport.driver();
        let declare = self.patience.declare;
        let declared = match declare {
            true => timeout_at(deadline, place.declare(driver)).await,
            false => Ok(Ok(0)),
        };
        let not_declared = |fault, expired| Setback { fault, reached: Reached::NotSent, expired };
        let declared = match declared {
            Ok(Ok(declared)) => declared,
            Ok(Err(fault)) => {
                let why = format!("its queue cannot be declared: {}", fault.why);
                return Err(not_declared(Fault { why, ..fault }, false));
            }
            Err(_) => {
                let why = self.transport.explain("not sent: its queue was not declared in time");
                return Err(not_declared(Fault::new(self.no_answer(), why), true));
            }
        };
        let message = Outgoing {
            route: place.route.clone(),
            body,
            mandatory: declare,
            expiration: None,
            deadline,
            wanted: Wanted::AtOnce,
        };
        Ok(driver.publish(message).await.map_err(|error| (declared, error)))
    }

    fn setback(&self, PublishError { fault, reached }: PublishError) -> Setback {
        let expired = matches!(fault, PublishFault::Expired(_));
        let fault = fault.into_fault();
        let kind = if expired { self.no_answer() } else { fault.kind };
        Setback { fault: Fault { kind, ..fault }, reached, expired }
    }

    /// Why something did not happen in time.
    fn no_answer(&self) -> FaultKind {
        if self.transport.status().is_ready() { FaultKind::NoAnswer } else { FaultKind::NotConnected }
    }
}

/// Whether what failed so may succeed later with nobody doing anything about it.
fn may_pass(kind: FaultKind) -> bool {
    match kind {
        FaultKind::NotConnected
        | FaultKind::NoAnswer
        | FaultKind::NotFound
        | FaultKind::InUse
        | FaultKind::Nacked
        | FaultKind::LimitReached => true,
        FaultKind::Closed
        | FaultKind::Forbidden
        | FaultKind::Conflict
        | FaultKind::TooLarge
        | FaultKind::Unusable
        | FaultKind::Refused => false,
    }
}
