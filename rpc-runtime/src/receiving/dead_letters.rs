//! Where messages go that nobody can do anything with.

use std::sync::Arc;

/// Redeliveries that a message is given.
const REDELIVERIES: u32 = 5;

/// Where a server, or a listener of notifications, puts the messages that it gives up, instead of trying or dropping them
/// for ever.
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
    redeliveries: Option<u32>,
    undecodable: bool,
}

impl DeadLetters {
    /// Dead letters to `<topic>.dead`, after 5 redeliveries, without what cannot be decoded.
    #[must_use]
    pub fn new() -> Self {
        Self { topic: None, redeliveries: None, undecodable: false }
    }

    /// How often a request that no server finished is delivered again; 5 by default. It counts
    /// with [`Acknowledge::Late`](crate::Acknowledge::Late) only. The caller of a call that is given up gets a failure.
    ///
    /// Quorum queues and `memory://` count deliveries. Classic queues only mark a message as
    /// delivered before: the server then puts a copy with a count at the end of the queue, which
    /// it or another server executes next. Each delivery counts that was not acknowledged, also
    /// one that waited in a server whose connection was lost. Where a quorum queue has a lower limit
    /// of its own (`rabbit_quorum_delivery_limit`, 20 by default from RabbitMQ 4.0 on), the server puts
    /// such a copy in the place of a message before the broker drops it. A lower limit that a policy
    /// sets is unknown here: there the broker drops the message first, or has its own dead letters.
    ///
    /// A listener of notifications has a limit without dead letters as well: 20 unless it is set there or here.
    #[must_use]
    pub fn redeliveries(mut self, limit: u32) -> Self {
        self.redeliveries = Some(limit);
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

    pub(crate) fn limit(&self) -> u32 {
        self.redeliveries.unwrap_or(REDELIVERIES)
    }

    /// The limit, if it was set.
    #[cfg(feature = "notifications")]
    pub(crate) fn limit_set(&self) -> Option<u32> {
        self.redeliveries
    }

    pub(crate) fn keeps_undecodable(&self) -> bool {
        self.undecodable
    }

    /// The topic for a server of `topic`.
    pub(crate) fn topic_for(&self, topic: &str) -> Arc<str> {
        self.topic.clone().unwrap_or_else(|| format!("{topic}.dead").into())
    }
}

impl Default for DeadLetters {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_what_was_set() {
        let (default, set) = (DeadLetters::new(), DeadLetters::new().redeliveries(2).topic("lost"));
        assert_eq!((default.limit(), set.limit()), (5, 2));
        assert_eq!([&default, &set].map(|it| it.topic_for("compute").to_string()), ["compute.dead", "lost"]);
        #[cfg(feature = "notifications")]
        assert_eq!((default.limit_set(), set.limit_set()), (None, Some(2)));
    }
}
