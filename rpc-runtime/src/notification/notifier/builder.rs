//! Setting a notifier up.

#[cfg(feature = "notification-routing")]
use std::borrow::Cow;
#[cfg(feature = "notification-routing")]
use std::collections::HashMap;
use std::fmt;
#[cfg(all(feature = "config", feature = "notification-routing"))]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;

use super::super::names::{check_exchange, check_topic};
use super::bus::{Bus, Patience, Places};
use super::detached::{Detached, Limits};
use super::driver::NotifyDriver;
use super::drivers::TestDriver;
use super::name::DriverName;
#[cfg(feature = "config")]
use super::name::UnknownDriver;
use super::named::Named;
use super::notify::Notifier;
use super::outlet::Outlet;
use super::retry::Retry;
#[cfg(feature = "notification-routing")]
use super::routing::{RoutingDriver, RoutingRules};
use super::setup::NotifierError;
#[cfg(feature = "config")]
use crate::config::Config;
use crate::transport::Transport;

/// How many detached events wait.
const QUEUE: usize = 1024;
/// How many bytes those take.
const QUEUE_BYTES: usize = 64 << 20;
/// How many detached events are under way at once.
const IN_FLIGHT: usize = 16;
/// How long what is queued is still sent after the last copy was dropped.
const LINGER: Duration = Duration::from_secs(30);
/// How long an attempt may take.
const ATTEMPT: Duration = Duration::from_secs(10);

/// A notifier that has not been built.
#[must_use = "a notifier emits nothing until it is built"]
pub struct NotifierBuilder {
    transport: Transport,
    publisher_id: Option<Arc<str>>,
    exchange: Option<String>,
    topics: Option<Vec<String>>,
    names: Option<Vec<DriverName>>,
    own: Vec<Arc<dyn NotifyDriver>>,
    /// Names of the configuration that are to be those of drivers of one's own.
    #[cfg(feature = "config")]
    own_names: Vec<String>,
    #[cfg(feature = "notification-routing")]
    rules: Option<RoutingRules>,
    #[cfg(all(feature = "config", feature = "notification-routing"))]
    routing_config: Option<PathBuf>,
    #[cfg(feature = "notification-routing")]
    routed: Vec<Arc<dyn NotifyDriver>>,
    retry: Retry,
    patience: Patience,
    limits: Limits,
    linger: Duration,
    runtime: Option<Handle>,
}

impl Notifier {
    /// Sets up a notifier that sends by `transport`.
    pub fn builder(transport: &Transport) -> NotifierBuilder {
        NotifierBuilder::new(transport)
    }
}

impl NotifierBuilder {
    fn new(transport: &Transport) -> Self {
        Self {
            transport: transport.clone(),
            publisher_id: None,
            exchange: None,
            topics: None,
            names: None,
            own: Vec::new(),
            #[cfg(feature = "config")]
            own_names: Vec::new(),
            #[cfg(feature = "notification-routing")]
            rules: None,
            #[cfg(all(feature = "config", feature = "notification-routing"))]
            routing_config: None,
            #[cfg(feature = "notification-routing")]
            routed: Vec::new(),
            retry: Retry::Forever,
            patience: Patience { declare: true, attempt: ATTEMPT },
            limits: Limits { waiting: QUEUE, bytes: QUEUE_BYTES, under_way: IN_FLIGHT },
            linger: LINGER,
            runtime: None,
        }
    }

    /// Who notifies: by the custom of OpenStack, the service, a dot and the host, `volume.host1`. Unless set here or by
    /// [`Notifier::with_publisher_id`], events say nobody.
    pub fn publisher_id(mut self, publisher_id: impl Into<Arc<str>>) -> Self {
        self.publisher_id = Some(publisher_id.into());
        self
    }

    /// The topics that each event goes to. By default the one that its set of events names, or else `notifications`.
    ///
    /// An event of the priority `info` goes to the queue `notifications.info` of the topic `notifications`.
    pub fn topics(mut self, topics: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.topics = Some(topics.into_iter().map(Into::into).collect());
        self
    }

    /// The exchange of the topics. By default the one that the set of an event names, or else the transport's control
    /// exchange.
    pub fn exchange(mut self, exchange: impl Into<String>) -> Self {
        self.exchange = Some(exchange.into());
        self
    }

    /// The drivers that each event is given to; [`DriverNames`](super::DriverNames) reads those of a configuration. By
    /// default `messagingv2`, or those that were [given](Self::driver) alone. One that is there twice
    /// counts once, and none at all is a notifier that does nothing.
    pub fn drivers(mut self, drivers: impl IntoIterator<Item = DriverName>) -> Self {
        #[cfg(feature = "config")]
        self.own_names.clear();
        let names = self.names.insert(Vec::new());
        for name in drivers {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self
    }

    /// Sets what the configuration says of `driver`, `topics` and `retry` of `[oslo_messaging_notifications]`: the drivers that
    /// it names instead of others, and none if it names none, as in oslo.messaging. A name that is none of oslo.messaging's
    /// is that of a [driver of one's own](Self::driver). The rules of `routing_config` are read when the notifier is
    /// [built](Self::build), with the feature `notification-routing`, unless rules were [given](Self::routing). What it does
    /// not say otherwise stays as it is. With the feature `config`.
    #[cfg(feature = "config")]
    pub fn config(mut self, config: &Config) -> Self {
        let configured = config.messaging().notifications;
        let names = configured.drivers.iter().map(String::as_str);
        self = self.drivers(names.clone().filter_map(DriverName::find));
        self.own_names = names.filter(|name| DriverName::find(name).is_none()).map(str::to_owned).collect();
        self.topics = configured.topics.or(self.topics);
        // It was read as one.
        self.retry = configured.retry.and_then(|retry| retry.try_into().ok()).unwrap_or(self.retry);
        #[cfg(feature = "notification-routing")]
        {
            self.routing_config = configured.routing_config;
        }
        self
    }

    /// One more driver that each event is given to.
    pub fn driver(mut self, driver: impl NotifyDriver + 'static) -> Self {
        self.own.push(Arc::new(driver));
        self
    }

    /// The rules of the driver [`Routing`](DriverName::Routing). Without that driver they play no part.
    #[cfg(feature = "notification-routing")]
    pub fn routing(mut self, rules: RoutingRules) -> Self {
        self.rules = Some(rules);
        self
    }

    /// A driver of one's own that the rules of routing may name.
    #[cfg(feature = "notification-routing")]
    pub fn routed_driver(mut self, driver: impl NotifyDriver + 'static) -> Self {
        self.routed.push(Arc::new(driver));
        self
    }

    /// How often an event that could not be delivered is tried again; for ever by default. See
    /// [Delivery](Notifier#delivery).
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How long one attempt may take, the wait for a connection included, if their number is limited; 10 s by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.patience.attempt = timeout;
        self
    }

    /// Whether the queues of the topics are declared before they are sent to, as oslo.messaging does; `true` by default. Then
    /// nothing is lost before the first listener comes, or when somebody has deleted a queue.
    ///
    /// Queues that nobody listens to grow. If `false`, what no queue is bound for is lost, and counts as sent.
    pub fn declare_queues(mut self, declare: bool) -> Self {
        self.patience.declare = declare;
        self
    }

    /// How many events that were emitted detached may wait; 1,024 by default, and at least 1. Together they take 64 MiB at
    /// most: larger ones leave room for fewer.
    pub fn detached_queue(mut self, events: usize) -> Self {
        self.limits.waiting = events.max(1);
        self
    }

    /// How many events that were emitted detached are under way at once; 16 by default, and at least 1. Only one at a time
    /// always keeps the order of those to one topic and priority.
    pub fn detached_in_flight(mut self, events: usize) -> Self {
        self.limits.under_way = events.max(1);
        self
    }

    /// For how long events that were emitted detached are still sent after the last copy of the notifier was dropped; 30 s by
    /// default.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// The runtime on which events that were emitted detached are sent; by default the one on which
    /// [`build`](Self::build) is called.
    pub fn runtime(mut self, runtime: Handle) -> Self {
        self.runtime = Some(runtime);
        self
    }

    /// Builds the notifier. Nothing is sent or declared yet.
    ///
    /// # Errors
    /// [`NotifierError`]: a topic or an exchange that is empty, longer than 255 bytes with its priority or has a word `*` or
    /// `#`; no topic; a topic that is there twice, or ends with a priority or a dot; the driver `routing` without rules, or with rules
    /// that name a driver that there is none of; no runtime.
    pub fn build(self) -> Result<Notifier, NotifierError> {
        self.check_names().map_err(|why| NotifierError::Name { why })?;
        #[cfg(feature = "config")]
        self.check_own_names()?;
        let runtime = self.runtime.clone().or_else(|| Handle::try_current().ok());
        let runtime = runtime.ok_or(NotifierError::NoRuntime)?;
        let (tally, log) = (Arc::default(), Arc::default());
        let bus = Arc::new(Bus {
            places: Places::new(
                self.exchange.clone(),
                self.topics.clone(),
                self.transport.control_exchange(),
            ),
            transport: self.transport.clone(),
            patience: self.patience,
            tally: Arc::clone(&tally),
            log: Arc::clone(&log),
        });
        let named = Named { bus, test: TestDriver::new() };
        let mut drivers = Vec::new();
        for name in self.names() {
            drivers.push(match named.driver(*name)? {
                Some(driver) => driver,
                None => self.routing_driver(&named)?,
            });
        }
        let test = self.names().contains(&DriverName::Test).then_some(named.test);
        drivers.extend(self.own);
        let outlet = Arc::new(Outlet { drivers, tally, log });
        let detached = Detached::new(Arc::clone(&outlet), self.limits, self.linger, runtime);
        Ok(Notifier::new(outlet, detached, test, self.publisher_id, self.retry))
    }

    fn names(&self) -> &[DriverName] {
        match &self.names {
            Some(names) => names,
            None if self.own.is_empty() => &[DriverName::MessagingV2],
            None => &[],
        }
    }

    #[cfg(not(feature = "notification-routing"))]
    fn routing_driver(&self, _: &Named) -> Result<Arc<dyn NotifyDriver>, NotifierError> {
        Err(NotifierError::NoRules)
    }

    #[cfg(feature = "notification-routing")]
    fn routing_driver(&self, named: &Named) -> Result<Arc<dyn NotifyDriver>, NotifierError> {
        let rules = self.routing_rules()?;
        let mut routed = HashMap::new();
        for driver in &self.routed {
            let name = driver.name();
            if DriverName::find(name).is_some() || routed.insert(name, driver).is_some() {
                return Err(NotifierError::DriverTwice { name: name.to_owned() });
            }
        }
        let find = |name: &str| match DriverName::find(name) {
            Some(name) => named.driver(name),
            None => Ok(routed.get(name).copied().cloned()),
        };
        Ok(Arc::new(RoutingDriver::new(&rules, find)?))
    }

    /// The rules that were given, or else those of the file that the configuration names.
    #[cfg(feature = "notification-routing")]
    fn routing_rules(&self) -> Result<Cow<'_, RoutingRules>, NotifierError> {
        if let Some(rules) = &self.rules {
            return Ok(Cow::Borrowed(rules));
        }
        #[cfg(feature = "config")]
        if let Some(file) = &self.routing_config {
            let read = RoutingRules::read(file).map(Cow::Owned);
            return read.map_err(|error| NotifierError::Rules { why: error.to_string() });
        }
        Err(NotifierError::NoRules)
    }

    #[cfg(feature = "config")]
    fn check_own_names(&self) -> Result<(), NotifierError> {
        let is_own = |name: &&String| self.own.iter().any(|driver| driver.name() == *name);
        match self.own_names.iter().find(|name| !is_own(name)) {
            None => Ok(()),
            Some(name) => {
                let unknown = UnknownDriver::new(name);
                Err(NotifierError::UnknownDriver { why: format!("the configuration's driver: {unknown}") })
            }
        }
    }

    fn check_names(&self) -> Result<(), String> {
        self.exchange.as_deref().map_or(Ok(()), check_exchange)?;
        let Some(topics) = self.topics.as_deref() else { return Ok(()) };
        if topics.is_empty() {
            return Err("the notifier has no topic".to_owned());
        }
        topics.iter().enumerate().try_for_each(|(n, topic)| {
            check_topic(topic)?;
            match topics[..n].contains(topic) {
                true => Err(format!("the topic {topic:?} is there twice")),
                false => Ok(()),
            }
        })
    }
}

impl fmt::Debug for NotifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotifierBuilder")
            .field("publisher_id", &self.publisher_id)
            .field("exchange", &self.exchange)
            .field("topics", &self.topics)
            .field("drivers", &self.names())
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
