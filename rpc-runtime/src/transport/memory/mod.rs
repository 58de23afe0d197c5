//! The in-memory broker: topics, servers, fanout and replies within one process.
//!
//! It routes like RabbitMQ does for oslo.messaging: a topic has a queue that its servers share,
//! each server has one of its own and one for fanouts, a message waits in its queue until a
//! consumer has room, and what a consumer did not settle goes back to the front.

#[cfg(feature = "testing")]
mod faults;
mod ids;
mod queue;
mod state;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Weak};

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::Instant;

use self::ids::ConsumerId;
use self::state::{Owned, State};
use super::abilities::Abilities;
use super::driver::{
    Address, Arrival, CLOSED, Delivery, Driver, Forward, History, Labels, ListenOptions, Listener, Outgoing,
    PublishError, PublishFault, ReplyPlace, ReplyQueue, Route, ServerAddress, Settle, Settler, Source,
    StopListening, TakeReply, Verdict, Wanted,
};
use super::error::TransportError;
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use super::url::TransportUrl;
use crate::error::Fault;
use crate::lock::lock;
use crate::wire::{MessageFormat, new_id};

/// What the bus and its one connection are called.
const NAME: &str = "memory";

/// Messages that a consumer without a prefetch limit may hold at once.
const UNLIMITED_PREFETCH: usize = 1024;

/// The options of the URL that have a meaning here.
const OPTIONS: &[&str] = &[
    "control_exchange",
    "rpc_response_timeout",
    #[cfg(feature = "amqp")]
    "max_body",
    #[cfg(feature = "amqp")]
    "max_ratio",
];

/// Those that only a driver with faults has.
#[cfg(feature = "testing")]
pub(super) const OF_FAULTS: &[&str] = faults::OPTIONS;
#[cfg(not(feature = "testing"))]
pub(super) const OF_FAULTS: &[&str] = &[];

/// Refuses an option of the URL that has no meaning here, or has a value that it can't have.
pub(super) fn check_options(url: &TransportUrl) -> Result<(), TransportError> {
    let unknown = url.options().find(|(name, _)| !OPTIONS.contains(name) && !OF_FAULTS.contains(name));
    let why = match unknown {
        #[cfg(not(feature = "testing"))]
        Some((name @ ("seed" | "delay" | "repeat" | "lose"), _)) => {
            format!("option {name} needs the feature \"testing\" of rpc-runtime")
        }
        Some((name, _)) => format!(
            "option {name} has no meaning for memory://, which takes only {}",
            [OPTIONS, OF_FAULTS].concat().join(", ")
        ),
        #[cfg(feature = "testing")]
        None => return faults::Faults::read(url).map(drop),
        #[cfg(not(feature = "testing"))]
        None => return Ok(()),
    };
    Err(TransportError::Setting(why))
}

/// A connection to an in-memory broker.
#[derive(Debug)]
pub(crate) struct MemoryDriver {
    broker: Arc<Broker>,
    closed: AtomicBool,
    status: Board,
    /// Keeps the reply queue for as long as the connection.
    replies: Mutex<Option<Replies>>,
    /// The servers on this connection, which end with it.
    servers: Mutex<Vec<Weak<Consumer>>>,
    #[cfg(feature = "testing")]
    faults: Option<faults::Faults>,
}

impl MemoryDriver {
    /// A connection to the broker of the name in the URL, which lives as long as its connections; without a name it
    /// is a broker of this connection's own.
    ///
    /// # Errors
    /// An option of the URL has a value that it can't have.
    pub(crate) fn connect(url: &TransportUrl) -> Result<Self, TransportError> {
        let name = Some(url.vhost()).filter(|name| *name != "/").unwrap_or_default();
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
        Ok(Self {
            broker,
            closed: AtomicBool::default(),
            status: Board::new(NAME, NAME, ConnectionStatus::ready(NAME)),
            replies: Mutex::default(),
            servers: Mutex::default(),
            #[cfg(feature = "testing")]
            faults: faults::Faults::read(url)?,
        })
    }

    /// Consumes from the queues of an address, which are made if they are not there; its own ones go when it goes.
    fn consume(&self, address: Address, prefetch: usize) -> (mpsc::Receiver<Delivery>, Arc<Consumer>) {
        let (sender, deliveries) = mpsc::channel(prefetch);
        let mut state = self.broker.state();
        let id = state
            .add_consumer(sender, prefetch, |id| Arc::new(Acks { broker: Arc::clone(&self.broker), id }));
        match address {
            Address::Server(address) => {
                for (route, owned) in routes_of(address) {
                    state.consume(id, route, owned);
                }
            }
            Address::Notifications(address) => {
                let bound = address.sources.iter().map(|source| {
                    let Source { exchange, queue } = source.clone();
                    state.bind(address.queue_of(source), Route::Notification { exchange, queue })
                });
                for at in bound.collect::<BTreeSet<_>>() {
                    state.subscribe(id, at, Owned::Shared);
                }
            }
        }
        (deliveries, Arc::new(Consumer { broker: Arc::clone(&self.broker), id }))
    }

    fn send(&self, message: Outgoing, deliveries: u32) -> Result<(), PublishError> {
        self.check_open()?;
        let now = Instant::now();
        if message.deadline <= now {
            return Err(PublishFault::Expired("not sent: there was no time left".to_owned()).into());
        }
        #[cfg(feature = "testing")]
        if let Some(faults) = &self.faults {
            return faults.send(&self.broker, &message, deliveries);
        }
        match &message.route {
            Route::Reply { queue } if self.broker.answer(queue, &message.body) => Ok(()),
            _ => self.broker.state().publish(message, deliveries, now),
        }
    }

    fn check_open(&self) -> Result<(), PublishError> {
        if self.closed.load(Ordering::Acquire) { Err(PublishFault::Closed.into()) } else { Ok(()) }
    }
}

impl Driver for MemoryDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Envelope
    }

    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        std::future::ready(self.send(message, 0)).boxed()
    }

    /// The queues keep JSON without compression only, which is all that can come from them.
    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        let Forward { route, body, expiration, deliveries, death, deadline, .. } = message;
        let deliveries = if death.is_some() { 0 } else { deliveries };
        let wanted = Wanted::AtOnce;
        let message = Outgoing { route, body, ask: None, mandatory: true, expiration, deadline, wanted };
        std::future::ready(self.send(message, deliveries)).boxed()
    }

    #[cfg(feature = "notifications")]
    fn declare(&self, route: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        let declared = self.check_open().map_err(|closed| closed.fault.into_fault()).map(|()| match route {
            Route::Notification { queue, .. } => drop(self.broker.state().bind(queue, route.clone())),
            other => self.broker.state().declare(other.clone()),
        });
        std::future::ready(declared).boxed()
    }

    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        async move {
            self.check_open().map_err(|closed| closed.fault.into_fault())?;
            if let (Some(topic), Some(exchange)) = (&options.dead_letters, address.exchange()) {
                let (exchange, topic) = (Arc::clone(exchange), Arc::clone(topic));
                self.broker.state().declare(Route::DeadLetters { exchange, topic });
            }
            let prefetch = match usize::from(options.prefetch) {
                0 => UNLIMITED_PREFETCH,
                prefetch => prefetch,
            };
            let (deliveries, stop) = self.consume(address, prefetch);
            let mut servers = lock(&self.servers);
            servers.retain(|server| server.strong_count() > 0);
            servers.push(Arc::downgrade(&stop));
            Ok(Listener { deliveries, stop })
        }
        .boxed()
    }

    #[cfg(feature = "notifications")]
    fn consumers(&self, queue: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        let asked = self.check_open().map_err(|closed| closed.fault.into_fault());
        std::future::ready(asked.map(|()| self.broker.state().consumers_of(&queue))).boxed()
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        let opened = self.check_open().map_err(|closed| closed.fault.into_fault()).map(|()| {
            let queue: Arc<str> = format!("reply_{}", new_id()).into();
            lock(&self.broker.takers).insert(Arc::clone(&queue), Arc::new(take));
            let replies = Replies { broker: Arc::clone(&self.broker), queue: Arc::clone(&queue) };
            *lock(&self.replies) = Some(replies);
            Arc::new(ReplyQueue(queue)) as Arc<dyn ReplyPlace>
        });
        std::future::ready(opened).boxed()
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
    /// Who takes what is sent to a reply queue, by its name.
    takers: Mutex<HashMap<Arc<str>, Arc<TakeReply>>>,
}

impl Broker {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    #[cfg(feature = "testing")]
    fn takes(&self, queue: &Arc<str>) -> bool {
        lock(&self.takers).contains_key(queue)
    }

    /// Hands a reply to its transport, on the thread that has it; `false` if there is none of that name.
    fn answer(&self, queue: &Arc<str>, body: &Bytes) -> bool {
        let taker = lock(&self.takers).get(queue).cloned();
        let Some(take) = taker else { return false };
        take(Arrival::Reply(Delivery {
            body: body.clone(),
            labels: Labels::json(),
            beside: None,
            redelivered: false,
            history: History::default(),
            expires: None,
            queue: Arc::clone(queue),
            excess: None,
            settle: Settle::nothing(),
        }));
        true
    }
}

/// A transport's place at the broker for replies; dropping it ends the calls that wait for them.
#[derive(Debug)]
struct Replies {
    broker: Arc<Broker>,
    queue: Arc<str>,
}

impl Drop for Replies {
    fn drop(&mut self) {
        let taker = lock(&self.broker.takers).remove(&self.queue);
        // Not under the lock: it tells every call.
        drop(taker);
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}

/// Takes the verdicts of one consumer. The broker holds it, until the consumer goes.
#[derive(Debug)]
struct Acks {
    broker: Arc<Broker>,
    id: ConsumerId,
}

impl Settler for Acks {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        self.broker.state().settle(self.id, tag, verdict)
    }

    fn holds(&self, tag: u64) -> bool {
        self.broker.state().holds(self.id, tag)
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

/// The routes to a server, and whose the queue of each is.
fn routes_of(ServerAddress { exchange, topic, server }: ServerAddress) -> [(Route, Owned); 3] {
    [
        (of_topic(&exchange, &topic, None), Owned::Shared),
        (of_topic(&exchange, &topic, Some(server)), Owned::Shared),
        (Route::Fanout { exchange, topic, server: None }, Owned::ByConsumer),
    ]
}

/// The route to a topic, or to one server of it.
fn of_topic(exchange: &Arc<str>, topic: &Arc<str>, server: Option<Arc<str>>) -> Route {
    Route::Topic { exchange: Arc::clone(exchange), topic: Arc::clone(topic), server }
}
