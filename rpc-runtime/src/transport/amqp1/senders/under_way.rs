//! The messages of a link that its peer has not said yet what became of.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use fe2o3_amqp::link::SendError;
use fe2o3_amqp::link::delivery::DeliveryFut;
use fe2o3_amqp::types::messaging::{Modified, Outcome};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until};

use super::super::replies::Replies;
use super::super::words;
use super::job::{Alarm, Job, not_sent};
use crate::clock::after;
use crate::error::{Fault, FaultKind};
use crate::transport::driver::PublishFault;

/// How many there may be of one link. What is sent beyond waits.
const MOST: usize = 4096;

/// What the client library resolves with.
pub(super) type Outcomes = DeliveryFut<Result<Outcome, SendError>>;

/// Messages under way, and those that have come back and are sent again.
#[derive(Debug)]
pub(super) struct UnderWay {
    sent: FuturesUnordered<Sent>,
    /// Those that nobody waits for, in the order in which they were sent.
    alarms: VecDeque<Alarm>,
    /// When each is sent again.
    back: VecDeque<(Instant, Job)>,
    /// How long one that nobody has taken waits until then.
    pause: Duration,
    /// Whether they answer calls.
    are_replies: bool,
    replies: Arc<Replies>,
}

struct Sent {
    outcome: Outcomes,
    job: Option<Job>,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sent").field("job", &self.job).finish_non_exhaustive()
    }
}

impl Future for Sent {
    type Output = (Option<Job>, Result<Outcome, SendError>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let outcome = ready!(Pin::new(&mut self.outcome).poll(cx));
        Poll::Ready((self.job.take(), outcome))
    }
}

impl UnderWay {
    pub(super) fn new(pause: Duration, are_replies: bool, replies: Arc<Replies>) -> Self {
        let (sent, alarms, back) = (FuturesUnordered::new(), VecDeque::new(), VecDeque::new());
        Self { sent, alarms, back, pause, are_replies, replies }
    }

    pub(super) fn add(&mut self, job: Job, outcome: Outcomes) {
        // As a rule those are over that were sent first.
        while self.alarms.front().is_some_and(|alarm| alarm.at().is_none()) {
            self.alarms.pop_front();
        }
        self.alarms.extend(job.alarm());
        self.sent.push(Sent { outcome, job: Some(job) });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.back.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.sent.len() + self.back.len() >= MOST
    }

    /// Does what there is to do until a message is to be sent again, and returns that; none once nothing is left. It may be
    /// dropped.
    pub(super) async fn again(&mut self) -> Option<Job> {
        while !self.is_empty() {
            let next = self.back.front().map(|(at, _)| *at);
            let alarm = self.alarms.front().map(|alarm| alarm.at().unwrap_or_else(Instant::now));
            tokio::select! {
                biased;
                Some(settled) = self.sent.next(), if !self.sent.is_empty() => self.settle(settled),
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                    if let Some((_, job)) = self.back.pop_front() {
                        return Some(job);
                    }
                }
                () = sleep_until(alarm.unwrap_or_else(Instant::now)), if alarm.is_some() => {
                    if let Some(alarm) = self.alarms.pop_front() {
                        alarm.ring();
                    }
                }
            }
        }
        None
    }

    /// Waits for something else, and does meanwhile what there is to do.
    pub(super) async fn meanwhile<T>(&mut self, other: impl Future<Output = T>) -> T {
        futures::pin_mut!(other);
        loop {
            tokio::select! {
                biased;
                Some(settled) = self.sent.next(), if !self.sent.is_empty() => self.settle(settled),
                done = &mut other => return done,
            }
        }
    }

    fn settle(&mut self, (job, outcome): (Option<Job>, Result<Outcome, SendError>)) {
        let Some(job) = job else { return };
        if let (Some(ask), false) = (&job.letter.ask, matches!(&outcome, Ok(Outcome::Accepted(_)))) {
            self.replies.forget(&ask.id);
        }
        match outcome {
            Ok(Outcome::Accepted(_)) => job.tell(Ok(())),
            Ok(Outcome::Released(_)) => self.not_taken(job),
            Ok(Outcome::Rejected(rejected)) => {
                let unsaid = || Fault::new(FaultKind::Refused, "rejected without a reason");
                job.tell(Err(PublishFault::Refused(
                    rejected.error.as_ref().map_or_else(unsaid, words::fault),
                )));
            }
            Ok(Outcome::Modified(modified)) => self.modified(job, &modified),
            Err(error) => {
                let why = match &error {
                    SendError::LinkStateError(error) => words::detached(error).0,
                    error => error.to_string(),
                };
                let why = format!("sent, and {why} before it was said what became of it");
                job.tell(Err(PublishFault::Lost(Fault::new(FaultKind::NotConnected, why))));
            }
        }
    }

    fn modified(&mut self, job: Job, modified: &Modified) {
        let (failed, not_here) =
            (modified.delivery_failed == Some(true), modified.undeliverable_here == Some(true));
        match (failed, not_here) {
            (_, true) if self.are_replies => job.tell(Err(gone())),
            (true, _) => {
                let why = "somebody had it, and failed before it was said what became of it";
                job.tell(Err(PublishFault::Lost(Fault::new(FaultKind::NotConnected, why))));
            }
            (false, true) => job.tell(Err(PublishFault::Unroutable("it cannot be delivered".to_owned()))),
            (false, false) => self.not_taken(job),
        }
    }

    /// One that has to be taken goes out once more at once, as who has had it may have been about to leave, and is an error
    /// if that does not help; others go out again after a while.
    fn not_taken(&mut self, job: Job) {
        const RELEASED: &str = "nobody takes it: it was released";
        let is_first = job.returned() == 0;
        let at = match job.mandatory {
            true if is_first && !self.are_replies => Instant::now(),
            true => return job.tell(Err(PublishFault::Unroutable(RELEASED.to_owned()))),
            false => after(self.pause),
        };
        if at >= job.stop_at() {
            return job.tell(Err(PublishFault::Expired(not_sent(RELEASED))));
        }
        // As a rule it is the last one.
        let place = self.back.iter().rposition(|(other, _)| *other <= at).map_or(0, |last| last + 1);
        self.back.insert(place, (at, job));
    }
}

/// A reply to an address that nobody listens to any more: a caller that comes back has another one.
fn gone() -> PublishFault {
    PublishFault::Gone("nobody waits for the reply any more".to_owned())
}
