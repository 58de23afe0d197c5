//! Sends messages and finds out exactly what became of each.
//!
//! One task owns a confirm channel. It keeps a window of messages under way, sends again what was refused for
//! now or whose fate is unknown, and holds messages back while there is no connection. The waiting for a
//! deadline is the caller's: the task only takes care not to send what is too late.

mod actor;
mod job;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use self::actor::{Actor, IN_FLIGHT};
use self::job::{Job, Progress};
use super::broker::Message;
use super::message::{forwarded, message};
use super::supervisor::Links;
use super::topology::exchange_step;
use crate::transport::driver::{Forward, Outgoing, PublishError, PublishFault, Route};
use crate::transport::options::AmqpOptions;

/// The way to one confirm channel; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Publisher {
    jobs: mpsc::Sender<Job>,
    links: Links,
    options: Arc<AmqpOptions>,
    close_by: Arc<watch::Sender<Option<Instant>>>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Publisher {
    /// Starts the task on the runtime of `handle`.
    pub(super) fn start(links: Links, options: Arc<AmqpOptions>, handle: &Handle) -> Self {
        let (sender, jobs) = mpsc::channel(IN_FLIGHT);
        let (close_by, closing) = watch::channel(None);
        let task = handle.spawn(Actor::new(jobs, links.clone(), closing, &options).run());
        Self {
            jobs: sender,
            links,
            options,
            close_by: Arc::new(close_by),
            task: Arc::new(Mutex::new(Some(task))),
        }
    }

    /// Sends one message; resolves with its outcome, at its deadline at the latest.
    pub(super) async fn publish(self, outgoing: Outgoing) -> Result<(), PublishError> {
        let message = message(&outgoing, &self.options).map_err(PublishFault::Refused)?;
        let Outgoing { route, mandatory, deadline, .. } = outgoing;
        self.send(message, &route, mandatory, deadline).await
    }

    /// The same for one that is sent on.
    pub(super) async fn forward(self, forward: Forward) -> Result<(), PublishError> {
        let (route, deadline) = (forward.route.clone(), forward.deadline);
        let message = forwarded(forward).map_err(PublishFault::Refused)?;
        self.send(message, &route, true, deadline).await
    }

    async fn send(
        self,
        message: Message,
        route: &Route,
        mandatory: bool,
        deadline: Instant,
    ) -> Result<(), PublishError> {
        let progress = Arc::new(Progress::default());
        let (done, outcome) = oneshot::channel();
        let job = Job {
            message,
            exchange: exchange_step(route, &self.options),
            mandatory,
            deadline,
            progress: progress.clone(),
            done,
            nacks: 0,
            channel_errors: 0,
        };
        let sent = async {
            self.jobs.send(job).await.map_err(|_| PublishFault::Closed)?;
            outcome.await.unwrap_or(Err(PublishFault::Closed))
        };
        let outcome = match timeout_at(deadline, sent).await {
            Ok(outcome) => outcome,
            Err(_) => Err(progress.too_late(self.links.trouble())),
        };
        outcome.map_err(|fault| PublishError { reached: progress.reached(&fault), fault })
    }

    /// Takes no more messages and sends those that it has until `deadline`; the rest fails.
    pub(super) async fn close(&self, deadline: Instant) {
        self.close_by.send_replace(Some(deadline));
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut task) = task
            && timeout_at(deadline, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

#[cfg(test)]
mod tests;
