//! What this transport needs of an AMQP client library; `lapin_library` is the one implementation.
//!
//! No method blocks, and every future ends: with its result, when the link is lost, or at a limit of the
//! implementation. The exceptions are [`Channel::publish`], whose confirm the broker may hold back for as long as it
//! blocks the connection, and [`Channel::ack`], which waits for the socket to take it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use tokio::sync::oneshot;

use super::topology::{Consume, Step};
use crate::error::{Fault, FaultKind};
use crate::transport::connection::{self, Connect, Connection};
use crate::transport::driver::{History, Labels};

/// Opens connections.
pub(super) type Library = dyn Connect<dyn Link>;

/// An open connection.
pub(super) trait Link: Connection {
    /// Opens a channel; with `confirm` the broker answers for every message published on it.
    fn open(&self, confirm: bool) -> BoxFuture<'_, Result<Arc<dyn Channel>, BrokerError>>;
}

/// What keeps a [`Link`].
pub(super) type Supervisor = connection::Supervisor<dyn Link>;

/// The view that users of a [`Link`] have.
pub(super) type Links = connection::View<dyn Link>;

/// A [`Link`] that can be used.
pub(super) type Up = connection::Up<dyn Link>;

/// A channel of a [`Link`]. An error closes it, and nothing else on the link.
pub(super) trait Channel: fmt::Debug + Send + Sync {
    fn declare<'a>(&'a self, step: &'a Step) -> BoxFuture<'a, Result<(), BrokerError>>;

    fn delete_queue<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<(), BrokerError>>;

    /// How many consumers and messages a queue has. Of a stream RabbitMQ counts no consumers, and its messages a few
    /// seconds late.
    fn count<'a>(&'a self, queue: &'a str) -> BoxFuture<'a, Result<Counts, BrokerError>>;

    /// Publishes when first polled and resolves with the broker's answer. No two messages of a channel may be polled
    /// for the first time at once: the library pairs answers with messages by the order of these polls.
    fn publish(&self, message: Message) -> BoxFuture<'static, Confirm>;

    /// Has the thread that reads the connection do something, once it has taken in what it has read so far.
    fn give(&self, chore: Arc<dyn Chore>);

    /// Limits how many messages each later consumer may hold unsettled.
    fn prefetch(&self, count: u16) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// Starts a consumer.
    fn consume<'a>(
        &'a self,
        consume: &'a Consume,
        take: Take,
    ) -> BoxFuture<'a, Result<Consuming, BrokerError>>;

    fn cancel<'a>(&'a self, tag: &'a str) -> BoxFuture<'a, Result<(), BrokerError>>;

    /// Acknowledges the delivery `tag`, and with `multiple` all before it.
    fn ack(&self, tag: u64, multiple: bool) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// For a message of a stream RabbitMQ closes the connection.
    fn reject(&self, tag: u64, requeue: bool) -> BoxFuture<'_, Result<(), BrokerError>>;

    /// Closes the channel; unsettled deliveries go back to their queues.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// What a queue has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) consumers: u32,
    pub(super) messages: u32,
}

/// Something that the thread does that reads the connection, soon after it was given it, when the library holds no
/// locks; it must not block.
pub(super) trait Chore: Send + Sync {
    fn run(self: Arc<Self>);
}

/// Takes the messages of a consumer as they come in, on the thread that reads the connection: it must not block.
pub(super) type Take = Box<dyn FnMut(RawDelivery) + Send>;

/// A consumer that was started. Nothing more is taken once it is dropped.
pub(super) struct Consuming {
    ended: oneshot::Receiver<BrokerError>,
    /// Dropped with it.
    _guard: Box<dyn Any + Send>,
}

impl Consuming {
    /// It ends when the other side of `ended` says why, or is dropped.
    pub(super) fn new(ended: oneshot::Receiver<BrokerError>, guard: impl Any + Send) -> Self {
        Self { ended, _guard: Box::new(guard) }
    }

    /// Resolves when the consumer has ended, for whatever reason, and all that came before was taken.
    pub(super) fn ended(&mut self) -> BoxFuture<'_, BrokerError> {
        let unknown = |_| BrokerError::Ended("a consumer has ended".to_owned());
        (&mut self.ended).map(move |why| why.unwrap_or_else(unknown)).boxed()
    }
}

/// A message as it goes to the broker.
#[derive(Clone)]
pub(super) struct Message {
    /// Empty for the default exchange, whose routing keys are names of queues.
    pub(super) exchange: Arc<str>,
    pub(super) routing_key: Arc<str>,
    pub(super) body: Bytes,
    /// The header `compression`.
    pub(super) compression: Option<&'static str>,
    /// How many milliseconds the message may wait in a queue.
    pub(super) expiration: Option<u64>,
    /// Has the broker return the message if no queue takes it. The number comes back as
    /// [`Returned::id`]; it is unique on its channel.
    pub(super) mandatory: Option<u64>,
    /// The properties of a message that is sent on, instead of our own.
    pub(super) kept: Option<Box<Kept>>,
}

/// What a message that is sent on has of its first sender, and of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) labels: Labels,
    pub(super) headers: Vec<(&'static str, Header)>,
}

/// A value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Header {
    Text(String),
    Number(u32),
}

/// Bodies can be long, and secret: only their length is shown.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exchange, routing_key, body, compression, expiration, mandatory, kept } = self;
        f.debug_struct("Message")
            .field("exchange", exchange)
            .field("routing_key", routing_key)
            .field("body", &format_args!("{} bytes", body.len()))
            .field("compression", compression)
            .field("expiration", expiration)
            .field("mandatory", mandatory)
            .field("kept", kept)
            .finish()
    }
}

/// The broker's answer to one message.
#[derive(Debug)]
pub(super) struct Confirm {
    pub(super) verdict: Result<Answer, BrokerError>,
    /// A message that was returned before this answer was given: maybe this one, maybe another.
    pub(super) returned: Option<Returned>,
}

/// Whether the broker took a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Ack,
    Nack,
}

/// A mandatory message that no queue took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Returned {
    pub(super) id: Option<u64>,
    /// The broker's code and words, for example `312 NO_ROUTE`.
    pub(super) why: String,
}

/// A message as it comes from the broker.
#[derive(Debug)]
pub(super) struct RawDelivery {
    pub(super) tag: u64,
    pub(super) body: Bytes,
    pub(super) labels: Labels,
    pub(super) redelivered: bool,
    pub(super) history: History,
    /// Its place, if it comes from a stream.
    pub(super) offset: Option<u64>,
}

/// AMQP's code of a limit that is reached. As a refusal it says that no channel is free, whatever it is for.
pub(super) const RESOURCE_ERROR: u16 = 506;

/// Why something did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BrokerError {
    /// The broker refused it, with the code of its AMQP error.
    #[error("{1}")]
    Refused(u16, String),
    /// The broker has closed the connection with this error of AMQP, whoever of those who share it was the cause.
    #[error("{1}")]
    Closed(u16, String),
    /// A consumer has ended without a word: the broker has ended it, as it does when its queue is gone, or the channel
    /// was closed.
    #[error("{0}")]
    Ended(String),
    /// The connection was lost, or the broker did not answer in time.
    #[error("{0}")]
    Lost(String),
    /// The same, and it is certain that nothing of it has left this process.
    #[error("{0}")]
    Unsent(String),
}

impl From<BrokerError> for Fault {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Refused(code, why) => Fault::refused(code, why),
            BrokerError::Closed(_, why)
            | BrokerError::Ended(why)
            | BrokerError::Lost(why)
            | BrokerError::Unsent(why) => Fault::new(FaultKind::NotConnected, why),
        }
    }
}
