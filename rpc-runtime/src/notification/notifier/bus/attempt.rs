//! Trying until a message is delivered, or it is in vain.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::super::emission::Emission;
use super::super::error::NotifyFailure;
use super::super::log::Log;
use super::super::retry::Retry;
use super::places::{Place, Topic};
use crate::clock::{after, later};
use crate::error::{Fault, FaultKind, Reached};
use crate::receiving::Count;
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Wanted};

/// How long after an attempt the next one begins at the earliest, at first and at the longest; each time it is twice as long.
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
    /// The declaration by which the queue should be there, and is not.
    missing: Option<u64>,
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
        let (priority, retry) = (self.emission.priority(), self.emission.retry());
        let place = topic.place(priority);
        let (mut attempts, mut pause, mut reached) = (0_u32, PAUSE, Reached::NotSent);
        loop {
            attempts = attempts.saturating_add(1);
            let began = Instant::now();
            let Err(setback) = self.attempt(place, body.clone(), retry).await else { return Ok(()) };
            // An earlier attempt may have come further.
            reached = reached.max(setback.reached);
            let Fault { kind, why, source } = setback.fault;
            let target = place.route.to_string();
            if retry.is_over(attempts) || !may_pass(kind) {
                let failure = NotifyFailure::new(driver, why);
                let (target, kind) = (Some(target), Some(kind));
                return Err(NotifyFailure { target, reached, kind, attempts, source, ..failure });
            }
            self.repeated.add_one();
            self.log.repeated(self.emission, &target, &why);
            sleep_until(later(began, pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One attempt. The driver of the transport waits for a connection, and repeats what was lost with one, by itself: so
    /// an attempt has all the time there is if any number of them may follow.
    async fn attempt(&self, place: &Place, body: Bytes, retry: Retry) -> Result<(), Setback> {
        let deadline = after(match retry {
            Retry::Forever => Duration::MAX,
            Retry::Times(_) => self.patience.attempt,
        });
        let Err(setback) = self.publish(place, body.clone(), deadline).await else { return Ok(()) };
        // Somebody has deleted the queue, or the broker was restarted and it was a transient one.
        let Some(declared) = setback.missing else { return Err(setback) };
        place.lost(declared);
        let again = Box::pin(self.publish(place, body, deadline)).await;
        again.map_err(|again| Setback { reached: again.reached.max(setback.reached), ..again })
    }

    /// Declares the queue if need be, and hands the message over once.
    async fn publish(&self, place: &Place, body: Bytes, deadline: Instant) -> Result<(), Setback> {
        let driver = self.transport.driver();
        let declared = match (self.patience.declare, place.declared()) {
            (false, _) => None,
            (true, Some(declared)) => Some(declared),
            // Rare, and a large future.
            (true, None) => Some(Box::pin(self.declare(place, deadline)).await?),
        };
        let message = Outgoing {
            route: place.route.clone(),
            body,
            ask: None,
            mandatory: declared.is_some(),
            expiration: None,
            deadline,
            wanted: Wanted::AtOnce,
        };
        let sent = driver.publish(message).await;
        sent.map_err(|PublishError { fault, reached }| {
            let missing = declared.filter(|_| matches!(fault, PublishFault::Unroutable(_)));
            let late = matches!(fault, PublishFault::Expired(_));
            let fault = fault.into_fault();
            let kind = if late { self.no_answer() } else { fault.kind };
            Setback { fault: Fault { kind, ..fault }, reached, missing }
        })
    }

    async fn declare(&self, place: &Place, deadline: Instant) -> Result<u64, Setback> {
        let declared = timeout_at(deadline, place.declare(self.transport.driver())).await;
        let late = || {
            let why = self.transport.explain("not sent: its queue was not declared in time");
            Fault::new(self.no_answer(), why)
        };
        let refused =
            |fault: Fault| Fault { why: format!("its queue cannot be declared: {}", fault.why), ..fault };
        let declared = declared.map_or_else(|_| Err(late()), |declared| declared.map_err(refused));
        declared.map_err(|fault| Setback { fault, reached: Reached::NotSent, missing: None })
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
