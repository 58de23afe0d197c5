//! When a message leaves its queue for good.

use std::fmt;

/// When a server acknowledges a request, and with that takes it from its queue for good. The same goes for listeners of
/// notifications, which acknowledge late unless they are told otherwise; what is said of callers and replies is not for them.
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
/// limit of the queue itself (20 from RabbitMQ 4 on), after which the broker drops it. For longer handlers,
/// raise `consumer_timeout` in the broker's configuration, and leave [`prefetch`] at the number of workers.
///
/// Requests to all servers (fanouts) are redelivered after a lost connection, but end with the
/// server, as its queue for them does. With RabbitMQ's option `rabbit_stream_fanout` they are in a stream, which takes
/// nothing back: each is the server's when it comes in, whatever becomes of its handler.
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
/// [`DeadLetters::redeliveries`]: crate::DeadLetters::redeliveries
/// [`duplicate_window`]: crate::ServerBuilder::duplicate_window
/// [`prefetch`]: crate::ServerBuilder::prefetch
/// [`DeadLetters::redeliveries`]: crate::DeadLetters::redeliveries
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

#[cfg(test)]
mod tests {
    use super::Acknowledge;

    #[test]
    fn in_words() {
        assert_eq!([Acknowledge::Early, Acknowledge::Late].map(|it| it.to_string()), ["early", "late"]);
    }
}
