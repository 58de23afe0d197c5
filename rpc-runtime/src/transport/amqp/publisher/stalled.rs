//! Routes on which nothing is confirmed, as that to a quorum queue which has lost its majority. RabbitMQ may then do
//! nothing else for the channel, so each of them has one message tried at a time, on a channel of its own, and the others
//! wait aside: all else goes on.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, timeout};

use super::super::library::{Answer, BrokerError, Confirm, Link};
use super::super::message::expire_by;
use super::job::Job;
use crate::transport::driver::PublishFault;

/// How long the answer to one is waited for.
const LIMIT: Duration = Duration::from_secs(15);
/// How long to wait after that, at first and at the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Exchange and routing key.
type To = (Arc<str>, Arc<str>);

struct Route {
    /// Whether one is being tried.
    tried: bool,
    /// When the next one is, at the soonest, and how long after that another one.
    at: Instant,
    pause: Duration,
    aside: VecDeque<Job>,
}

#[derive(Default)]
pub(super) struct Stalled {
    routes: HashMap<To, Route>,
    trying: FuturesUnordered<BoxFuture<'static, Tried>>,
}

/// A message, and what became of it.
pub(super) struct Tried(Job, Became);

enum Became {
    Known(Result<(), PublishFault>),
    /// There was no answer, or one for now.
    Unknown,
    /// The broker has closed its channel for it, so it does answer: the channel of all others finds out.
    Refused,
    /// Its time was over before it was sent.
    Late,
}

impl Stalled {
    pub(super) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Nothing was confirmed of these for too long.
    pub(super) fn note<'a>(&mut self, jobs: impl Iterator<Item = &'a Job>, now: Instant) {
        let new = || Route { tried: false, at: now, pause: FIRST_PAUSE, aside: VecDeque::new() };
        jobs.for_each(|job| _ = self.routes.entry(to(job)).or_insert_with(new));
    }

    /// Keeps a message that goes where nothing is confirmed; gives it back otherwise.
    pub(super) fn keep(&mut self, job: Job) -> Option<Job> {
        if self.routes.is_empty() {
            return Some(job);
        }
        match self.routes.get_mut(&to(&job)) {
            Some(route) => {
                route.aside.push_back(job);
                None
            }
            None => Some(job),
        }
    }

    /// Tries what is due; it goes on when [`tried`](Self::tried) is polled. What is too late for that is told so, and
    /// the `trouble` if there is any.
    pub(super) fn try_due(
        &mut self,
        link: &Arc<dyn Link>,
        now: Instant,
        trouble: impl Fn() -> Option<String>,
    ) {
        for route in self.routes.values_mut().filter(|route| !route.tried && route.at <= now) {
            while let Some(job) = route.aside.pop_front() {
                if job.deadline <= now || job.is_abandoned() {
                    job.too_late(trouble());
                    continue;
                }
                route.tried = true;
                self.trying.push(attempt(link.clone(), job).boxed());
                break;
            }
        }
    }

    /// When something is due next.
    pub(super) fn due(&self) -> Option<Instant> {
        let waiting = self.routes.values().filter(|route| !route.tried && !route.aside.is_empty());
        waiting.map(|route| route.at).min()
    }

    /// The next one that was tried; for ever if none is being tried.
    pub(super) async fn tried(&mut self) -> Tried {
        match self.trying.next().await {
            Some(tried) => tried,
            None => std::future::pending().await,
        }
    }

    /// What is to be sent as ever, after one was tried.
    pub(super) fn conclude(
        &mut self,
        tried: Tried,
        now: Instant,
        trouble: impl Fn() -> Option<String>,
    ) -> Vec<Job> {
        let Tried(job, became) = tried;
        let to = to(&job);
        let mut again = Vec::new();
        match became {
            Became::Unknown | Became::Late => {
                let late = matches!(became, Became::Late) || job.deadline <= now;
                if let Some(route) = self.routes.get_mut(&to) {
                    route.tried = false;
                    if let Became::Unknown = became {
                        route.at = now + route.pause;
                        route.pause = (route.pause * 2).min(LONGEST_PAUSE);
                    }
                    if !late {
                        route.aside.push_front(job);
                        return again;
                    }
                }
                job.too_late(trouble());
                return again;
            }
            Became::Known(outcome) => job.tell(outcome),
            Became::Refused => again.push(job),
        }
        again.extend(self.routes.remove(&to).into_iter().flat_map(|route| route.aside));
        again
    }

    /// Drops what is not to be kept.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Job) -> bool) {
        self.routes.values_mut().for_each(|route| route.aside.retain(&mut keep));
    }

    /// Forgets the routes of which no message is here; it must not be anywhere else.
    pub(super) fn forget_unused(&mut self) {
        self.routes.retain(|_, route| route.tried || !route.aside.is_empty());
    }
}

fn to(job: &Job) -> To {
    (job.message.exchange.clone(), job.message.routing_key.clone())
}

/// Sends one on a channel of its own.
async fn attempt(link: Arc<dyn Link>, job: Job) -> Tried {
    let Ok(channel) = link.open(true).await else { return Tried(job, Became::Unknown) };
    let now = Instant::now();
    let time = LIMIT.min(job.deadline.saturating_duration_since(now));
    if time.is_zero() || !job.sent() {
        channel.close().await;
        return Tried(job, Became::Late);
    }
    let mut message = job.message.clone();
    message.mandatory = job.mandatory.then_some(0);
    expire_by(&mut message, job.deadline, now);
    let answered = timeout(time, channel.publish(message)).await;
    // It may take as long as the answer.
    tokio::spawn(async move { channel.close().await });
    let became = match answered {
        Ok(Confirm { verdict: Ok(Answer::Ack), returned }) => {
            Became::Known(returned.map_or(Ok(()), |returned| Err(PublishFault::Unroutable(returned.why))))
        }
        Ok(Confirm { verdict: Ok(Answer::Nack), .. }) => {
            job.nacked(now);
            Became::Unknown
        }
        Ok(Confirm { verdict: Err(error @ BrokerError::Refused(..)), .. }) => {
            job.lost(Some(&error));
            Became::Refused
        }
        Ok(Confirm { verdict: Err(_), .. }) | Err(_) => {
            job.lost(None);
            Became::Unknown
        }
    };
    Tried(job, became)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use bytes::Bytes;

    use super::super::super::fake::{FakeLink, Fate};
    use super::super::super::library::Message;
    use super::*;
    use crate::error::Reached;
    use crate::transport::driver::PublishError;

    type Told = mpsc::Receiver<Result<(), PublishError>>;

    /// One that nobody waits for, to the queue `queue`.
    fn posted(queue: &str, deadline: Instant) -> (Job, Told) {
        let message = Message {
            exchange: "".into(),
            routing_key: queue.into(),
            body: Bytes::new(),
            compression: None,
            expiration: None,
            mandatory: None,
            kept: None,
        };
        let (tell, told) = mpsc::channel();
        (
            Job::posted(message, None, true, deadline, Box::new(move |outcome| tell.send(outcome).unwrap())),
            told,
        )
    }

    fn silent() -> Arc<dyn Link> {
        Arc::new(FakeLink::new(Arc::new(|_| Fate::Silence)))
    }

    /// How far it came, as its sender is told who sends again what has expired.
    fn expired(told: &Told) -> Reached {
        match told.try_recv().unwrap() {
            Err(PublishError { fault: PublishFault::Expired(_), reached }) => reached,
            outcome => panic!("{outcome:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_late_to_be_tried_has_expired() {
        let (mut stalled, link, now) = (Stalled::default(), silent(), Instant::now());
        let (job, told) = posted("q", now + FIRST_PAUSE);
        stalled.note([&job].into_iter(), now);
        assert!(stalled.keep(job).is_none());
        stalled.try_due(&link, now + FIRST_PAUSE, || None);
        assert_eq!((expired(&told), stalled.trying.len()), (Reached::NotSent, 0));

        // While its channel was opened.
        let (job, told) = posted("q", now);
        assert!(stalled.keep(job).is_none());
        let Some(route) = stalled.routes.values_mut().next() else { panic!("it is not known any more") };
        let job = route.aside.pop_front().unwrap();
        route.tried = true;
        let tried = attempt(link, job).await;
        assert!(stalled.conclude(tried, now, || None).is_empty());
        assert_eq!(expired(&told), Reached::NotSent);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_confirmed_by_its_deadline_has_expired() {
        let (mut stalled, now) = (Stalled::default(), Instant::now());
        let (job, told) = posted("q", now + FIRST_PAUSE);
        stalled.note([&job].into_iter(), now);
        assert!(stalled.keep(job).is_none());
        stalled.try_due(&silent(), now, || None);
        let tried = stalled.tried().await;
        assert!(stalled.conclude(tried, Instant::now(), || None).is_empty());
        assert_eq!((expired(&told), now.elapsed()), (Reached::Sent, FIRST_PAUSE));
    }
}
