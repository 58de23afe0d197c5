//! How messages come in: those for a server, and the replies to calls.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::mpsc;

use super::delivery::Delivery;
use crate::error::Fault;

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
