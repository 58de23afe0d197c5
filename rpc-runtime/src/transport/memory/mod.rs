//! The in-memory broker: topics, servers, fanout and replies within one process.
//!
//! It routes like RabbitMQ does for oslo.messaging: a topic has a queue that its servers share,
//! each server has one of its own and one for fanouts, a message waits in its queue until a
//! consumer has room, and what a consumer did not settle goes back to the front.

mod queue;
mod state;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::Instant;

use self::state::{ConsumerId, Owned, State};
use super::driver::{
    CLOSED, ConnectError, Delivery, Driver, Forward, Inbox, ListenOptions, Listener, Outgoing, PublishError,
    PublishFault, Route, ServerAddress, Settler, StopListening, Verdict, Wanted, pump,
};
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use crate::lock::lock;
use crate::wire::new_id;

/// Messages that a consumer without a prefetch limit may hold at once.
const UNLIMITED_PREFETCH: usize = 1024;

/// A connection to an in-memory broker.
#[derive(Debug)]
pub(crate) struct MemoryDriver {
    broker: Arc<Broker>,
    closed: Arc<AtomicBool>,
    status: Board,
    /// Keeps the reply queue for as long as the connection.
    replies: Mutex<Option<Arc<Consumer>>>,
    /// The servers on this connection, which end with it.
    servers: Mutex<Vec<Weak<Consumer>>>,
}

impl MemoryDriver {
    /// A connection to the broker of that name, which lives as long as its connections; the empty
    /// name is a broker of this connection's own.
    pub(crate) fn connect(name: &str) -> Self {
        static BROKERS: LazyLock<Mutex<HashMap<String, Weak<Broker>>>> = LazyLock::new(Mutex::default);
        let broker = if name.is_empty() {
            Arc::default()
        } else {
            let mut brokers = lock(&BROKERS);
            brokers.retain(|_, broker| broker.strong_count() > 0);
            let known = brokers.get(name).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let broker = Arc::<Broker>::default();
                brokers.insert(name.to_owned(), Arc::downgrade(&broker));
                broker
            })
        };
        Self {
            broker,
            closed: Arc::default(),
            status: Board::new(ConnectionStatus::ready("memory")),
            replies: Mutex::default(),
            servers: Mutex::default(),
        }
    }

    /// Consumes from queues, which are made if they are not there; its own ones go when it goes.
    fn consume(
        &self,
        queues: Vec<(QueueName, Owned)>,
        prefetch: usize,
    ) -> (mpsc::Receiver<Delivery>, Arc<Consumer>) {
        let (sender, deliveries) = mpsc::channel(prefetch);
        let mut state = self.broker.state();
        let id = state
            .add_consumer(sender, prefetch, |id| Arc::new(Acks { broker: Arc::downgrade(&self.broker), id }));
        for (queue, owned) in queues {
            state.consume(id, queue, owned);
        }
        (deliveries, Arc::new(Consumer { broker: Arc::clone(&self.broker), id }))
    }

    fn send(&self, message: Outgoing, deliveries: u32) -> BoxFuture<'static, Result<(), PublishError>> {
        let broker = Arc::clone(&self.broker);
        let closed = Arc::clone(&self.closed);
        async move {
            if closed.load(Ordering::Acquire) {
                return Err(PublishFault::Closed.into());
            }
            if message.deadline <= Instant::now() {
                return Err(PublishFault::Expired("not sent: there was no time left".to_owned()).into());
            }
            broker.state().publish(message, deliveries)
        }
        .boxed()
    }

    fn check_open(&self) -> Result<(), PublishError> {
        if self.closed.load(Ordering::Acquire) { Err(PublishFault::Closed.into()) } else { Ok(()) }
    }
}

impl Driver for MemoryDriver {
    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        self.send(message, 0)
    }

    /// The queues keep JSON without compression only, which is all that can come from them.
    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        let Forward { route, body, expiration, deliveries, death, deadline, .. } = message;
        let deliveries = if death.is_some() { 0 } else { deliveries };
        self.send(
            Outgoing { route, body, mandatory: true, expiration, deadline, wanted: Wanted::AtOnce },
            deliveries,
        )
    }

    fn listen(
        &self,
        address: ServerAddress,
        options: ListenOptions,
    ) -> BoxFuture<'_, Result<Listener, ConnectError>> {
        async move {
            self.check_open().map_err(|closed| ConnectError(closed.to_string()))?;
            let ServerAddress { exchange, topic, server } = address;
            if let Some(topic) = &options.dead_letters {
                self.broker.state().declare(QueueName::topic(&exchange, topic, None));
            }
            let queues = vec![
                (QueueName::topic(&exchange, &topic, None), Owned::Shared),
                (QueueName::topic(&exchange, &topic, Some(&server)), Owned::Shared),
                (QueueName::fanout(topic), Owned::ByConsumer),
            ];
            let prefetch = match usize::from(options.prefetch) {
                0 => UNLIMITED_PREFETCH,
                prefetch => prefetch,
            };
            let (deliveries, stop) = self.consume(queues, prefetch);
            let mut servers = lock(&self.servers);
            servers.retain(|server| server.strong_count() > 0);
            servers.push(Arc::downgrade(&stop));
            Ok(Listener { deliveries, stop })
        }
        .boxed()
    }

    fn listen_for_replies(&self, inbox: Inbox) -> BoxFuture<'_, Result<Arc<str>, ConnectError>> {
        async move {
            self.check_open().map_err(|closed| ConnectError(closed.to_string()))?;
            let queue: Arc<str> = format!("reply_{}", new_id()).into();
            let wanted = vec![(QueueName::Reply(Arc::clone(&queue)), Owned::ByConsumer)];
            let (deliveries, consumer) = self.consume(wanted, UNLIMITED_PREFETCH);
            *lock(&self.replies) = Some(consumer);
            pump(deliveries, inbox);
            Ok(queue)
        }
        .boxed()
    }

    fn close(&self, _deadline: Instant) -> BoxFuture<'_, ()> {
        self.closed.store(true, Ordering::Release);
        self.status.close(CLOSED);
        *lock(&self.replies) = None;
        for server in lock(&self.servers).drain(..) {
            if let Some(server) = server.upgrade() {
                self.broker.state().remove_consumer(server.id);
            }
        }
        std::future::ready(()).boxed()
    }

    fn watch(&self) -> StatusWatch {
        self.status.watch()
    }
}

/// The queues and consumers that all connections of one broker share.
#[derive(Default)]
struct Broker {
    state: Mutex<State>,
}

impl Broker {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}

/// Takes the verdicts of one consumer; weak, as the broker itself holds it.
#[derive(Debug)]
struct Acks {
    broker: Weak<Broker>,
    id: ConsumerId,
}

impl Settler for Acks {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        self.broker.upgrade().is_some_and(|broker| broker.state().settle(self.id, tag, verdict))
    }

    fn holds(&self, tag: u64) -> bool {
        self.broker.upgrade().is_some_and(|broker| broker.state().holds(self.id, tag))
    }
}

/// One listener's place at the broker; dropping it gives back what it did not settle.
struct Consumer {
    broker: Arc<Broker>,
    id: ConsumerId,
}

impl StopListening for Consumer {
    fn pause(&self) -> BoxFuture<'_, ()> {
        self.broker.state().unsubscribe(self.id);
        std::future::ready(()).boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        self.broker.state().remove_consumer(self.id);
        std::future::ready(()).boxed()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.broker.state().remove_consumer(self.id);
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consumer({:?})", self.id)
    }
}

/// What a queue is called, and thereby who is bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum QueueName {
    Topic {
        exchange: Arc<str>,
        topic: Arc<str>,
        server: Option<Arc<str>>,
    },
    /// The number tells the servers of a topic apart.
    Fanout {
        topic: Arc<str>,
        server: u64,
    },
    Reply(Arc<str>),
}

impl QueueName {
    fn topic(exchange: &Arc<str>, topic: &Arc<str>, server: Option<&Arc<str>>) -> Self {
        Self::Topic {
            exchange: Arc::clone(exchange),
            topic: Arc::clone(topic),
            server: server.map(Arc::clone),
        }
    }

    fn fanout(topic: Arc<str>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self::Fanout { topic, server: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// As RabbitMQ would call it.
    fn text(&self) -> Arc<str> {
        match self {
            Self::Topic { topic, server: None, .. } => Arc::clone(topic),
            Self::Topic { topic, server: Some(server), .. } => format!("{topic}.{server}").into(),
            Self::Fanout { topic, server } => format!("{topic}_fanout_{server}").into(),
            Self::Reply(queue) => Arc::clone(queue),
        }
    }

    /// Whether a message sent to `route` goes to this queue.
    fn takes(&self, route: &Route) -> bool {
        match (self, route) {
            (Self::Topic { exchange, topic, server }, Route::Topic { exchange: e, topic: t, server: s }) => {
                exchange == e && topic == t && server == s
            }
            (Self::Fanout { topic, .. }, Route::Fanout { topic: t, .. }) => topic == t,
            (Self::Reply(queue), Route::Reply { queue: q }) => queue == q,
            _ => false,
        }
    }
}
