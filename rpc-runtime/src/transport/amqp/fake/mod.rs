//! A broker that does what a test says.

mod queues;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::StreamExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

use self::queues::Queues;
use super::lapin_library::MAX_CHANNEL_ERRORS;
use super::library::{
    Answer, BrokerError, Channel, Chore, Confirm, Consuming, Counts, Link, Message, RESOURCE_ERROR, Returned,
    Take,
};
use super::topology::{Consume, Step};
use crate::transport::connection::{Connect, ConnectFailure, Connection, Event};
use crate::transport::url::Host;

/// What becomes of a message.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    Ack,
    Nack,
    /// A nack by the first channel of the link, and an ack by every other one.
    NackByFirst,
    Return,
    /// Nothing until the link is lost.
    Silence,
    /// The channel is closed with this error, and with it all that is under way.
    ChannelError(u16),
    /// The same with the whole connection.
    ConnectionError(u16),
}

type Publish = dyn Fn(&Message) -> Fate + Send + Sync;
type Declare = dyn FnMut(&Step) -> Result<(), BrokerError> + Send;
type Consumed = dyn FnMut(&Consume) -> Result<(), BrokerError> + Send;
type Connects = dyn Fn(&Host) -> Result<(), ConnectFailure> + Send + Sync;
type Prepare = dyn Fn(&FakeLink) + Send + Sync;

/// Every host is the same broker.
pub(super) struct Fake {
    publish: Arc<Publish>,
    connect: Box<Connects>,
    prepare: Mutex<Box<Prepare>>,
    /// The links so far, each with the host that it was made to.
    pub(super) links: Mutex<Vec<(String, FakeLink)>>,
}

impl Fake {
    pub(super) fn new(publish: impl Fn(&Message) -> Fate + Send + Sync + 'static) -> Arc<Self> {
        Self::with_connect(publish, |_| Ok(()))
    }

    pub(super) fn with_connect(
        publish: impl Fn(&Message) -> Fate + Send + Sync + 'static,
        connect: impl Fn(&Host) -> Result<(), ConnectFailure> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            publish: Arc::new(publish),
            connect: Box::new(connect),
            prepare: Mutex::new(Box::new(|_| {})),
            links: Mutex::default(),
        })
    }

    /// Does something with each link to come, before it is used.
    pub(super) fn on_link(&self, prepare: impl Fn(&FakeLink) + Send + Sync + 'static) {
        *self.prepare.lock().unwrap() = Box::new(prepare);
    }

    pub(super) fn link(&self, n: usize) -> FakeLink {
        self.links.lock().unwrap()[n].1.clone()
    }

    pub(super) fn hosts(&self) -> Vec<String> {
        self.links.lock().unwrap().iter().map(|(host, _)| host.clone()).collect()
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Connect<dyn Link> for Fake {
    fn connect<'a>(
        &'a self,
        host: &'a Host,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Arc<dyn Link>, ConnectFailure>> {
        Box::pin(async move {
            (self.connect)(host)?;
            let link = FakeLink::new(self.publish.clone());
            self.prepare.lock().unwrap()(&link);
            self.links.lock().unwrap().push((host.name().to_owned(), link.clone()));
            Ok(Arc::new(link) as Arc<dyn Link>)
        })
    }
}

#[derive(Clone)]
pub(super) struct FakeLink {
    publish: Arc<Publish>,
    happen: mpsc::UnboundedSender<Event>,
    events: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>>,
    dead: watch::Sender<bool>,
    /// The error that the broker closes it with, if it does.
    closed: Arc<Mutex<Option<BrokerError>>>,
    declare: Arc<Mutex<Box<Declare>>>,
    consume: Arc<Mutex<Box<Consumed>>>,
    /// The answers to the acknowledgements to come; then all succeed.
    ack_answers: Arc<Mutex<VecDeque<Result<(), BrokerError>>>>,
    reject_time: Arc<Mutex<Duration>>,
    /// Why the next consumer ends.
    end: Arc<Mutex<Option<BrokerError>>>,
    declare_time: Arc<Mutex<Duration>>,
    open_time: Arc<Mutex<Duration>>,
    close_time: Arc<Mutex<Duration>>,
    /// Why there are no more channels, if so.
    no_channel: Arc<Mutex<Option<String>>>,
    queues: Arc<Queues>,
    /// How many channels were lost by a declaration.
    errors: Arc<AtomicU32>,
    /// What was declared and deleted, with the number of the channel.
    pub(super) log: Arc<Mutex<Vec<String>>>,
    opened: Arc<AtomicUsize>,
}

impl FakeLink {
    pub(super) fn answering(answers: impl IntoIterator<Item = Result<(), BrokerError>>) -> Self {
        let link = Self::new(Arc::new(|_| Fate::Ack));
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        link.on_declare(move |_| answers.pop_front().unwrap_or(Ok(())));
        link
    }

    pub(super) fn new(publish: Arc<Publish>) -> Self {
        let (happen, events) = mpsc::unbounded_channel();
        let events = Arc::new(tokio::sync::Mutex::new(events));
        Self {
            publish,
            happen,
            events,
            dead: watch::Sender::new(false),
            closed: Arc::default(),
            declare: Arc::new(Mutex::new(Box::new(|_| Ok(())))),
            consume: Arc::new(Mutex::new(Box::new(|_| Ok(())))),
            ack_answers: Arc::default(),
            reject_time: Arc::default(),
            end: Arc::default(),
            declare_time: Arc::default(),
            open_time: Arc::default(),
            close_time: Arc::default(),
            no_channel: Arc::default(),
            queues: Arc::default(),
            errors: Arc::default(),
            log: Arc::default(),
            opened: Arc::default(),
        }
    }

    /// Answers all declarations to come.
    pub(super) fn on_declare(&self, answer: impl FnMut(&Step) -> Result<(), BrokerError> + Send + 'static) {
        *self.declare.lock().unwrap() = Box::new(answer);
    }

    /// Answers all consumers to come.
    pub(super) fn on_consume(
        &self,
        answer: impl FnMut(&Consume) -> Result<(), BrokerError> + Send + 'static,
    ) {
        *self.consume.lock().unwrap() = Box::new(answer);
    }

    /// Answers the next acknowledgement.
    pub(super) fn on_ack(&self, answer: Result<(), BrokerError>) {
        self.ack_answers.lock().unwrap().push_back(answer);
    }

    /// How long each reject takes on the channels to come.
    pub(super) fn rejects_take(&self, time: Duration) {
        *self.reject_time.lock().unwrap() = time;
    }

    /// The same for each declaration.
    pub(super) fn declares_take(&self, time: Duration) {
        *self.declare_time.lock().unwrap() = time;
    }

    /// The same until each channel to come is open.
    pub(super) fn opens_take(&self, time: Duration) {
        *self.open_time.lock().unwrap() = time;
    }

    /// The same until each channel is closed.
    pub(super) fn closes_take(&self, time: Duration) {
        *self.close_time.lock().unwrap() = time;
    }

    /// Opens no more channels, for this reason.
    pub(super) fn refuse_channels(&self, why: &str) {
        *self.no_channel.lock().unwrap() = Some(why.to_owned());
    }

    /// Opens channels again.
    pub(super) fn allow_channels(&self) {
        *self.no_channel.lock().unwrap() = None;
    }

    /// Puts a message into a queue.
    pub(super) fn put(&self, queue: &str, body: &str) {
        self.queues.put(queue, Bytes::copy_from_slice(body.as_bytes()));
    }

    /// Makes a stream that has these messages.
    pub(super) fn stream(&self, name: &str, bodies: &[&str]) {
        self.queues.stream(name, bodies);
    }

    /// How many messages a queue has.
    pub(super) fn count(&self, queue: &str) -> u32 {
        self.queues.count(queue).map_or(0, |counts| counts.messages)
    }

    /// Has the broker count so many messages of a stream, whatever it has.
    pub(super) fn counts(&self, stream: &str, messages: u32) {
        self.queues.counts(stream, messages);
    }

    /// Says why the next consumer ends.
    pub(super) fn ends_for(&self, error: BrokerError) {
        *self.end.lock().unwrap() = Some(error);
    }

    /// Deletes a queue, and with it its consumer.
    pub(super) fn delete(&self, queue: &str) {
        self.queues.delete(queue);
    }

    /// How many messages are delivered and not settled.
    pub(super) fn unsettled(&self) -> usize {
        self.queues.unsettled()
    }

    pub(super) fn errors(&self) -> u32 {
        self.errors.load(Ordering::Relaxed)
    }

    pub(super) fn happen(&self, event: Event) {
        self.happen.send(event).unwrap();
    }

    pub(super) fn dead(&self) -> bool {
        *self.dead.borrow()
    }
}

impl fmt::Debug for FakeLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeLink")
    }
}

impl Link for FakeLink {
    fn open(&self, _confirm: bool) -> BoxFuture<'_, Result<Arc<dyn Channel>, BrokerError>> {
        Box::pin(async move {
            if self.errors() > MAX_CHANNEL_ERRORS {
                self.kill();
            }
            let time = *self.open_time.lock().unwrap();
            if !time.is_zero() {
                tokio::time::sleep(time).await;
            }
            if self.dead() {
                return Err(lost());
            }
            if let Some(why) = &*self.no_channel.lock().unwrap() {
                return Err(BrokerError::Refused(RESOURCE_ERROR, why.clone()));
            }
            let channel = FakeChannel {
                publish: self.publish.clone(),
                link: self.clone(),
                dead: watch::Sender::new(false),
                number: self.opened.fetch_add(1, Ordering::Relaxed) + 1,
                declare: self.declare.clone(),
                ack_answers: self.ack_answers.clone(),
                end: self.end.clone(),
                reject_time: *self.reject_time.lock().unwrap(),
                declare_time: *self.declare_time.lock().unwrap(),
                queues: self.queues.clone(),
                errors: self.errors.clone(),
                log: self.log.clone(),
            };
            Ok(Arc::new(channel) as Arc<dyn Channel>)
        })
    }
}

impl Connection for FakeLink {
    fn event(&self) -> BoxFuture<'_, Event> {
        Box::pin(async move {
            let event = self.events.lock().await.recv().await;
            event.unwrap_or_else(|| Event::Lost("it was dropped".to_owned()))
        })
    }

    fn close(&self, _limit: Duration) -> BoxFuture<'_, ()> {
        self.kill();
        futures::future::ready(()).boxed()
    }

    fn kill(&self) {
        self.dead.send_replace(true);
        // Nobody may be listening any more.
        let _ = self.happen.send(Event::Lost("it was cut".to_owned()));
    }
}

struct FakeChannel {
    publish: Arc<Publish>,
    link: FakeLink,
    dead: watch::Sender<bool>,
    number: usize,
    declare: Arc<Mutex<Box<Declare>>>,
    ack_answers: Arc<Mutex<VecDeque<Result<(), BrokerError>>>>,
    end: Arc<Mutex<Option<BrokerError>>>,
    reject_time: Duration,
    declare_time: Duration,
    queues: Arc<Queues>,
    errors: Arc<AtomicU32>,
    log: Arc<Mutex<Vec<String>>>,
}

impl FakeChannel {
    fn log(&self, what: &str) {
        self.log.lock().unwrap().push(format!("{} {what}", self.number));
    }
}

impl fmt::Debug for FakeChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FakeChannel")
    }
}

fn lost() -> BrokerError {
    BrokerError::Lost("the link is dead".to_owned())
}

fn done<'a>() -> BoxFuture<'a, Result<(), BrokerError>> {
    futures::future::ready(Ok(())).boxed()
}

impl Channel for FakeChannel {
    fn declare<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<(), BrokerError>> {
        let durable = |durable: &bool| if *durable { "durable" } else { "transient" };
        self.log(&match step {
            Step::Exchange { name, durable: it, .. } => format!("exchange {name} {}", durable(it)),
            Step::Queue { name, durable: it, .. } => format!("queue {name} {}", durable(it)),
            Step::Bind { queue, .. } => format!("bind {queue}"),
            Step::Find { what, name } => format!("find {what} {name}"),
        });
        let answer = self.declare.lock().unwrap()(step);
        if answer.is_err() {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
        if self.declare_time.is_zero() {
            return futures::future::ready(answer).boxed();
        }
        tokio::time::sleep(self.declare_time).map(|()| answer).boxed()
    }

    fn delete_queue<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        self.log(&format!("delete {queue}"));
        done()
    }

    fn count<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<Counts, BrokerError>> {
        let counts = self
            .queues
            .count(queue)
            .ok_or_else(|| BrokerError::Refused(404, format!("NOT_FOUND - no queue '{queue}' in vhost '/'")));
        Box::pin(std::future::ready(counts))
    }

    fn publish(&self, message: Message) -> BoxFuture<'static, Confirm> {
        let (link, dead, publish) = (self.link.clone(), self.dead.clone(), self.publish.clone());
        let first = self.number == 1;
        Box::pin(async move {
            let fail = |error| Confirm { verdict: Err(error), returned: None };
            let lost = || link.closed.lock().unwrap().clone().unwrap_or_else(lost);
            if *dead.borrow() || link.dead() {
                return fail(lost());
            }
            let fate = publish(&message);
            if let Fate::ChannelError(_) | Fate::ConnectionError(_) = fate {
                // What was sent with it is under way as well.
                tokio::task::yield_now().await;
            }
            match fate {
                Fate::ChannelError(_) => drop(dead.send_replace(true)),
                Fate::ConnectionError(code) => {
                    let error = BrokerError::Closed(code, format!("error {code}"));
                    link.closed.lock().unwrap().get_or_insert(error);
                    link.kill();
                }
                _ => {}
            }
            let (mut watched, mut watched_link) = (dead.subscribe(), link.dead.subscribe());
            match fate {
                Fate::NackByFirst if first => Confirm { verdict: Ok(Answer::Nack), returned: None },
                Fate::Ack | Fate::NackByFirst => Confirm { verdict: Ok(Answer::Ack), returned: None },
                Fate::Nack => Confirm { verdict: Ok(Answer::Nack), returned: None },
                Fate::Return => {
                    let returned = Returned { id: message.mandatory, why: "312 NO_ROUTE".to_owned() };
                    Confirm { verdict: Ok(Answer::Ack), returned: Some(returned) }
                }
                Fate::ChannelError(code) => fail(BrokerError::Refused(code, format!("error {code}"))),
                Fate::ConnectionError(_) => fail(lost()),
                Fate::Silence => tokio::select! {
                    _ = watched_link.wait_for(|dead| *dead) => fail(lost()),
                    _ = watched.wait_for(|dead| *dead) => fail(BrokerError::Refused(406, "another's fault".to_owned())),
                },
            }
        })
    }

    fn give(&self, chore: Arc<dyn Chore>) {
        tokio::spawn(async { chore.run() });
    }

    fn prefetch(&self, _count: u16) -> BoxFuture<'_, Result<(), BrokerError>> {
        done()
    }

    fn consume<'a>(
        &'a self,
        consume: &'a Consume,
        mut take: Take,
    ) -> BoxFuture<'a, Result<Consuming, BrokerError>> {
        let answer = self.link.consume.lock().unwrap()(consume);
        if let Err(error) = answer {
            self.errors.fetch_add(1, Ordering::Relaxed);
            return futures::future::ready(Err(error)).boxed();
        }
        let mut stream = self.queues.consume(self.number, consume);
        let (ending, ended) = oneshot::channel();
        let end = self.end.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            while let Some(delivery) = stream.next().await {
                take(delivery);
            }
            if let Some(why) = end.lock().unwrap().take() {
                ending.send(why).unwrap_or_default();
            }
        });
        futures::future::ready(Ok(Consuming::new(ended, tasks))).boxed()
    }

    fn cancel<'a>(&'a self, _tag: &'a str) -> BoxFuture<'a, Result<(), BrokerError>> {
        done()
    }

    fn ack(&self, tag: u64, multiple: bool) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.log(&format!("ack {}{tag}", if multiple { "until " } else { "" }));
        let answer = self.ack_answers.lock().unwrap().pop_front().unwrap_or(Ok(()));
        if answer.is_ok() {
            self.queues.settle(self.number, tag, multiple);
        }
        futures::future::ready(answer).boxed()
    }

    fn reject(&self, tag: u64, requeue: bool) -> BoxFuture<'_, Result<(), BrokerError>> {
        self.log(&format!("{} {tag}", if requeue { "requeue" } else { "drop" }));
        self.queues.settle(self.number, tag, false);
        if self.reject_time.is_zero() {
            return done();
        }
        tokio::time::sleep(self.reject_time).map(Ok).boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.queues.close(self.number);
        let time = *self.link.close_time.lock().unwrap();
        if time.is_zero() {
            return futures::future::ready(()).boxed();
        }
        tokio::time::sleep(time).boxed()
    }
}

impl Drop for FakeChannel {
    fn drop(&mut self) {
        self.queues.close(self.number);
    }
}
