//! When a request leaves its queue for good, and where it goes that nobody can execute.

use std::fmt;
use std::sync::Arc;

/// Redeliveries that a message is given.
const REDELIVERIES: u32 = 5;

/// When a server acknowledges a request, and with that takes it from its queue for good.
///
/// | | `Early` | `Late` |
/// |---|---|---|
/// | Acknowledged | before the execution | after it, and after the broker has taken the reply of a call |
/// | Executed | at most once | at least once |
/// | The process dies in the middle | the request is lost | the broker delivers it again |
/// | The connection is lost in the middle | the handler goes on, its reply takes the next connection | the same, and the redelivery is recognised |
/// | Shutdown, a handler cut off | its caller gets a failure | the request goes back to its queue, the caller hears from the next server |
///
/// With `Early`, a handler starts once its acknowledgement has been written to the connection. A process
/// that is killed, or a connection that is lost, in that very instant can take the acknowledgement
/// with it: the broker then delivers the request again, to whichever server is there. That is as
/// close to "at most once" as AMQP comes, and the same in oslo.messaging.
///
/// A handler that returns an error or panics has finished: its request is acknowledged, and its
/// caller is told. With `Late`, a redelivery that this server executes or has executed (see
/// [`duplicate_window`]) is not executed again but acknowledged together with the first delivery.
/// Another server knows nothing of it, so methods should bear to be executed twice. A reply that
/// cannot be delivered, as its caller is gone, counts as taken once the server gives it up.
///
/// With `Late`, no handler should take longer than the broker lets a delivery wait for its
/// acknowledgement: RabbitMQ's `consumer_timeout`, 30 minutes by default, which counts from the
/// delivery on and so includes the time that a request waits for a worker. When it is over, the broker
/// closes the channel and delivers again all that came by it and is not acknowledged. This server
/// recognises what it has and goes on, but another one that gets it executes it a second time, and each
/// round counts as a delivery: in a quorum queue towards [`DeadLetters::redeliveries`] and towards the
/// limit of the queue itself. For longer handlers, raise `consumer_timeout` in the broker's
/// configuration, and leave [`prefetch`] at the number of workers.
///
/// Requests to all servers (fanouts) are redelivered after a lost connection, but end with the
/// server, as its queue for them does.
///
/// ```
/// # use rpc_runtime::{Endpoint, Server, ServerError, Target, Transport};
/// use rpc_runtime::{Acknowledge, DeadLetters};
///
/// # async fn start(transport: &Transport, endpoint: Endpoint) -> Result<Server, ServerError> {
/// let server = Server::builder(transport, Target::new("billing").with_server("host1"))
///     .endpoint(endpoint)
///     .acknowledge(Acknowledge::Late)
///     .dead_letters(DeadLetters::new().redeliveries(3))
///     .start()
///     .await?;
/// # Ok(server)
/// # }
/// ```
///
/// [`duplicate_window`]: crate::ServerBuilder::duplicate_window
/// [`prefetch`]: crate::ServerBuilder::prefetch
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Acknowledge {
    /// Before the execution, as oslo.messaging does.
    #[default]
    Early,
    /// After the execution, which the broker does not wait for without limit: see above.
    Late,
}

/// `early` or `late`.
impl fmt::Display for Acknowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Acknowledge::Early => "early",
            Acknowledge::Late => "late",
        })
    }
}

/// Where a server puts the messages that it gives up, instead of trying or dropping them for ever.
///
/// They go to a topic of the server's own exchange, `<topic>.dead` unless named otherwise, whose
/// queue the server declares with the arguments of its other queues; that is how the queues of the
/// service itself stay as Python peers declare them. A server of either language on that topic can
/// read them, and so can any AMQP client:
///
/// | Part | What it is |
/// |---|---|
/// | body, content type, compression | as they came |
/// | header `x-first-death-reason` | `delivery_limit` or `rejected` |
/// | header `x-first-death-queue` | the queue that it came from |
/// | header `x-rpc-deliveries` | how often it was delivered before it was given up |
/// | header `x-rpc-error` | what is wrong with it, in words |
///
/// A message is taken from its queue only once the broker has confirmed its copy, so it is never
/// lost in between, but can be in both queues after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetters {
    topic: Option<Arc<str>>,
    redeliveries: u32,
    undecodable: bool,
}

impl DeadLetters {
    /// Dead letters to `<topic>.dead`, after 5 redeliveries, without what cannot be decoded.
    #[must_use]
    pub fn new() -> Self {
        Self { topic: None, redeliveries: REDELIVERIES, undecodable: false }
    }

    /// How often a request that no server finished is delivered again; 5 by default. It counts
    /// with [`Acknowledge::Late`] only. The caller of a call that is given up gets a failure.
    ///
    /// Quorum queues and `memory://` count deliveries. Classic queues only mark a message as
    /// delivered before: the server then puts a copy with a count at the end of the queue, which
    /// it or another server executes next. Each delivery counts that was not acknowledged, also
    /// one that waited in a server whose connection was lost. A limit of the queue itself
    /// (`rabbit_quorum_delivery_limit`, 20 by default from RabbitMQ 4.0 on) has to be larger than
    /// this one, or the broker drops the message first.
    #[must_use]
    pub fn redeliveries(mut self, limit: u32) -> Self {
        self.redeliveries = limit;
        self
    }

    /// Whether messages that cannot be decoded are kept, too, instead of being dropped; off by
    /// default. Bodies above the option `max_body` are always dropped.
    #[must_use]
    pub fn undecodable(mut self, keep: bool) -> Self {
        self.undecodable = keep;
        self
    }

    /// The topic that they go to, instead of `<topic>.dead`.
    #[must_use]
    pub fn topic(mut self, topic: impl Into<Arc<str>>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    pub(super) fn limit(&self) -> u32 {
        self.redeliveries
    }

    pub(super) fn keeps_undecodable(&self) -> bool {
        self.undecodable
    }

    /// The topic for a server of `topic`.
    pub(super) fn topic_for(&self, topic: &str) -> Arc<str> {
        self.topic.clone().unwrap_or_else(|| format!("{topic}.dead").into())
    }
}

impl Default for DeadLetters {
    fn default() -> Self {
        Self::new()
    }
}
