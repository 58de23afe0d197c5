//! What goes out: a line of messages to each address, sent by a link of its own.
//!
//! | Module | What it does |
//! |---|---|
//! | `way` | where messages go |
//! | `hub` | the session that all links are attached by |
//! | `line` | the messages to one address, in their order |
//! | `under_way` | those of them that were sent, until it is known what became of them |
//! | `job` | one of them, and how far it came |

mod hub;
mod job;
mod line;
mod under_way;
mod way;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use self::hub::Hub;
use self::job::{Job, not_sent};
use self::line::{Line, QUEUE, Why};
use self::way::Way;
use super::message::Letter;
use super::options::Amqp1Options;
use super::peer::Peer;
use super::replies::Replies;
use crate::clock::after;
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::transport::connection::View;
use crate::transport::driver::{Done, Outgoing, PublishError, PublishFault, Wants};

/// How many links are kept. With one more, that goes which was used least lately, once what it has is sent.
const MOST: usize = 128;

/// All lines of a transport.
#[derive(Debug)]
pub(super) struct Senders {
    hub: Arc<Hub>,
    runtime: Handle,
    lines: Mutex<Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    by_way: HashMap<Way, Known>,
    /// How often one was used.
    uses: u64,
    tasks: JoinSet<()>,
    closed: bool,
}

#[derive(Debug)]
struct Known {
    jobs: mpsc::Sender<Job>,
    why: Arc<Why>,
    /// Which use was its last.
    used: u64,
}

/// What became of a message that was put into a line.
enum Given {
    Taken(Arc<Why>),
    Full {
        jobs: mpsc::Sender<Job>,
        why: Arc<Why>,
        job: Job,
    },
    /// The transport is closed.
    Closed,
}

impl Senders {
    /// Whose tasks run on `runtime`.
    pub(super) fn new(
        view: View<Peer>,
        options: Arc<Amqp1Options>,
        replies: Arc<Replies>,
        runtime: Handle,
    ) -> Self {
        Self { hub: Arc::new(Hub::new(view, options, replies)), runtime, lines: Mutex::default() }
    }

    /// Sends a message, which waits in its line from now on, or once there is room for it.
    pub(super) fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        let (mandatory, wanted, deadline) = (message.mandatory, message.wanted, message.deadline);
        let (way, letter) = match self.letter(message) {
            Ok(found) => found,
            Err(fault) => return std::future::ready(Err(fault.into())).boxed(),
        };
        let (job, ticket) = Job::new(letter, mandatory, wanted);
        match self.give(&way, job) {
            Given::Taken(why) => async move { ticket.outcome(|| why.get()).await }.boxed(),
            Given::Closed => std::future::ready(Err(PublishFault::Closed.into())).boxed(),
            Given::Full { jobs, why, job } => async move {
                match timeout_at(deadline, jobs.send(job)).await {
                    Ok(Ok(())) => ticket.outcome(|| why.get()).await,
                    Ok(Err(_)) => Err(PublishFault::Closed.into()),
                    Err(_) => Err(PublishFault::Expired(not_sent(&why.get())).into()),
                }
            }
            .boxed(),
        }
    }

    /// Sends a message that nobody waits for.
    pub(super) fn post(&self, message: Outgoing, done: Done) {
        let (mandatory, deadline) = (message.mandatory, message.deadline);
        let (way, letter) = match self.letter(message) {
            Ok(found) => found,
            Err(fault) => return done(Err(fault.into())),
        };
        // One that is dropped is told so.
        if let Given::Full { jobs, job, .. } = self.give(&way, Job::posted(letter, mandatory, done)) {
            self.runtime.spawn(async move { timeout_at(deadline, jobs.send(job)).await.map(drop) });
        }
    }

    /// A message as it goes to its place.
    fn letter(&self, message: Outgoing) -> Result<(Way, Letter), PublishFault> {
        let Outgoing { route, body, ask, expiration, deadline, .. } = message;
        let Some((way, call)) = Way::of(&route) else {
            let fault = Fault::new(FaultKind::Unusable, format!("there is no way to {route} on this bus"));
            return Err(PublishFault::Unfit(fault));
        };
        let Amqp1Options { pre_settled, default_send_timeout, .. } = &*self.hub.options;
        let (settled, deadline) = match (&way, ask) {
            (Way::Reply { .. }, _) => (pre_settled.replies, deadline),
            (_, Some(ask)) if ask.wants != Wants::Nothing => (false, deadline),
            // Nobody waits longer for the outcome of what has no answer.
            _ => (pre_settled.casts, deadline.min(after(*default_send_timeout))),
        };
        Ok((way, Letter { body, ask, call, settled, expiration, deadline }))
    }

    /// Puts a message into the line to its place.
    fn give(&self, way: &Way, mut job: Job) -> Given {
        // A line that has ended meanwhile is followed by another one.
        loop {
            let Some((jobs, why)) = self.line(way) else { return Given::Closed };
            match jobs.try_send(job) {
                Ok(()) => return Given::Taken(why),
                Err(TrySendError::Closed(again)) => job = again,
                Err(TrySendError::Full(job)) => return Given::Full { jobs, why, job },
            }
        }
    }

    /// The line to a place, which is made if there is none; `None` once the transport is closed.
    fn line(&self, way: &Way) -> Option<(mpsc::Sender<Job>, Arc<Why>)> {
        let mut lines = lock(&self.lines);
        if lines.closed {
            return None;
        }
        lines.uses += 1;
        let uses = lines.uses;
        if let Some(known) = lines.by_way.get_mut(way).filter(|known| !known.jobs.is_closed()) {
            known.used = uses;
            return Some((known.jobs.clone(), Arc::clone(&known.why)));
        }
        while lines.tasks.try_join_next().is_some() {}
        lines.by_way.retain(|_, known| !known.jobs.is_closed());
        if lines.by_way.len() >= MOST {
            let least = lines.by_way.iter().min_by_key(|(_, known)| known.used).map(|(way, _)| way.clone());
            if let Some(least) = least {
                lines.by_way.remove(&least);
            }
        }
        let ((jobs, taken), why) = (mpsc::channel(QUEUE), Arc::<Why>::default());
        let line = Line::new(way.clone(), Arc::clone(&self.hub), taken, Arc::clone(&why));
        lines.tasks.spawn_on(line.run(), &self.runtime);
        let known = Known { jobs: jobs.clone(), why: Arc::clone(&why), used: uses };
        lines.by_way.insert(way.clone(), known);
        Some((jobs, why))
    }

    /// Sends what waits, and ends at `deadline` at the latest.
    pub(super) async fn close(&self, deadline: Instant) {
        let mut tasks = {
            let mut lines = lock(&self.lines);
            lines.closed = true;
            lines.by_way.clear();
            std::mem::take(&mut lines.tasks)
        };
        let all = async { while tasks.join_next().await.is_some() {} };
        if timeout_at(deadline, all).await.is_err() {
            tasks.shutdown().await;
        }
    }
}
