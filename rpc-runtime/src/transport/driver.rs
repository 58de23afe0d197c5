//! The one trait between `client` and `server` on one side and the brokers on the other.
//!
//! A driver moves bytes between addresses. It knows no methods, no versions and no JSON; `client`
//! and `server` know no queues and no channels.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// A way to move messages: the in-memory broker or RabbitMQ.
pub(crate) trait Driver: fmt::Debug + Send + Sync {
    /// Sends one message and resolves with its exact outcome: `Ok` once the broker has taken
    /// responsibility for it.
    ///
    /// The message is handed over when the future is first polled. Dropping the future gives up
    /// only the outcome: the message may still go out.
    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>>;

    /// Declares the queues of a server and starts to consume from them.
    fn listen(
        &self,
        address: ServerAddress,
        options: ListenOptions,
    ) -> BoxFuture<'_, Result<Listener, ConnectError>>;

    /// Declares and consumes the reply queue of this transport; called once, before its first call.
    fn listen_for_replies(&self) -> BoxFuture<'_, Result<Replies, ConnectError>>;

    /// Sends what is queued, closes the connections and fails whatever is asked afterwards; done
    /// at `deadline` at the latest.
    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()>;
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// One server of a topic, whichever is free, or the named one.
    Topic { exchange: Arc<str>, topic: Arc<str>, server: Option<Arc<str>> },
    /// Every server of a topic. A route may name a server with it; like oslo.messaging, no broker
    /// looks at that name.
    Fanout { topic: Arc<str>, server: Option<Arc<str>> },
    /// The reply queue of a caller.
    Reply { queue: Arc<str> },
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
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) route: Route,
    /// The whole body, envelope included.
    pub(crate) body: Bytes,
    /// Whether a message that no queue takes is an error.
    pub(crate) mandatory: bool,
    /// How long the message may wait in a queue.
    pub(crate) expiration: Option<Duration>,
    /// When to stop trying; a driver repeats an uncertain message, with the same body, until then.
    pub(crate) deadline: Instant,
}

/// Why a message was not, or not certainly, taken by the broker.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PublishError {
    /// No queue is bound to the address; carries the broker's words.
    #[error("{0}")]
    Unroutable(String),
    /// The broker refuses the message for good, for example a full queue or a missing right.
    #[error("the broker refused the message: {0}")]
    Refused(String),
    /// The deadline passed; says how far the message came.
    #[error("{0}")]
    Expired(String),
    /// The transport was closed.
    #[error("the transport is closed")]
    Closed,
}

/// The address that a server listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    pub(crate) exchange: Arc<str>,
    pub(crate) topic: Arc<str>,
    pub(crate) server: Arc<str>,
}

/// How a server wants its messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListenOptions {
    /// At most this many messages are with the server and not settled: of each of its queues on
    /// AMQP, of all together in memory. 0 leaves it to the driver.
    pub(crate) prefetch: u16,
}

/// Why something could not be declared, consumed or connected; says where and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConnectError(pub(crate) String);

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
    /// Stops new deliveries, returns what was not settled to its queue, deletes what belongs to
    /// this listener alone. Messages being settled meanwhile are still settled.
    fn stop(&self) -> BoxFuture<'_, ()>;
}

/// The reply queue of a transport.
#[derive(Debug)]
pub(crate) struct Replies {
    /// The name that servers send to.
    pub(crate) queue: Arc<str>,
    pub(crate) deliveries: mpsc::Receiver<Delivery>,
}

/// A message that came in; unsettled, it goes back to its queue when the connection ends.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) body: Bytes,
    pub(crate) content_type: Option<String>,
    /// The header `compression`, if it is a string.
    pub(crate) compression: Option<String>,
    pub(crate) redelivered: bool,
    pub(crate) settle: Settle,
}

/// The right to settle one delivery, once.
#[derive(Debug)]
pub(crate) struct Settle {
    acks: Arc<dyn Settler>,
    tag: u64,
}

impl Settle {
    pub(crate) fn new(acks: Arc<dyn Settler>, tag: u64) -> Self {
        Self { acks, tag }
    }

    /// Takes the message from its queue for good; `false` if it is known to be back there, as the
    /// connection that it came by is gone.
    pub(crate) fn ack(self) -> bool {
        self.acks.settle(self.tag, Verdict::Ack)
    }

    /// Drops the message, or puts it back into its queue.
    pub(crate) fn reject(self, requeue: bool) {
        self.acks.settle(self.tag, Verdict::Reject { requeue });
    }
}

/// Where a driver takes verdicts on deliveries; must not block.
pub(crate) trait Settler: fmt::Debug + Send + Sync {
    /// Whether the verdict counts: without the connection of the delivery it does not.
    fn settle(&self, tag: u64, verdict: Verdict) -> bool;
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ack,
    Reject { requeue: bool },
}
