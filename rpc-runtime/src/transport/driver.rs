//! The one trait between `client` and `server` on one side and the brokers on the other.
//!
//! A driver moves bytes between addresses. It knows no methods, no versions and no JSON; `client`
//! and `server` know no queues and no channels.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::abilities::Abilities;
use super::status::{ConnectionStatus, Status};
use super::status_watch::StatusWatch;
use crate::error::{Fault, FaultKind, Reached};
use crate::wire::{Beside, Content, MessageFormat, ReplyAddress};

/// What is said of a transport that was closed on purpose.
pub(super) const CLOSED: &str = "the transport is closed";

/// A way to move messages: the in-memory broker, RabbitMQ, AMQP 1.0 or ZeroMQ.
pub(crate) trait Driver: fmt::Debug + Send + Sync {
    /// What its bus is called, for errors and the status.
    fn name(&self) -> &'static str;

    /// Who has a message once it was sent, for errors.
    fn taker(&self) -> &'static str {
        "the broker"
    }

    /// The form that bodies have on its bus.
    fn format(&self) -> MessageFormat;

    /// What its bus can do.
    fn abilities(&self) -> Abilities;

    /// How often a queue that counts them delivers a message that nobody settles, after the first time; then it drops
    /// it. `None` is no limit.
    fn delivery_limit(&self) -> Option<u32> {
        None
    }

    /// Sends one message and resolves with its exact outcome: `Ok` once the next process that can lose it has taken
    /// responsibility for it: a broker, or without one a server.
    ///
    /// The message is handed over when the future is first polled, at the latest. Dropping the future gives up
    /// only the outcome: the message may still go out.
    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>>;

    /// Sends one message that nobody waits for, and tells `done` its outcome: at once or later, on any thread, soon
    /// after its deadline at the latest.
    fn post(&self, message: Outgoing, done: Done) {
        let mut publish = self.publish(message);
        match (&mut publish).now_or_never() {
            Some(outcome) => done(outcome),
            None => drop(tokio::spawn(publish.map(done))),
        }
    }

    /// Sends a message on as it came in; otherwise like `publish`, and an error if no queue takes it.
    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>>;

    /// Makes the queue of a route that has one of its own name, and binds it. It waits for a connection for as long as
    /// the transport is open.
    #[cfg(feature = "notifications")]
    fn declare(&self, route: &Route) -> BoxFuture<'static, Result<(), Fault>>;

    /// Declares the queues of a server, or of notifications, and starts to consume from them.
    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>>;

    /// How many consume from a queue; `None` if there is no such queue.
    #[cfg(feature = "notifications")]
    fn consumers(&self, queue: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>>;

    /// Makes the place for the replies of this transport, and takes what comes there; called before its first call,
    /// and again if it fails. Replies go to `take`, and so does the word that one cannot come any more; it is dropped when
    /// none can.
    ///
    /// The driver goes on whether or not the future is polled, until it is dropped. It has no deadline: it waits for a
    /// connection for as long as the transport is open.
    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>>;

    /// Sends what is queued, closes the connections and fails whatever is asked afterwards; done
    /// at `deadline` at the latest.
    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()>;

    /// Follows what the connections are doing; a driver that has none is always ready.
    fn watch(&self) -> StatusWatch {
        StatusWatch::fixed(Status::new(self.name(), "none", ConnectionStatus::ready("none")))
    }

    /// Its own runtime, where no user's code runs, if it has one.
    fn runtime(&self) -> Option<Handle> {
        None
    }

    /// How many tasks it has on a runtime of its own.
    fn tasks(&self) -> usize {
        0
    }
}

/// Takes the outcome of a message; must not block.
pub(crate) type Done = Box<dyn FnOnce(Result<(), PublishError>) + Send>;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// One server of a topic, whichever is free, or the named one.
    Topic { exchange: Arc<str>, topic: Arc<str>, server: Option<Arc<str>> },
    /// Every server of a topic. A route may name a server with it; like oslo.messaging, no broker looks at
    /// that name, and neither RabbitMQ nor the broker in memory at the exchange.
    Fanout { exchange: Arc<str>, topic: Arc<str>, server: Option<Arc<str>> },
    /// The caller of a call, by what its request names, or by [`Beside::reply_to`].
    Reply { queue: Arc<str> },
    /// The queue that a message came from, by its name.
    Queue { name: Arc<str> },
    /// Where a server keeps what it gives up: a topic that was declared with its queues.
    DeadLetters { exchange: Arc<str>, topic: Arc<str> },
    /// Whoever listens to a topic's notifications of one priority; the plain queue of both has this name, which is what
    /// other queues are bound by as well.
    Notification { exchange: Arc<str>, queue: Arc<str> },
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Route::Topic { exchange, topic, server: None } => write!(f, "{exchange}/{topic}"),
            Route::Topic { exchange, topic, server: Some(server) } => {
                write!(f, "{exchange}/{topic}.{server}")
            }
            Route::Fanout { topic, .. } => write!(f, "{topic} (fanout)"),
            Route::Reply { queue } => write!(f, "{queue}"),
            Route::Queue { name } => write!(f, "{name}"),
            Route::DeadLetters { exchange, topic } => write!(f, "{exchange}/{topic}"),
            Route::Notification { exchange, queue } => write!(f, "{exchange}/{queue}"),
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) route: Route,
    /// The whole body, in the form that the driver names.
    pub(crate) body: Bytes,
    /// What it is if it is a request, for a bus whose bodies do not say that.
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "all that is built has it in the body")
    )]
    pub(crate) ask: Option<Ask>,
    /// Whether a message that no queue takes is an error.
    pub(crate) mandatory: bool,
    /// How long the message may wait in a queue.
    pub(crate) expiration: Option<Duration>,
    /// When to stop trying; a driver repeats an uncertain message, with the same body, until then.
    pub(crate) deadline: Instant,
    #[cfg_attr(
        not(any(feature = "amqp", feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "in memory an outcome is known at once")
    )]
    pub(crate) wanted: Wanted,
}

/// What a request says beside its body, on a bus whose bodies do not.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(any(feature = "amqp1", feature = "zmq")),
    expect(dead_code, reason = "all that is built has it in the body")
)]
pub(crate) struct Ask {
    /// That of the call, else one of its own: 32 hexadecimal digits.
    pub(crate) id: [u8; 32],
    pub(crate) wants: Wants,
}

/// What the sender of a request waits for beyond its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Nothing,
    Reply,
    /// And signs of life until then.
    Heartbeats,
}

/// What the sender of a message does with its outcome. A driver may save wake-ups where less is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It waits for it.
    AtOnce,
    /// It waits for something else meanwhile, which it is not woken from to hear that all is well. It watches the
    /// deadline by itself, and polls then.
    Trouble,
}

/// A message that a server sends on, its body neither read nor changed.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "amqp"), expect(dead_code, reason = "in memory a message has no headers to write"))]
pub(crate) struct Forward {
    pub(crate) route: Route,
    pub(crate) body: Bytes,
    pub(crate) labels: Labels,
    /// How long the message may wait in a queue.
    pub(crate) expiration: Option<Duration>,
    /// How often it was delivered so far; comes back as [`History::noted`], but not of a dead letter.
    pub(crate) deliveries: u32,
    /// Why it is a dead letter, if it is one.
    pub(crate) death: Option<Death>,
    /// When to stop trying.
    pub(crate) deadline: Instant,
}

/// Why a message is a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Death {
    /// In a word, one of RabbitMQ's where it has one.
    pub(crate) reason: &'static str,
    /// The queue that it came from.
    pub(crate) queue: Arc<str>,
    /// In words, for a person.
    pub(crate) error: String,
}

/// A message was not, or not certainly, taken by the broker.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{fault}")]
pub(crate) struct PublishError {
    pub(crate) fault: PublishFault,
    pub(crate) reached: Reached,
}

/// Why a message was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PublishFault {
    /// No queue is bound to the address; carries the broker's words.
    #[error("{0}")]
    Unroutable(String),
    /// Who waited for the reply is gone and will not come back.
    #[error("{0}")]
    #[cfg_attr(
        not(any(test, feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "queues may come back")
    )]
    Gone(String),
    /// The broker refuses the message for good, for example a full queue or a missing right.
    #[error("the broker refused the message: {0}")]
    Refused(Fault),
    /// The connection was lost by which it may have gone out.
    #[error("{0}")]
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "brokers are asked again")
    )]
    Lost(Fault),
    /// It cannot go out on this bus: it is too large, or its address too long.
    #[error("not sent: {0}")]
    Unfit(Fault),
    /// The deadline passed; says how far the message came.
    #[error("{0}")]
    Expired(String),
    /// As many messages are in flight as the options allow, and they say not to wait.
    #[error("not sent: {limit} messages are in flight (max_in_flight)")]
    #[cfg_attr(not(feature = "amqp"), expect(dead_code, reason = "in memory nothing is in flight"))]
    Overloaded { limit: usize },
    /// The transport was closed.
    #[error("the transport is closed")]
    Closed,
}

impl PublishFault {
    /// The same as one of a request that has no error of its own for it.
    pub(crate) fn into_fault(self) -> Fault {
        let why = self.to_string();
        match self {
            PublishFault::Refused(fault) | PublishFault::Lost(fault) | PublishFault::Unfit(fault) => {
                Fault { why, ..fault }
            }
            PublishFault::Closed => Fault::new(FaultKind::Closed, why),
            PublishFault::Unroutable(_) | PublishFault::Gone(_) => Fault::new(FaultKind::NotFound, why),
            PublishFault::Expired(_) => Fault::new(FaultKind::NoAnswer, why),
            PublishFault::Overloaded { .. } => Fault::new(FaultKind::LimitReached, why),
        }
    }
}

/// For a message that was handed over at most once: a driver that repeats knows better.
impl From<PublishFault> for PublishError {
    fn from(fault: PublishFault) -> Self {
        let reached = match fault {
            PublishFault::Lost(_) => Reached::Sent,
            PublishFault::Unroutable(_) | PublishFault::Refused(_) => Reached::Refused,
            PublishFault::Gone(_)
            | PublishFault::Unfit(_)
            | PublishFault::Expired(_)
            | PublishFault::Overloaded { .. }
            | PublishFault::Closed => Reached::NotSent,
        };
        Self { fault, reached }
    }
}

/// What is listened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Server(ServerAddress),
    #[cfg_attr(not(feature = "notifications"), expect(dead_code, reason = "nobody listens"))]
    Notifications(NotificationAddress),
}

impl Address {
    /// The exchange of its dead letters; none for a listener without sources.
    pub(crate) fn exchange(&self) -> Option<&Arc<str>> {
        match self {
            Self::Server(address) => Some(&address.exchange),
            Self::Notifications(address) => address.sources.first().map(|source| &source.exchange),
        }
    }
}

impl From<ServerAddress> for Address {
    fn from(address: ServerAddress) -> Self {
        Self::Server(address)
    }
}

/// The address that a listener of notifications listens to: either the queues of its sources, each bound to the exchanges
/// that the sources name with it, or the one queue of its pool, bound to all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotificationAddress {
    pub(crate) sources: Vec<Source>,
    pub(crate) pool: Option<Arc<str>>,
}

/// Notifications of one topic and priority by one exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) exchange: Arc<str>,
    /// The plain queue of topic and priority, which is what they are sent by as well.
    pub(crate) queue: Arc<str>,
}

impl NotificationAddress {
    /// The queue that a source's notifications are consumed from.
    pub(crate) fn queue_of<'a>(&'a self, source: &'a Source) -> &'a Arc<str> {
        self.pool.as_ref().unwrap_or(&source.queue)
    }
}

/// The address that a server listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    pub(crate) exchange: Arc<str>,
    pub(crate) topic: Arc<str>,
    pub(crate) server: Arc<str>,
}

/// How a server wants its messages.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListenOptions {
    /// At most this many messages are with the server and not settled: of each of its queues on
    /// AMQP, of all together in memory. 0 leaves it to the driver.
    pub(crate) prefetch: u16,
    /// A topic of the server's exchange, or of the first source's, whose queue is declared, but not consumed from.
    pub(crate) dead_letters: Option<Arc<str>>,
}

/// Messages for a server, from all of its queues in order of arrival.
///
/// The driver reconnects by itself; the stream ends only when it is stopped or the transport is
/// closed. Dropping it stops the consuming, and what was not settled goes back to its queue.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
    pub(crate) stop: Arc<dyn StopListening>,
}

/// Ends the consuming of a listener.
pub(crate) trait StopListening: fmt::Debug + Send + Sync {
    /// Stops new deliveries, and returns to their queue those that were not handed on; what was
    /// can still be settled. The stream has to be read meanwhile, and kept until `stop`.
    fn pause(&self) -> BoxFuture<'_, ()>;

    /// Stops new deliveries, returns what was not settled to its queue, deletes what belongs to
    /// this listener alone. Messages being settled meanwhile are still settled.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// Takes the replies of a transport; it must not block.
pub(crate) type TakeReply = Box<dyn Fn(Arrival) + Send + Sync>;

/// What comes for the calls of a transport.
#[derive(Debug)]
pub(crate) enum Arrival {
    Reply(Delivery),
    /// The reply to the call of this id cannot come any more.
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "queues outlive connections")
    )]
    Lost {
        id: [u8; 32],
        why: Fault,
    },
}

/// Where the replies of a transport come in.
pub(crate) trait ReplyPlace: fmt::Debug + Send + Sync {
    /// What a call that is sent now names as the place of its replies. It belongs to the driver, which may have
    /// another one after a reconnect; a format that has no such name does not write it.
    fn address(&self) -> Arc<str>;
}

/// A queue whose name stays, because the driver declares it again wherever it connects to.
#[derive(Debug)]
pub(crate) struct ReplyQueue(pub(crate) Arc<str>);

impl ReplyPlace for ReplyQueue {
    fn address(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }
}

/// Up to this many bytes, a message is read or written in no time to speak of.
pub(crate) const LIGHT: usize = 64 << 10;

/// A message that came in; unsettled, it goes back to its queue when the connection ends.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) body: Bytes,
    pub(crate) labels: Labels,
    /// Its ids, on a bus whose bodies have none.
    pub(crate) beside: Option<Box<Beside>>,
    pub(crate) redelivered: bool,
    pub(crate) history: History,
    /// When its sender gives it up, if it said so; at the latest, as nobody knows how long it was under way.
    pub(crate) expires: Option<Instant>,
    /// The queue that it came from.
    pub(crate) queue: Arc<str>,
    /// Set if the body was too large to be kept, and is not there.
    pub(crate) excess: Option<Box<Excess>>,
    pub(crate) settle: Settle,
}

/// What is left of a request that is too large.
#[derive(Debug)]
pub(crate) struct Excess {
    /// How many bytes the body had.
    pub(crate) bytes: usize,
    /// Who waits for an answer, if that could be told.
    pub(crate) caller: Option<ReplyAddress>,
}

/// What a message says about its body, on a bus whose messages do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Labels {
    pub(crate) content_type: Option<String>,
    /// The header `compression`, if it is a string.
    pub(crate) compression: Option<String>,
}

impl Labels {
    /// Of JSON without compression, as bodies are written.
    pub(crate) fn json() -> Self {
        Self { content_type: Some(Content::CONTENT_TYPE.to_owned()), compression: None }
    }

    pub(crate) fn content(&self) -> Content<'_> {
        Content { content_type: self.content_type.as_deref(), compression: self.compression.as_deref() }
    }
}

/// What became of a message before this delivery, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct History {
    /// How often the queue delivered it before, if the queue counts that.
    pub(crate) counted: Option<u32>,
    /// What [`Forward::deliveries`] said when it was put there.
    pub(crate) noted: u32,
    /// How long it may wait in a queue, if its sender said so.
    pub(crate) expiration: Option<Duration>,
}

impl Delivery {
    /// Whether it is read in no time to speak of.
    pub(crate) fn is_light(&self) -> bool {
        // Of what is too large there is nothing left to be read.
        self.excess.is_some() || (self.body.len() <= LIGHT && self.labels.compression.is_none())
    }

    /// Whether its sender has given it up.
    pub(crate) fn is_over(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= Instant::now())
    }

    /// How often the message was delivered before, at least.
    pub(crate) fn earlier(&self) -> u32 {
        let in_this_queue = self.history.counted.unwrap_or(self.redelivered.into());
        self.history.noted.saturating_add(in_this_queue)
    }

    /// Whether one more delivery will look just like this one.
    pub(crate) fn is_uncounted(&self) -> bool {
        self.redelivered && self.history.counted.is_none()
    }

    /// Whether its queue does not deliver it again, as [`Driver::delivery_limit`] has it.
    pub(crate) fn is_last(&self, limit: Option<u32>) -> bool {
        limit.is_some_and(|limit| self.history.counted.is_some_and(|counted| counted >= limit))
    }
}

/// The right to settle one delivery, once.
#[derive(Debug)]
pub(crate) struct Settle {
    acks: Option<Arc<dyn Settler>>,
    tag: u64,
}

impl Settle {
    pub(crate) fn new(acks: Arc<dyn Settler>, tag: u64) -> Self {
        Self { acks: Some(acks), tag }
    }

    /// For a delivery that came from no queue, which nothing has to be taken from.
    pub(crate) fn nothing() -> Self {
        Self { acks: None, tag: 0 }
    }

    /// What tells whether a verdict would still count, without the right to give one; none if there is nothing to settle.
    pub(crate) fn standing(&self) -> Option<Standing> {
        self.acks.clone().map(|acks| Standing { acks, tag: self.tag })
    }

    fn settle(self, verdict: Verdict) -> bool {
        self.acks.is_none_or(|acks| acks.settle(self.tag, verdict))
    }

    /// Whether a verdict would still count, see [`Settler::settle`].
    pub(crate) fn counts(&self) -> bool {
        self.acks.as_ref().is_none_or(|acks| acks.holds(self.tag))
    }

    /// Whether it was accepted when it came, so that it goes back nowhere.
    pub(crate) fn is_accepted(&self) -> bool {
        self.acks.as_ref().is_none_or(|acks| acks.accepted(self.tag))
    }

    /// Takes the message from its queue for good; `false` if it is known to be back there, as the
    /// connection that it came by is gone.
    pub(crate) fn ack(self) -> bool {
        self.settle(Verdict::Ack)
    }

    /// The same, together with others whenever it suits.
    pub(crate) fn ack_before_long(self) {
        if let Some(acks) = self.acks {
            acks.acknowledge_before_long(self.tag);
        }
    }

    /// Drops the message, or puts it back into its queue.
    pub(crate) fn reject(self, requeue: bool) {
        self.settle(Verdict::Reject { requeue });
    }
}

/// See [`Settle::standing`].
#[derive(Debug)]
pub(crate) struct Standing {
    acks: Arc<dyn Settler>,
    tag: u64,
}

impl Standing {
    /// Whether the message is still this process's to settle.
    pub(crate) fn holds(&self) -> bool {
        self.acks.holds(self.tag)
    }
}

/// Messages that are taken from their queues for good, together.
#[derive(Debug, Default)]
pub(crate) struct AckForGood(Vec<Arc<dyn Settler>>);

/// Which of the connections of an [`AckForGood`] a message came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(usize);

impl Line {
    /// That of what nobody has to be told of any more.
    const NONE: Self = Self(usize::MAX);
}

/// Which of the connections of an [`AckForGood`] were lost before anything was written.
#[derive(Debug)]
pub(crate) struct Lost(Vec<Line>);

impl Lost {
    /// Whether messages that came by it are certain to be back in their queue.
    pub(crate) fn has(&self, line: Line) -> bool {
        self.0.contains(&line)
    }
}

impl AckForGood {
    /// Adds one; `None` if it is known to be back in its queue, as [`Settle::ack`] says it.
    pub(crate) fn add(&mut self, settle: Settle) -> Option<Line> {
        let Settle { acks: Some(acks), tag } = settle else { return Some(Line::NONE) };
        let is_told = acks.told(tag);
        if !acks.gather(tag) {
            return None;
        }
        if is_told {
            return Some(Line::NONE);
        }
        // As a rule all are of one connection, and of one queue.
        let known = self.0.iter().position(|known| Arc::ptr_eq(known, &acks));
        Some(Line(known.unwrap_or_else(|| {
            self.0.push(acks);
            self.0.len() - 1
        })))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Resolves once the broker gets the word even if this process dies at that moment, or once the
    /// connection is lost. Nothing is acknowledged without it.
    pub(crate) async fn written(self) -> Lost {
        let mut lost = Vec::new();
        for (line, acks) in self.0.into_iter().enumerate() {
            if !acks.written().await {
                lost.push(Line(line));
            }
        }
        Lost(lost)
    }
}

/// Where a driver takes verdicts on deliveries; must not block.
pub(crate) trait Settler: fmt::Debug + Send + Sync {
    /// Whether the verdict counts: without the connection of the delivery it does not.
    fn settle(&self, tag: u64, verdict: Verdict) -> bool;

    /// The same for an acknowledgement that [`written`](Self::written) is asked for afterwards.
    fn gather(&self, tag: u64) -> bool {
        self.settle(tag, Verdict::Ack)
    }

    /// An acknowledgement that nobody waits for.
    fn acknowledge_before_long(&self, tag: u64) {
        self.settle(tag, Verdict::Ack);
    }

    /// Whether it would count.
    fn holds(&self, tag: u64) -> bool;

    /// Whether the message was accepted when it came: who sends a cast waits for no worker then.
    fn accepted(&self, _tag: u64) -> bool {
        false
    }

    /// Whether it was, and that has left this process.
    fn told(&self, _tag: u64) -> bool {
        false
    }

    /// Resolves once all verdicts so far have left this process, or cannot any more: `false` if it is certain that
    /// not all of them have. At once for a broker inside the process, which dies with it.
    fn written(&self) -> BoxFuture<'static, bool> {
        Box::pin(std::future::ready(true))
    }
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ack,
    Reject { requeue: bool },
}
