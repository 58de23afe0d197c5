//! Transports: one driver trait, RabbitMQ, the in-memory broker and a recorder behind it.
//!
//! What a message is called on its way, from a client to a server and back:
//!
//! | Name | What it is | Made by | Taken by |
//! |---|---|---|---|
//! | `client::Draft` | a method, its arguments, a context | generated code | `client::way::pass` |
//! | `Sending` | the same with its address and deadline | `client` | `client` |
//! | `wire::RequestHead` | what goes into the body beside arguments and context | `client` | `MessageFormat::request` |
//! | `Outgoing` | a body with its route | `client`, `server::replier` | a driver |
//! | `Forward` | a body that is sent on as it came | `server::forwarder` | a driver |
//! | `amqp::library::Message` | the same in terms of AMQP | `amqp::message` | the client library |
//! | `Job`, in `Ticket` or `Done` | a message whose outcome somebody wants | `amqp::publisher` | `amqp::publisher` |
//! | `Sent<Job>`, `Settled` | one under way, and what became of it | `amqp::publisher`, `amqp::confirms` | `amqp::publisher` |
//! | `amqp::library::RawDelivery` | what the client library has received | `amqp::lapin_library` | `amqp::intake` |
//! | `Delivery` | a body that came in, with the right to settle it | a driver | `server::receiver`, `replies` |
//! | `wire::Request` | a body that was read | `MessageFormat::read_request` | `server::receiver` |
//! | `wire::Invocation` | the method, version and arguments in it | the same | `server::handler` |
//! | `server::Incoming` | the same for one endpoint | `server::handler` | generated code |
//! | `server::Outcome` | what the method came to | generated code | `server::execution` |
//! | `wire::Reply` | an answer or a heartbeat that was read | `MessageFormat::read_reply` | `replies::Waiters`, then the call |

pub(crate) mod abilities;
#[cfg(feature = "amqp")]
pub(crate) mod amqp;
#[cfg(feature = "amqp1")]
mod amqp1;
mod builder;
#[cfg(any(feature = "amqp1", feature = "zmq"))]
mod calls;
#[cfg(any(feature = "amqp", feature = "amqp1"))]
mod connection;
pub(crate) mod driver;
mod error;
mod failure;

mod memory;
#[cfg(any(feature = "amqp1", feature = "zmq"))]
mod query;
mod recording;
pub(crate) mod replies;
mod settings;
mod status;
mod status_watch;
#[cfg(test)]
pub(crate) mod stub;
#[cfg(any(feature = "amqp", feature = "amqp1", feature = "zmq"))]
mod tls;
pub(crate) mod url;
#[cfg(feature = "zmq")]
mod zmq;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

pub(crate) use self::abilities::{Ability, Unable};
pub use self::builder::TransportBuilder;
use self::driver::Driver;
#[cfg(feature = "amqp")]
pub use self::error::OptionError;
pub use self::error::TransportError;
pub use self::failure::{FailureKind, HostFailure};
pub use self::recording::{MethodAnswers, Recorder, Sent};
use self::replies::{Once, Replies};
use self::settings::Settings;
pub use self::status::{ConnectionStatus, Status};
pub use self::status_watch::StatusWatch;
#[cfg(all(fuzzing, feature = "zmq"))]
pub use self::zmq::{Heard, Zmtp};
use crate::clock::after;
use crate::error::Fault;
use crate::wire::Limits;

/// A connection to a broker: what clients and servers of one process share. Cloning shares it.
///
/// | URL | Transport |
/// |---|---|
/// | `rabbit://`, `amqp://`, `amqps://` | RabbitMQ, in the form and with the options of oslo.messaging |
/// | `amqp1://`, `amqp1s://` | routers and brokers of AMQP 1.0, in the form and with the options of oslo.messaging 14, with the feature `amqp1` |
/// | `zmq://`, `zmqs://`, `zmq+redis://` | ZeroMQ from process to process, with the feature `zmq` |
/// | `memory://` | a broker inside the process, of this transport alone |
/// | `memory:///name` | the same, shared by all transports of that name |
///
/// `memory://` has no threads and no clock of its own: all happens on the runtimes of its clients and servers, in their
/// time, so that it works in a test with a stopped clock. Handlers that block every thread of their runtime hold up
/// whatever else that runtime does, the heartbeats of [monitored](crate::CallOptions::monitor) calls included.
///
/// Of the options, `memory://` takes `control_exchange` and `rpc_response_timeout`, and `max_body` and
/// `max_ratio` if the feature `amqp` is built. With the feature `testing` it loses, repeats and delays messages by a seed: see
/// the module `testing`.
///
#[cfg_attr(feature = "amqp1", doc = include_str!("amqp1/options/options.md"))]
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
}

struct Shared {
    driver: Arc<dyn Driver>,
    settings: Settings,
    replies: Once,
}

impl Transport {
    fn new(driver: Arc<dyn Driver>, settings: Settings) -> Self {
        Self { shared: Arc::new(Shared { driver, settings, replies: Once::default() }) }
    }

    /// A transport on a driver of the test's own, with the default settings.
    #[cfg(test)]
    pub(crate) fn for_tests(driver: impl Driver + 'static) -> Self {
        Self::new(Arc::new(driver), Settings::default())
    }

    /// The same with another patience for replies.
    #[cfg(test)]
    pub(crate) fn with_patience(driver: impl Driver + 'static, reply_patience: Duration) -> Self {
        Self::new(Arc::new(driver), Settings { reply_patience, ..Settings::default() })
    }

    /// The same with other limits.
    #[cfg(test)]
    pub(crate) fn with_limits(driver: impl Driver + 'static, limits: crate::wire::Limits) -> Self {
        Self::new(Arc::new(driver), Settings { limits, ..Settings::default() })
    }

    /// What the connections are doing at this moment: for a health check or a page of an operator.
    ///
    /// `memory://` is ready until it is closed.
    #[must_use]
    pub fn status(&self) -> Status {
        self.watch().current()
    }

    /// Follows what the connections are doing from now on. Any number may watch.
    ///
    /// A service that reports whether it is ready:
    ///
    /// ```
    /// use rpc_runtime::{ConnectionStatus, Transport};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
    /// let mut watch = transport.watch();
    /// let reporter = tokio::spawn(async move {
    ///     let mut status = watch.current();
    ///     loop {
    ///         match status.overall() {
    ///             ConnectionStatus::Ready { .. } => println!("READY=1"),
    ///             ConnectionStatus::Blocked { reason, .. } => println!("STATUS=the broker is short of {reason}"),
    ///             ConnectionStatus::Reconnecting { last, .. } if last.kind.is_hopeless() => {
    ///                 println!("STATUS=somebody has to look at {last}");
    ///             }
    ///             other => println!("STATUS={other}"),
    ///         }
    ///         let Some(next) = watch.changed().await else { return };
    ///         status = next;
    ///     }
    /// });
    /// transport.close(std::time::Duration::from_secs(5)).await;
    /// reporter.await?; // it ends with the transport
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn watch(&self) -> StatusWatch {
        self.shared.driver.watch()
    }

    /// Sends what is queued, closes the connections, and makes everything asked afterwards fail;
    /// takes `within` at most. Servers on this transport should be shut down before it.
    ///
    /// # Cancel safety
    /// Once the future has been polled, the transport is closed for whoever asks. Dropping it then leaves the rest to a
    /// second `close`, or to the drop of the last clone of the transport, which cuts its connections.
    pub async fn close(&self, within: Duration) {
        self.shared.driver.close(after(within)).await;
    }

    /// What has happened on this transport so far that no caller was told.
    #[must_use]
    pub fn counters(&self) -> TransportCounters {
        let waiters = self.shared.replies.opened().map(|replies| &replies.waiters);
        TransportCounters { replies_unclaimed: waiters.map_or(0, |waiters| waiters.unclaimed()) }
    }

    /// How many tasks the transport has on a thread of its own: for tests of what it leaves behind.
    #[doc(hidden)]
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.shared.driver.tasks()
    }

    /// `what` did not happen in time, with what the connections are doing if they are not all ready.
    pub(crate) fn explain(&self, what: &str) -> String {
        match self.status() {
            status if status.is_ready() => what.to_owned(),
            status => format!("{what}: {status}"),
        }
    }

    /// The exchange of targets that name none.
    pub(crate) fn control_exchange(&self) -> Arc<str> {
        Arc::clone(&self.shared.settings.control_exchange)
    }

    /// How long a call without a timeout of its own waits.
    pub(crate) fn response_timeout(&self) -> Duration {
        self.shared.settings.response_timeout.get()
    }

    /// How long a reply whose queue is missing is tried again.
    pub(crate) fn reply_patience(&self) -> Duration {
        self.shared.settings.reply_patience
    }

    /// The prefetch of servers that set none, if the URL or builder sets one.
    pub(crate) fn prefetch(&self) -> Option<u16> {
        self.shared.settings.prefetch
    }

    /// What incoming messages may be like.
    pub(crate) fn limits(&self) -> Limits {
        self.shared.settings.limits
    }

    /// Whether the bus can do what `what` needs; else what it cannot.
    pub(crate) fn check(&self, what: &'static str, needed: &[Ability]) -> Result<(), Unable> {
        let driver = self.driver();
        match driver.abilities().lacks(needed) {
            Some(ability) => Err(Unable { what, transport: driver.name(), ability }),
            None => Ok(()),
        }
    }

    pub(crate) fn driver(&self) -> &dyn Driver {
        &*self.shared.driver
    }

    /// The reply queue, if there was a call.
    pub(crate) fn opened_replies(&self) -> Option<&Replies> {
        self.shared.replies.opened()
    }

    /// The reply queue, declared at the first call. Whoever stops waiting for it takes nothing from the others.
    pub(crate) async fn replies(&self) -> Result<&Replies, Fault> {
        let Shared { driver, settings, replies } = &*self.shared;
        replies.open(&**driver, settings.limits).await
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transport").field(&self.shared.driver).finish()
    }
}

/// Counters of a transport; they only grow. See [`Transport::counters`]. As JSON an object of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct TransportCounters {
    /// Replies and heartbeats that no call waited for: they came after the call's deadline, a second time,
    /// or for a call that this transport never made. They are dropped.
    pub replies_unclaimed: u64,
}
