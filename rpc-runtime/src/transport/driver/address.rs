//! Where messages go, and where they are listened for.

use std::fmt;
use std::sync::Arc;

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// One server of a topic, whichever is free, or the named one.
    Topic { exchange: Arc<str>, topic: Arc<str>, server: Option<Arc<str>> },
    /// Every server of a topic. A route may name a server with it; like oslo.messaging, no broker looks at
    /// that name, and neither RabbitMQ nor the broker in memory at the exchange.
    Fanout { exchange: Arc<str>, topic: Arc<str>, server: Option<Arc<str>> },
    /// The caller of a call, by what its request names, or by [`Beside::reply_to`](crate::wire::Beside::reply_to).
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
