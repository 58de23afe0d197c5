//! The one trait between `client` and `server` on one side and the brokers on the other.
//!
//! A driver moves bytes between addresses. It knows no methods, no versions and no JSON; `client`
//! and `server` know no queues and no channels.

mod address;
mod delivery;
mod listening;
mod publishing;
mod settling;

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::Instant;

// Each build has a use for others of them.
pub(crate) use address::*;
pub(crate) use delivery::*;
pub(crate) use listening::*;
pub(crate) use publishing::*;
pub(crate) use settling::*;

use super::abilities::Abilities;
use super::status::{ConnectionStatus, Status};
use super::status_watch::StatusWatch;
use crate::error::{Fault, FaultKind};
use crate::wire::MessageFormat;

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

    /// Sends a message on as it came in; otherwise like `publish`, and an error if no queue takes it, as on a bus without
    /// queues.
    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        let why = format!("{} need not keep messages, so {} has no queue", self.name(), message.route);
        let unfit = PublishFault::Unfit(Fault::new(FaultKind::Unusable, why));
        ready(Err(unfit.into())).boxed()
    }

    /// Makes the queue of a route that has one of its own name, and binds it. It waits for a connection for as long as
    /// the transport is open.
    #[cfg(feature = "notifications")]
    fn declare(&self, _route: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        ready(Err(self.no_notifications())).boxed()
    }

    /// Declares the queues of a server, or of notifications, and starts to consume from them.
    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>>;

    /// How many consume from a queue; `None` if there is no such queue.
    #[cfg(feature = "notifications")]
    fn consumers(&self, _queue: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        ready(Err(self.no_notifications())).boxed()
    }

    /// What is said where notifications cannot be had.
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "notifications", feature = "zmq")),
        expect(dead_code, reason = "nobody asks for them")
    )]
    fn no_notifications(&self) -> Fault {
        Fault::new(FaultKind::Unusable, format!("there are no notifications over {} here", self.name()))
    }

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
