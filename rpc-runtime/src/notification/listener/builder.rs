//! Setting a listener up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::NotificationEndpoint;
use super::error::ListenerError;
use super::lifecycle::Listener;
use super::meta::Meta;
use super::receiver::BatchSize;
use super::setup::Setup;
use super::sources::{Sources, Topic};
use super::unreadable::{OnUnreadable, Unreadable};
use super::verdict::OnError;
#[cfg(feature = "config")]
use crate::config::Config;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::target::check_words;
use crate::transport::{Ability, Transport, Unable};

/// Handlers that run at once; oslo.messaging's `executor_thread_pool_size`.
const CONCURRENCY: usize = 64;
/// Redeliveries that a notification is given.
const REDELIVERIES: u32 = 20;
/// Notifications of each queue that are with the listener, unless more or fewer are asked for: twice those that are handled
/// at once, within these bounds.
const PREFETCH: std::ops::RangeInclusive<usize> = 100..=1000;
/// Memory of large notifications in work, in bytes.
const MEMORY: usize = 256 << 20;
/// Ids remembered.
const DUPLICATES: usize = 65_536;

/// A listener that has not been started.
#[must_use = "a listener does nothing until it is started"]
pub struct ListenerBuilder {
    transport: Transport,
    topics: Vec<Topic>,
    endpoints: Vec<NotificationEndpoint>,
    pool: Option<Arc<str>>,
    batch: Option<BatchSize>,
    concurrency: usize,
    prefetch: Option<u16>,
    memory: Option<usize>,
    duplicates: usize,
    acknowledge: Acknowledge,
    redeliveries: Option<u32>,
    dead_letters: Option<DeadLetters>,
    drain: bool,
    on_error: OnError,
    on_unreadable: Option<OnUnreadable>,
}

impl Listener {
    /// Sets up a listener.
    pub fn builder(transport: &Transport) -> ListenerBuilder {
        ListenerBuilder {
            transport: transport.clone(),
            topics: Vec::new(),
            endpoints: Vec::new(),
            pool: None,
            batch: None,
            concurrency: CONCURRENCY,
            prefetch: None,
            memory: None,
            duplicates: DUPLICATES,
            acknowledge: Acknowledge::Late,
            redeliveries: None,
            dead_letters: None,
            drain: false,
            on_error: OnError::default(),
            on_unreadable: None,
        }
    }
}

impl ListenerBuilder {
    /// Listens to a topic of the transport's control exchange; may be called several times.
    ///
    /// Without any topic, a listener has those of its endpoints' events, each with the priorities of these events:
    /// `notifications` of the control exchange unless the events say otherwise. With topics of its own, it has the
    /// priorities of all endpoints of each.
    ///
    /// A queue is called after topic and priority, not after the exchange: whoever consumes from it gets what any service
    /// sends there, of each exchange that a listener or notifier has ever bound it to. A [filter](crate::notification::Filter)
    /// on `publisher_id` tells them apart.
    pub fn topic(self, topic: impl Into<Arc<str>>) -> Self {
        let exchange = self.transport.control_exchange();
        self.topic_of(exchange, topic)
    }

    /// The same with another exchange: most services have one of their own name.
    pub fn topic_of(mut self, exchange: impl Into<Arc<str>>, topic: impl Into<Arc<str>>) -> Self {
        self.topics.push(Topic { exchange: exchange.into(), topic: topic.into() });
        self
    }

    /// Sets what the configuration says: listens to the `topics` of `[oslo_messaging_notifications]`, each in the control
    /// exchange, beside those that were given before, with a [`concurrency`](Self::concurrency) of the
    /// `executor_thread_pool_size` of `[DEFAULT]`. What it does not say stays as it is. With the feature `config`.
    #[cfg(feature = "config")]
    pub fn config(mut self, config: &Config) -> Self {
        let messaging = config.messaging();
        self.concurrency = messaging.workers.unwrap_or(self.concurrency);
        messaging.notifications.topics.into_iter().flatten().fold(self, Self::topic)
    }

    /// Has notifications handled by one more endpoint. All that want a notification have it, one after the other, in the
    /// order in which they were given here, until one says that it is not [`Handled`](super::Verdict::Handled).
    ///
    /// A notification goes to endpoints by the priority in it, not by its queue, as in Python; `WARNING`, which Python does
    /// not know, is `WARN`. One of any other priority is acknowledged, counted and warned of.
    pub fn endpoint(mut self, endpoint: NotificationEndpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// Takes from a queue of this name, which has a copy of all notifications of its topics, instead of the queues that
    /// listeners without a pool share. Listeners of one pool share its notifications.
    ///
    /// Those queues are there nevertheless, as notifiers declare them, and fill up if nobody listens without a pool: the
    /// listener looks for that when it starts and every five minutes, and warns of it.
    ///
    /// A pool is a queue among all others: one called `notifications.info` would take from that queue, and is refused if that
    /// is one of its own topics.
    pub fn pool(mut self, pool: impl Into<Arc<str>>) -> Self {
        self.pool = Some(pool.into());
        self
    }

    /// Handles so many notifications together, in the order in which they arrived, whatever their priorities: as soon as
    /// there are so many, or once the first of them has waited for this long. With a `wait` of zero, a batch is what is there
    /// already; with `Duration::MAX`, one that is not full waits until the listener is shut down.
    ///
    /// Endpoints made by [`NotificationEndpoint::batch`] have those that are for them together, others one by one. Each is
    /// settled by itself. A batch is one handler of [`concurrency`](Self::concurrency). It is also closed when its large
    /// notifications take the [`memory`](Self::memory) that the next one needs.
    pub fn batch(mut self, size: usize, wait: Duration) -> Self {
        self.batch = Some(BatchSize { most: size, wait });
        self
    }

    /// How many handlers run at once; 64 by default, as in oslo.messaging, and at least 1. Their order is not that of the
    /// notifications.
    ///
    /// With 1, the notifications of each queue are handled in their order. What goes back to its queue comes again after
    /// those that are with the listener by then; with a [`prefetch`](Self::prefetch) of 1 there are none, and
    /// [`Verdict::Requeue`](super::Verdict::Requeue) holds up all others.
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.concurrency = handlers.max(1);
        self
    }

    /// How many notifications may be with the listener that are not acknowledged: of each queue; on `memory://` of all
    /// together. Those count that wait for a handler or for others of their batch, that are being handled, and that are kept
    /// to go back later.
    ///
    /// The default is the transport's `rabbit_qos_prefetch_count` if that is above 0, else twice what can be handled at
    /// once, but between 100 and 1,000, and no less than a batch. 0 is refused, and so is less than a batch.
    pub fn prefetch(mut self, prefetch: u16) -> Self {
        self.prefetch = Some(prefetch);
        self
    }

    /// How much memory, in bytes, the notifications that are with the listener may take; without a limit for those that wait
    /// and 256 MiB for those in work, unless set.
    ///
    /// Half of it is for those that wait: [`prefetch`](Self::prefetch) is lowered so that a full queue of each priority with
    /// bodies as large as the option `max_body` fits into it, to no less than 1. The other half is for those that are
    /// handled, counted as they are once they are decompressed: one that finds no room waits, and those behind it that take
    /// long to read, too. What is larger than all of it is there alone. Up to 64 KiB each, nothing is counted.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// How many ids are remembered so that a repeated message is handled once; 65,536 by default, 0 for none. What is being
    /// handled is known in any case, unless notifications are acknowledged early.
    ///
    /// A notifier repeats a message when it lost the confirm of the first one, and a broker when it lost the
    /// acknowledgement. It is one window for all queues of the listener, and takes about 75 bytes for each id.
    pub fn duplicate_window(mut self, ids: usize) -> Self {
        self.duplicates = ids;
        self
    }

    /// When a notification is taken from its queue for good: after the last endpoint, which is the default, or before the
    /// first one. What is acknowledged [`Early`](Acknowledge::Early) cannot go back: a verdict that says so is warned of.
    pub fn acknowledge(mut self, acknowledge: Acknowledge) -> Self {
        self.acknowledge = acknowledge;
        self
    }

    /// How often a notification is delivered again that is not handled; 20 by default. After that it is given up: it goes to
    /// the [dead letters](Self::dead_letters), or is acknowledged, with an error in the log that names its event and its id.
    ///
    /// The count is that of the queue, if it counts, as quorum queues and `memory://` do; then each delivery counts that was
    /// not acknowledged, also one that waited in a listener whose connection was lost. Classic queues do not count: there a
    /// listener counts what it gave back itself, of the last tens of thousands, and, if it has dead letters, puts a copy with
    /// a count at the end of the queue in the place of whatever was delivered before, so that what brings the process down
    /// has an end too.
    pub fn redeliveries(mut self, limit: u32) -> Self {
        self.redeliveries = Some(limit);
        self
    }

    /// Puts notifications aside that were delivered too often or rejected, in the queue of the topic `<topic>.dead` of the
    /// first exchange, with the first topic or the pool; by default they are dropped, the rejected ones so that a policy of
    /// the broker may keep them. A limit of redeliveries in it counts unless [`redeliveries`](Self::redeliveries) is set.
    pub fn dead_letters(mut self, dead_letters: DeadLetters) -> Self {
        self.dead_letters = Some(dead_letters);
        self
    }

    /// Takes the notifications of all other priorities of its topics as well, and acknowledges them: else they pile up, as
    /// notifiers declare their queues, and nobody may ever want them. Off by default; not for a pool, which has nothing that
    /// nobody wants.
    pub fn drain_unhandled(mut self, drain: bool) -> Self {
        self.drain = drain;
        self
    }

    /// What becomes of a notification whose handler failed; it counts as handled unless set.
    pub fn on_error(mut self, on_error: OnError) -> Self {
        self.on_error = on_error;
        self
    }

    /// Is told of each notification that an endpoint could not read, although it is one of its events, instead of a warning
    /// in the log. The other endpoints have it nevertheless, and it never goes back. It runs beside the handlers, and must be
    /// quick.
    pub fn on_unreadable(mut self, tell: impl Fn(&Unreadable, &Meta) + Send + Sync + 'static) -> Self {
        self.on_unreadable = Some(Arc::new(tell));
        self
    }

    /// Declares the queues and starts to consume.
    ///
    /// # Errors
    /// [`ListenerError`]: no endpoint, names or options that cannot be, something that the bus cannot do, or queues that
    /// cannot be declared.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done leaves no listener.
    pub async fn start(self) -> Result<Listener, ListenerError> {
        Listener::start(self.check()?).await
    }

    /// Finds all that can be wrong before anything is declared.
    fn check(self) -> Result<Setup, ListenerError> {
        self.check_endpoints()?;
        self.check_abilities().map_err(|unable| ListenerError::Unable { why: unable.to_string() })?;
        if self.drain && self.pool.is_some() {
            return Err(ListenerError::setting(
                "drain_unhandled(true) has nothing to do in a pool, which has only what the endpoints want",
            ));
        }
        if self.acknowledge == Acknowledge::Early && self.on_error == OnError::Requeue {
            return Err(ListenerError::setting(
                "on_error(OnError::Requeue) needs Acknowledge::Late: what is acknowledged early cannot go back",
            ));
        }
        let control_exchange = self.transport.control_exchange();
        let sources =
            Sources::new(&self.topics, &control_exchange, &self.endpoints, self.pool.clone(), self.drain)?;
        let prefetch = self.prefetch_for(sources.consumed().len())?;
        let dead_topic = self.dead_topic(&sources)?;
        let limit = self.redeliveries.or_else(|| self.dead_letters.as_ref()?.limit_set());
        Ok(Setup {
            sources,
            batch: self.batch.unwrap_or(BatchSize { most: 1, wait: Duration::ZERO }),
            concurrency: self.concurrency,
            prefetch,
            memory: self.memory.map_or(MEMORY, |bytes| bytes / 2),
            duplicates: self.duplicates,
            acknowledge: self.acknowledge,
            redeliveries: limit.unwrap_or(REDELIVERIES),
            dead_letters: self.dead_letters,
            dead_topic,
            on_error: self.on_error,
            on_unreadable: self.on_unreadable,
            transport: self.transport,
            endpoints: self.endpoints,
        })
    }

    fn check_endpoints(&self) -> Result<(), ListenerError> {
        if self.endpoints.is_empty() && !self.drain {
            return Err(ListenerError::NoEndpoint);
        }
        for endpoint in &self.endpoints {
            let name = endpoint.events().name;
            if endpoint.get_priorities().is_empty() {
                return Err(ListenerError::setting(format!("the endpoint of {name} wants no priority")));
            }
            if endpoint.takes_batches() && self.batch.is_none() {
                return Err(ListenerError::setting(format!(
                    "the endpoint of {name} takes batches: say how large they are, by ListenerBuilder::batch"
                )));
            }
        }
        Ok(())
    }

    /// Whether the bus can do what is asked for.
    fn check_abilities(&self) -> Result<(), Unable> {
        use Ability::{Counts, DeadLetters, Requeues, Stores};
        let late = self.acknowledge == Acknowledge::Late;
        if late {
            self.transport.check("Acknowledge::Late", &[Stores, Requeues])?;
        }
        match self.dead_letters {
            Some(_) if late => self.transport.check("DeadLetters", &[DeadLetters, Counts]),
            Some(_) => self.transport.check("DeadLetters", &[DeadLetters]),
            None => Ok(()),
        }
    }

    /// The topic of the dead letters, whose queue must be none of those that are listened to.
    fn dead_topic(&self, sources: &Sources) -> Result<Option<Arc<str>>, ListenerError> {
        let Some((dead_letters, (_, topic))) = self.dead_letters.as_ref().zip(sources.dead_letters()) else {
            return Ok(None);
        };
        let dead = dead_letters.topic_for(topic);
        check_words("topic of dead letters", &dead).map_err(ListenerError::name)?;
        if sources.consumed().contains(&dead) || sources.plain_queues().contains(&dead) {
            return Err(ListenerError::name(format!(
                "the topic of dead letters {dead:?} has the name of a queue that is listened to"
            )));
        }
        Ok(Some(dead))
    }

    /// What is asked for, else what suits the handlers, as far as there is memory for so many queues.
    fn prefetch_for(&self, queues: usize) -> Result<u16, ListenerError> {
        let size = self.batch.map_or(1, |batch| batch.most);
        let batch = format!("a batch of {size} notifications");
        if size == 0 {
            return Err(ListenerError::setting(format!("{batch} has none: it takes at least 1")));
        }
        let asked = match (self.prefetch, self.transport.prefetch()) {
            (Some(0), _) => {
                return Err(ListenerError::setting("a prefetch of 0 has no meaning: it takes at least 1"));
            }
            (Some(prefetch), _) => Some((prefetch, "prefetch")),
            (None, option) => option.map(|prefetch| (prefetch, "rabbit_qos_prefetch_count")),
        };
        let prefetch = match asked {
            Some((prefetch, name)) if usize::from(prefetch) < size => {
                return Err(ListenerError::setting(format!(
                    "{batch} never fills with a {name} of {prefetch}"
                )));
            }
            Some((prefetch, _)) => prefetch,
            None => {
                let both = self.concurrency.saturating_mul(size).saturating_mul(2);
                let suits = both.clamp(*PREFETCH.start(), *PREFETCH.end()).max(size);
                u16::try_from(suits).map_err(|_| {
                    ListenerError::setting(format!(
                        "{batch} never fills: no broker hands over more than {}",
                        u16::MAX
                    ))
                })?
            }
        };
        let Some(bytes) = self.memory else { return Ok(prefetch) };
        let max_body = self.transport.limits().max_body.max(1);
        let fits = bytes / 2 / queues.max(1) / max_body;
        let lowered = u16::try_from(fits.max(1)).unwrap_or(u16::MAX).min(prefetch);
        if usize::from(lowered) < size {
            return Err(ListenerError::setting(format!(
                "{batch} never fills with a memory of {bytes} bytes: half of it has room for {lowered} of max_body={max_body} \
                 bytes from each of {queues} queues"
            )));
        }
        Ok(lowered)
    }
}

impl fmt::Debug for ListenerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListenerBuilder")
            .field("topics", &self.topics)
            .field("endpoints", &self.endpoints)
            .field("pool", &self.pool)
            .field("batch", &self.batch)
            .field("concurrency", &self.concurrency)
            .field("prefetch", &self.prefetch)
            .field("memory", &self.memory)
            .field("duplicates", &self.duplicates)
            .field("acknowledge", &self.acknowledge)
            .field("redeliveries", &self.redeliveries)
            .field("dead_letters", &self.dead_letters)
            .field("drain", &self.drain)
            .field("on_error", &self.on_error)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "config"))]
mod tests {
    use super::*;
    use crate::transport::Transport;

    #[test]
    fn a_configuration_has_topics_and_says_how_many_handlers_there_are() {
        let configured = |variables: &[(&str, &str)]| {
            let config = Config::builder().environment(variables.iter().copied()).read().unwrap();
            let builder =
                Listener::builder(&Transport::recording().0).topic("own").concurrency(2).config(&config);
            let topics = builder.topics.iter().map(|topic| format!("{}/{}", topic.exchange, topic.topic));
            (topics.collect::<Vec<_>>(), builder.concurrency)
        };
        assert_eq!(configured(&[]), (vec!["openstack/own".to_owned()], 2));
        let variables = [
            ("OS_OSLO_MESSAGING_NOTIFICATIONS__TOPICS", "a,b"),
            ("OS_DEFAULT__EXECUTOR_THREAD_POOL_SIZE", "3"),
        ];
        let topics = ["openstack/own", "openstack/a", "openstack/b"].map(str::to_owned);
        assert_eq!(configured(&variables), (topics.to_vec(), 3));
    }
}
