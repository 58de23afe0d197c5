//! Routes on which nothing is confirmed, as that to a quorum queue which has lost its majority. RabbitMQ may then do
//! nothing else for the channel, so each of them has one message tried at a time, on a channel of its own, and the others
//! wait aside: all else goes on.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::super::library::{Answer, BrokerError, Channel, Confirm, Link};
use super::super::message::expire_by;
use super::job::{CLOSES, CONNECTION_FORCED, Job};
use crate::lock::lock;
use crate::transport::driver::PublishFault;

/// How long the answer to one is waited for.
const LIMIT: Duration = Duration::from_secs(15);
/// How long to wait after that, at first and at the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long a route is remembered after the last try although no message to it is here: the next one of a caller that
/// sends one after the other would cost the connection again.
const KEPT: Duration = Duration::from_secs(60);
/// How many of these are remembered.
const KNOWN: usize = 256;

/// How many are tried at once, until their channels are closed: the broker may take long to do so, and a connection has
/// only so many.
const ATTEMPTS: usize = 16;

/// Exchange and routing key.
type To = (Arc<str>, Arc<str>);

struct Route {
    /// Whether one is being tried.
    tried: bool,
    /// When nothing was confirmed last.
    last: Instant,
    /// When the next one is tried, at the soonest, and how long after that another one.
    at: Instant,
    pause: Duration,
    aside: VecDeque<Job>,
}

impl Route {
    /// Whether a message to it is here.
    fn is_used(&self) -> bool {
        self.tried || !self.aside.is_empty()
    }
}

pub(super) struct Stalled {
    routes: HashMap<To, Route>,
    trying: FuturesUnordered<BoxFuture<'static, (Tried, Option<Closing>)>>,
    /// The channels of those that were tried.
    closing: FuturesUnordered<Closing>,
    /// The keys of `routes`, and those that are not stalled any more.
    avoided: Arc<Avoided>,
    recovered: Vec<To>,
}

/// The routes that nobody may use but by [`Stalled`]; as a rule there are none, and nobody has to look.
#[derive(Debug, Default)]
pub(super) struct Avoided {
    some: AtomicBool,
    routes: Mutex<HashSet<To>>,
}

impl Avoided {
    pub(super) fn has(&self, job: &Job) -> bool {
        self.some.load(Ordering::Acquire) && lock(&self.routes).contains(&to(job))
    }

    fn change(&self, change: impl FnOnce(&mut HashSet<To>)) {
        let mut routes = lock(&self.routes);
        change(&mut routes);
        self.some.store(!routes.is_empty(), Ordering::Release);
    }
}

/// Ends when a channel is closed.
type Closing = JoinHandle<()>;

/// A message, and what became of it.
pub(super) struct Tried(Job, Became);

enum Became {
    Known(Result<(), PublishFault>),
    /// There was no answer, or one for now.
    Unknown,
    /// The broker has closed the connection with this error, for the last time that it may be the cause.
    Closed(u16, String),
    /// The broker has closed its channel for it, so it does answer: the channel of all others finds out.
    Refused,
    /// Its time was over before it was sent.
    Late,
}

impl Stalled {
    pub(super) fn new(avoided: Arc<Avoided>) -> Self {
        Self {
            routes: HashMap::new(),
            trying: FuturesUnordered::new(),
            closing: FuturesUnordered::new(),
            avoided,
            recovered: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Whether it has messages.
    pub(super) fn is_used(&self) -> bool {
        self.routes.values().any(Route::is_used)
    }

    /// Nothing was confirmed of these for too long.
    pub(super) fn note<'a>(&mut self, jobs: impl Iterator<Item = &'a Job>, now: Instant) {
        let new = || Route { tried: false, last: now, at: now, pause: FIRST_PAUSE, aside: VecDeque::new() };
        jobs.for_each(|job| self.routes.entry(to(job)).or_insert_with(new).last = now);
        self.forget_oldest();
        self.recovered.clear();
        self.avoided.change(|routes| *routes = self.routes.keys().cloned().collect());
    }

    /// Lets all send where nothing is stalled any more, once what waits for the task is sent before them.
    pub(super) fn release(&mut self) {
        if !self.recovered.is_empty() {
            self.avoided.change(|routes| {
                for to in self.recovered.drain(..) {
                    routes.remove(&to);
                }
            });
        }
    }

    /// Keeps a message that goes where nothing is confirmed, and takes no room of others for that; gives it back otherwise.
    pub(super) fn keep(&mut self, job: Job) -> Option<Job> {
        if self.routes.is_empty() {
            return Some(job);
        }
        match self.routes.get_mut(&to(&job)) {
            Some(route) => {
                job.steps_aside();
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
        let mut free = self.free();
        let due = |route: &&mut Route| !route.tried && !route.aside.is_empty() && route.at <= now;
        let mut due: Vec<_> = self.routes.values_mut().filter(due).collect();
        due.sort_unstable_by_key(|route| route.at);
        for route in due {
            while free > 0
                && let Some(job) = route.aside.pop_front()
            {
                if job.deadline <= now || job.is_abandoned() {
                    job.too_late(trouble());
                    continue;
                }
                free -= 1;
                route.tried = true;
                self.trying.push(attempt(link.clone(), job).boxed());
                break;
            }
        }
    }

    /// How many more may be tried.
    fn free(&self) -> usize {
        ATTEMPTS.saturating_sub(self.trying.len() + self.closing.len())
    }

    /// When something is due next; if it has to wait for another try to end, that is when [`tried`](Self::tried) does.
    pub(super) fn due(&self) -> Option<Instant> {
        if self.free() == 0 {
            return None;
        }
        let waiting = self.routes.values().filter(|route| !route.tried && !route.aside.is_empty());
        waiting.map(|route| route.at).min()
    }

    /// The next one that was tried; `None` if there is room for another one. For ever if nothing is being tried.
    pub(super) async fn tried(&mut self) -> Option<Tried> {
        tokio::select! {
            biased;
            Some((tried, closing)) = self.trying.next() => {
                self.closing.extend(closing);
                Some(tried)
            }
            Some(_) = self.closing.next() => None,
            else => std::future::pending().await,
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
            Became::Unknown | Became::Closed(..) | Became::Late => {
                let Some(route) = self.routes.get_mut(&to) else {
                    // It is kept as long as one is tried.
                    return vec![job];
                };
                route.tried = false;
                if !matches!(became, Became::Late) {
                    route.last = now;
                    route.at = now + route.pause;
                    route.pause = (route.pause * 2).min(LONGEST_PAUSE);
                }
                match became {
                    Became::Closed(code, why) => job.costs_the_connection(code, &why),
                    Became::Unknown if now < job.deadline => route.aside.push_front(job),
                    _ => job.too_late(trouble()),
                }
                return again;
            }
            Became::Known(outcome) => job.tell(outcome),
            Became::Refused => again.push(job),
        }
        again.extend(self.routes.remove(&to).into_iter().flat_map(|route| route.aside));
        self.recovered.push(to);
        again
    }

    /// Drops what is not to be kept.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&Job) -> bool) {
        self.routes.values_mut().for_each(|route| route.aside.retain(&mut keep));
    }

    /// Forgets routes of which no message is here, nor was for a while; it must not be anywhere else.
    pub(super) fn forget_unused(&mut self, now: Instant) {
        if self.routes.is_empty() {
            return;
        }
        let forgotten = |route: &Route| !route.is_used() && now.saturating_duration_since(route.last) >= KEPT;
        self.recovered.extend(self.routes.extract_if(|_, route| forgotten(route)).map(|(to, _)| to));
        self.forget_oldest();
    }

    /// Keeps the number of those within bounds.
    fn forget_oldest(&mut self) {
        let unused = |(_, route): &(&To, &Route)| !route.is_used();
        let excess = self.routes.iter().filter(unused).count().saturating_sub(KNOWN);
        if excess == 0 {
            return;
        }
        let unused = self.routes.iter().filter(unused);
        let mut unused: Vec<_> = unused.map(|(to, route)| (route.last, to.clone())).collect();
        unused.sort_unstable_by_key(|(last, _)| *last);
        unused.truncate(excess);
        for (_, to) in unused {
            self.routes.remove(&to);
            self.recovered.push(to);
        }
    }
}

fn to(job: &Job) -> To {
    (job.message.exchange.clone(), job.message.routing_key.clone())
}

/// Sends one on a channel of its own.
async fn attempt(link: Arc<dyn Link>, job: Job) -> (Tried, Option<Closing>) {
    let Ok(channel) = link.open(true).await else { return (Tried(job, Became::Unknown), None) };
    let became = send(&*channel, &job).await;
    // It may take as long as the answer.
    let closing = tokio::spawn(async move { channel.close().await });
    (Tried(job, became), Some(closing))
}

async fn send(channel: &dyn Channel, job: &Job) -> Became {
    let now = Instant::now();
    let time = LIMIT.min(job.deadline.saturating_duration_since(now));
    if time.is_zero() || !job.sent() {
        return Became::Late;
    }
    let mut message = job.message.clone();
    message.mandatory = job.mandatory.then_some(0);
    expire_by(&mut message, job.deadline, now);
    match timeout(time, channel.publish(message)).await {
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
        Ok(Confirm { verdict: Err(BrokerError::Closed(code, why)), .. }) if code != CONNECTION_FORCED => {
            job.lost(None);
            if job.closed() < CLOSES { Became::Unknown } else { Became::Closed(code, why) }
        }
        Ok(Confirm { verdict: Err(_), .. }) | Err(_) => {
            job.lost(None);
            Became::Unknown
        }
    }
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
        let done = Box::new(move |outcome| drop(tell.send(outcome)));
        (Job::posted(message, None, true, deadline, done), told)
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
        let (mut stalled, link, now) = (Stalled::new(Arc::default()), silent(), Instant::now());
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
        let (tried, _) = attempt(link, job).await;
        assert!(stalled.conclude(tried, now, || None).is_empty());
        assert_eq!(expired(&told), Reached::NotSent);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_confirmed_by_its_deadline_has_expired() {
        let (mut stalled, now) = (Stalled::new(Arc::default()), Instant::now());
        let (job, told) = posted("q", now + FIRST_PAUSE);
        stalled.note([&job].into_iter(), now);
        assert!(stalled.keep(job).is_none());
        stalled.try_due(&silent(), now, || None);
        let tried = stalled.tried().await.unwrap();
        assert!(stalled.conclude(tried, Instant::now(), || None).is_empty());
        assert_eq!(expired(&told), Reached::Sent);
        // The resolution of tokio's timers.
        assert!(now.elapsed() <= FIRST_PAUSE + Duration::from_millis(1), "{:?}", now.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_route_is_remembered_for_a_while() {
        let (mut stalled, now) = (Stalled::new(Arc::default()), Instant::now());
        let (job, _told) = posted("q", now + KEPT * 3);
        stalled.note([&job].into_iter(), now);
        assert!(stalled.avoided.has(&job));
        assert!(stalled.keep(job).is_none());
        stalled.forget_unused(now + KEPT * 2);
        assert!(!stalled.is_empty() && stalled.is_used(), "a message to it is here");

        stalled.try_due(&silent(), now, || None);
        let tried = stalled.tried().await.unwrap();
        assert!(stalled.conclude(tried, Instant::now(), || None).is_empty());
        stalled.retain(|_| false);
        let last = Instant::now();
        stalled.forget_unused(last + KEPT / 2);
        assert!(!stalled.is_empty() && !stalled.is_used());
        let (job, _told) = posted("q", now);
        assert!(stalled.avoided.has(&job));
        stalled.forget_unused(last + KEPT);
        assert!(stalled.is_empty() && stalled.avoided.has(&job), "the task goes first");
        stalled.release();
        assert!(stalled.is_empty() && !stalled.avoided.has(&job));
        assert!(stalled.keep(job).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_recovers_waits_for_no_other() {
        let (mut stalled, now) = (Stalled::new(Arc::default()), Instant::now());
        let publish =
            |message: &Message| if &*message.routing_key == "stuck" { Fate::Silence } else { Fate::Ack };
        let link: Arc<dyn Link> = Arc::new(FakeLink::new(Arc::new(publish)));
        let jobs = ["stuck", "back"].map(|queue| [posted(queue, now + KEPT).0, posted(queue, now + KEPT).0]);
        for [first, second] in jobs {
            stalled.note([&first].into_iter(), now);
            assert!(stalled.keep(first).is_none() && stalled.keep(second).is_none());
        }
        stalled.try_due(&link, now, || None);
        let tried = stalled.tried().await.unwrap();
        let again = stalled.conclude(tried, now, || None);
        assert_eq!(again.len(), 1);
        stalled.release();
        assert!(!stalled.avoided.has(&again[0]) && stalled.is_used());
        assert!(stalled.avoided.has(&posted("stuck", now).0));
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_a_bound_of_what_is_remembered() {
        let (mut stalled, now) = (Stalled::new(Arc::default()), Instant::now());
        let job = |n: usize| posted(&n.to_string(), now).0;
        for n in 0..2 * KNOWN {
            let later = now + Duration::from_millis(n as u64);
            stalled.note([&job(n)].into_iter(), later);
        }
        assert_eq!(stalled.routes.len(), KNOWN);
        let avoided = &stalled.avoided;
        assert!(
            !avoided.has(&job(KNOWN - 1)) && avoided.has(&job(KNOWN)) && avoided.has(&job(2 * KNOWN - 1))
        );
    }

    /// Those that wait longest come first.
    #[tokio::test(start_paused = true)]
    async fn few_are_tried_at_once_until_their_channels_are_closed() {
        const MANY: usize = 3 * ATTEMPTS;
        let (mut stalled, now) = (Stalled::new(Arc::default()), Instant::now());
        let link = FakeLink::new(Arc::new(|_| Fate::Silence));
        link.closes_take(LIMIT);
        let link: Arc<dyn Link> = Arc::new(link);
        for n in (0..MANY).rev() {
            let (job, _) = posted(&n.to_string(), now + LIMIT * 100);
            stalled.note([&job].into_iter(), now + Duration::from_millis(n as u64));
            assert!(stalled.keep(job).is_none());
        }
        let mut seen = Vec::new();
        let later = now + Duration::from_secs(1);
        stalled.try_due(&link, later, || None);
        assert_eq!((stalled.trying.len(), stalled.due()), (ATTEMPTS, None));
        while seen.len() < MANY {
            let tried = stalled.tried().await;
            assert!(stalled.trying.len() + stalled.closing.len() <= ATTEMPTS);
            if let Some(tried) = tried {
                let number: usize = tried.0.message.routing_key.parse().unwrap();
                seen.push(number / ATTEMPTS);
                assert!(stalled.conclude(tried, Instant::now() + LIMIT * 50, || None).is_empty());
            }
            stalled.try_due(&link, later, || None);
        }
        assert!(seen.is_sorted(), "{seen:?}");
        // One turn after the other, each with its channel closed.
        assert!(now.elapsed() >= 5 * LIMIT, "{:?}", now.elapsed());
    }
}
