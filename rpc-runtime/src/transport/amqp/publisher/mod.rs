//! Sends messages and finds out exactly what became of each.
//!
//! Callers publish by themselves on a confirm channel while the way to it is clear (`gate`). One task owns the
//! channel: it opens it, sends again what was refused for now or whose fate is unknown, and holds messages back
//! while there is no connection. It bounds how many are under way (`line`, `under_way`), and takes care not to
//! send what is too late. The waiting for a deadline is the caller's.

mod actor;
mod gate;
mod job;
mod line;
mod refusals;
mod stalled;
mod under_way;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, timeout_at};

use self::actor::Actor;
use self::gate::{Gate, Queued};
use self::job::{Job, Ticket};
use self::line::IN_FLIGHT;
use super::in_flight::Place;
use super::library::{Links, Message};
use super::message::{forwarded, message};
use super::topology::exchange_step;
use crate::error::Reached;
use crate::transport::amqp::options::AmqpOptions;
use crate::transport::driver::{Done, Forward, Outgoing, PublishError, PublishFault, Wanted};

/// The way to one confirm channel; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Publisher(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    gate: Arc<Gate>,
    jobs: mpsc::Sender<(Job, Queued)>,
    options: Arc<AmqpOptions>,
    close_by: watch::Sender<Option<Instant>>,
    handle: Handle,
    /// Until it has ended; whoever waits for that holds it.
    task: Mutex<Option<JoinHandle<()>>>,
    abort: AbortHandle,
}

/// A message to be sent.
pub(super) struct Prepared {
    job: Job,
    ticket: Ticket,
}

impl Publisher {
    /// Starts the task on the runtime of `handle`.
    pub(super) fn start(links: Links, options: Arc<AmqpOptions>, handle: &Handle) -> Self {
        let (sender, jobs) = mpsc::channel(IN_FLIGHT);
        let (close_by, closing) = watch::channel(None);
        let gate = Gate::new(links.clone());
        let task = handle.spawn(Actor::new(gate.clone(), jobs, links, closing, &options).run());
        let (handle, abort, task) = (handle.clone(), task.abort_handle(), Mutex::new(Some(task)));
        Self(Arc::new(Shared { gate, jobs: sender, options, close_by, handle, task, abort }))
    }

    /// A message as [`send`](Self::send) takes it. All that it is made of is in one place in memory, so that the futures of
    /// those who wait for it stay small.
    pub(super) fn prepare(&self, outgoing: Outgoing) -> Result<Prepared, PublishError> {
        let options = &self.0.options;
        let message = message(&outgoing, options).map_err(PublishFault::Unfit)?;
        let Outgoing { route, mandatory, deadline, wanted, .. } = outgoing;
        let (job, ticket) = Job::new(message, exchange_step(&route, options), mandatory, deadline, wanted);
        Ok(Prepared { job, ticket })
    }

    /// The same for one that is sent on.
    pub(super) fn prepare_forward(&self, forward: Forward) -> Result<Prepared, PublishError> {
        let (exchange, deadline) = (exchange_step(&forward.route, &self.0.options), forward.deadline);
        let message = forwarded(forward).map_err(PublishFault::Unfit)?;
        let (job, ticket) = Job::new(message, exchange, true, deadline, Wanted::AtOnce);
        Ok(Prepared { job, ticket })
    }

    /// Whether nothing is confirmed where it goes to, at the moment.
    pub(super) fn is_stalled(&self, prepared: &Prepared) -> bool {
        self.0.gate.avoided.has(&prepared.job)
    }

    /// Sends one message; resolves with its outcome, at its deadline at the latest. Its `place` is free once the
    /// outcome is known.
    pub(super) async fn send(self, prepared: Prepared, place: Option<Place>) -> Result<(), PublishError> {
        let (gate, Prepared { job, mut ticket }) = (&self.0.gate, prepared);
        self.check(&job.message)?;
        job.takes(place);
        let (deadline, wanted) = (job.deadline, job.wanted);
        let outcome = match gate.pass(job) {
            Ok(()) => self.outcome(&mut ticket, deadline, wanted).await,
            // Rare, and the larger future.
            Err(job) => Box::pin(timeout_at(deadline, self.by_the_task(job, &mut ticket))).await.ok(),
        };
        let outcome = outcome.unwrap_or_else(|| Err(ticket.too_late(gate.trouble())));
        outcome.map_err(|fault| ticket.error(fault))
    }

    /// Sends one message that nobody waits for; see [`Driver::post`](crate::transport::driver::Driver::post).
    pub(super) fn post(&self, outgoing: Outgoing, done: Done) {
        let Shared { gate, jobs, options, handle, .. } = &*self.0;
        let message = match message(&outgoing, options) {
            Ok(message) => message,
            Err(why) => return done(Err(PublishFault::Unfit(why).into())),
        };
        if let Err(refused) = self.check(&message) {
            return done(Err(refused));
        }
        let Outgoing { route, mandatory, deadline, .. } = outgoing;
        let job = Job::posted(message, exchange_step(&route, options), mandatory, deadline, done);
        let Err(job) = gate.pass(job) else { return };
        // In its turn, if there are so many that it has to wait; closed, the task drops it, which tells.
        if let Err(TrySendError::Full(job)) = jobs.try_send((job, gate.queue())) {
            let jobs = jobs.clone();
            handle.spawn(async move { drop(jobs.send(job).await) });
        }
    }

    /// Fails with the broker's words if it has refused the same before.
    fn check(&self, message: &Message) -> Result<(), PublishError> {
        match self.0.gate.refusals.of(message, Instant::now()) {
            Some(error) => {
                Err(PublishError { fault: PublishFault::Refused(error.into()), reached: Reached::NotSent })
            }
            None => Ok(()),
        }
    }

    async fn by_the_task(&self, job: Job, ticket: &mut Ticket) -> Result<(), PublishFault> {
        let queued = self.0.gate.queue();
        self.0.jobs.send((job, queued)).await.map_err(|_| PublishFault::Closed)?;
        ticket.await
    }

    /// The outcome of what was sent, `None` if the deadline comes first.
    async fn outcome(
        &self,
        ticket: &mut Ticket,
        deadline: Instant,
        wanted: Wanted,
    ) -> Option<Result<(), PublishFault>> {
        if wanted != Wanted::Trouble {
            return timeout_at(deadline, ticket).await.ok();
        }
        // The caller has a clock of its own, and asks then.
        let mut ticket = ticket;
        poll_fn(|cx| match Pin::new(&mut ticket).poll(cx) {
            Poll::Pending if Instant::now() >= deadline => Poll::Ready(None),
            outcome => outcome.map(Some),
        })
        .await
    }

    /// Takes no more messages and sends those that it has until `deadline`; the rest fails. Several may wait for that,
    /// and who stops waiting leaves it to the others.
    pub(super) async fn close(&self, deadline: Instant) {
        self.0.gate.shut();
        self.0.close_by.send_replace(Some(deadline));
        let ended = async {
            let mut task = self.0.task.lock().await;
            if let Some(running) = &mut *task {
                // It ends well, or was aborted.
                let _ = running.await;
                *task = None;
            }
        };
        if timeout_at(deadline, ended).await.is_err() {
            self.0.abort.abort();
        }
    }
}

#[cfg(test)]
mod tests;
