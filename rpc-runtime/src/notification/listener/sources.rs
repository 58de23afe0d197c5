//! What a listener listens to.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::Arc;

use super::endpoint::NotificationEndpoint;
use super::error::ListenerError;
use crate::notification::names::{TOPIC, check_exchange, check_length, check_topic};
use crate::notification::priority::Priority;
use crate::text::printable;
use crate::transport::driver::{NotificationAddress, Source};

/// A topic, and the exchange of its notifications.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Topic {
    pub(super) exchange: Arc<str>,
    pub(super) topic: Arc<str>,
}

impl Topic {
    /// The queue of its notifications of one priority, where no pool has another one.
    pub(super) fn queue(&self, priority: Priority) -> Arc<str> {
        format!("{}.{priority}", self.topic).into()
    }
}

/// Topics with their priorities.
#[derive(Debug)]
pub(super) struct Sources {
    /// The first ones are those that were named first.
    topics: Vec<Topic>,
    /// The queues that have something for an endpoint, and those that are listened to beside them.
    wanted: BTreeSet<(Topic, Priority)>,
    drained: BTreeSet<(Topic, Priority)>,
    pool: Option<Arc<str>>,
}

impl Sources {
    /// The topics that were named, each with the priorities of all endpoints, or else those of the events of each endpoint
    /// with its own; with `drain`, the other priorities of the same topics too.
    pub(super) fn new(
        named: &[Topic],
        control_exchange: &Arc<str>,
        endpoints: &[NotificationEndpoint],
        pool: Option<Arc<str>>,
        drain: bool,
    ) -> Result<Self, ListenerError> {
        let own = |endpoint: &NotificationEndpoint| {
            let events = endpoint.events();
            let exchange = events.exchange.map_or_else(|| Arc::clone(control_exchange), Arc::from);
            Topic { exchange, topic: events.topic.unwrap_or(TOPIC).into() }
        };
        let mut topics = Vec::new();
        for topic in named.iter().cloned().chain(endpoints.iter().filter(|_| named.is_empty()).map(own)) {
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        if topics.is_empty() {
            topics.push(Topic { exchange: Arc::clone(control_exchange), topic: TOPIC.into() });
        }
        let mut wanted = BTreeSet::new();
        for endpoint in endpoints {
            let of_endpoint = if named.is_empty() { vec![own(endpoint)] } else { named.to_vec() };
            for topic in of_endpoint {
                wanted.extend(endpoint.get_priorities().iter().map(|priority| (topic.clone(), *priority)));
            }
        }
        let all = topics.iter().flat_map(|topic| Priority::ALL.map(|priority| (topic.clone(), priority)));
        let drained = all.filter(|source| drain && !wanted.contains(source)).collect();
        let sources = Self { topics, wanted, drained, pool };
        sources.check()?;
        Ok(sources)
    }

    fn check(&self) -> Result<(), ListenerError> {
        for Topic { exchange, topic } in &self.topics {
            check_exchange(exchange).and_then(|()| check_topic(topic)).map_err(ListenerError::name)?;
        }
        let Some(pool) = &self.pool else { return Ok(()) };
        if pool.is_empty() {
            return Err(ListenerError::name("the name of the pool is empty"));
        }
        check_length("pool", pool).map_err(ListenerError::name)?;
        if self.plain_queues().contains(pool) {
            return Err(ListenerError::name(format!(
                "the pool {pool:?} has the name of a queue of its own topics: it would take what is for the listeners of \
                 that queue"
            )));
        }
        Ok(())
    }

    /// The queues that listeners without a pool share, of all priorities.
    pub(super) fn plain_queues(&self) -> HashSet<Arc<str>> {
        self.topics.iter().flat_map(|topic| Priority::ALL.map(|priority| topic.queue(priority))).collect()
    }

    /// Those of them that have copies of what goes to the pool; none without a pool.
    pub(super) fn beside_pool(&self) -> BTreeSet<Arc<str>> {
        self.pool.iter().flat_map(|_| &self.wanted).map(|(topic, priority)| topic.queue(*priority)).collect()
    }

    /// The queues that are consumed from.
    pub(super) fn consumed(&self) -> HashSet<Arc<str>> {
        match &self.pool {
            Some(pool) => HashSet::from([Arc::clone(pool)]),
            None => self
                .wanted
                .iter()
                .chain(&self.drained)
                .map(|(topic, priority)| topic.queue(*priority))
                .collect(),
        }
    }

    /// Those of them that no endpoint wants anything of.
    pub(super) fn only_drained(&self) -> HashSet<Arc<str>> {
        let wanted: HashSet<_> = self.wanted.iter().map(|(topic, priority)| topic.queue(*priority)).collect();
        let drained = self.drained.iter().map(|(topic, priority)| topic.queue(*priority));
        drained.filter(|queue| !wanted.contains(queue)).collect()
    }

    /// The exchange of what is given up, and what its topic is called after.
    pub(super) fn dead_letters(&self) -> Option<(&Arc<str>, &Arc<str>)> {
        let Topic { exchange, topic } = self.topics.first()?;
        Some((exchange, self.pool.as_ref().unwrap_or(topic)))
    }

    /// The same for a driver, in the order of the topics, whose first one is that of the dead letters.
    pub(super) fn address(&self) -> NotificationAddress {
        let both = || self.wanted.iter().chain(&self.drained);
        let of_topic = |topic| both().filter(move |(other, _)| other == topic);
        let source = |(topic, priority): &(Topic, Priority)| {
            let (exchange, queue) = (Arc::clone(&topic.exchange), topic.queue(*priority));
            Source { exchange, queue }
        };
        let sources = self.topics.iter().flat_map(of_topic).map(source).collect();
        NotificationAddress { sources, pool: self.pool.clone() }
    }
}

/// For logs: `notifications, versioned_notifications for the pool billing`. A name may have any characters.
impl fmt::Display for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topics: BTreeSet<_> = self.topics.iter().map(|topic| &*topic.topic).collect();
        f.write_str(&topics.into_iter().map(printable).collect::<Vec<_>>().join(", "))?;
        match &self.pool {
            Some(pool) => write!(f, " for the pool {}", printable(pool)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::notification::description::EventSet;
    use crate::notification::listener::Meta;
    use crate::notification::notified::Notification;
    use crate::notification::typed::{PayloadError, RpcNotification};
    use crate::wire::EncodeError;

    fn topic(exchange: &str, topic: &str) -> Topic {
        Topic { exchange: exchange.into(), topic: topic.into() }
    }

    fn sources(named: &[Topic], pool: Option<&str>, drain: bool) -> Sources {
        let endpoint = NotificationEndpoint::new(|_: Context, _: Notification, _: Meta| async {});
        let endpoint = endpoint.priorities([Priority::Info]);
        Sources::new(named, &"openstack".into(), &[endpoint], pool.map(Arc::from), drain).unwrap()
    }

    #[test]
    fn the_first_topic_is_the_first_source() {
        let named = [topic("nova", "z"), topic("cinder", "a"), topic("nova", "z")];
        let plain = sources(&named, None, false);
        let address = plain.address();
        let shown: Vec<_> =
            address.sources.iter().map(|it| format!("{}/{}", it.exchange, it.queue)).collect();
        assert_eq!(shown, ["nova/z.info", "cinder/a.info"]);
        assert_eq!(plain.dead_letters(), Some((&"nova".into(), &"z".into())));
        assert_eq!((plain.to_string().as_str(), plain.beside_pool().len()), ("a, z", 0));

        let pooled = sources(&named, Some("billing"), false);
        assert_eq!(pooled.dead_letters(), Some((&"nova".into(), &"billing".into())));
        assert_eq!(pooled.consumed(), HashSet::from(["billing".into()]));
        assert_eq!(pooled.beside_pool(), BTreeSet::from(["a.info".into(), "z.info".into()]));
        assert_eq!(
            (pooled.to_string().as_str(), pooled.address().sources),
            ("a, z for the pool billing", address.sources)
        );
    }

    #[test]
    fn a_name_makes_no_line_of_its_own() {
        let odd = sources(
            &[topic("x", "a\n2026 INFO forged"), topic("x", "\u{1b}[2J")],
            Some("p\r\u{202e}"),
            false,
        );
        assert_eq!(odd.to_string(), r"\u{1b}[2J, a\n2026 INFO forged for the pool p\r\u{202e}");
    }

    /// Whatever happens in nova.
    struct Novas;

    impl RpcNotification for Novas {
        const EVENTS: EventSet = EventSet { exchange: Some("nova"), ..EventSet::any("Novas") };

        fn notification(&self) -> Result<Notification, EncodeError> {
            Notification::new(Priority::Info, "e", &())
        }

        fn read(_: &Notification) -> Result<Option<Self>, PayloadError> {
            Ok(Some(Self))
        }
    }

    /// A queue has no exchange in its name.
    #[test]
    fn a_queue_that_has_something_wanted_is_not_only_drained() {
        let ours = NotificationEndpoint::new(|_: Context, _: Notification, _: Meta| async {});
        let novas = NotificationEndpoint::new(|_: Context, _: Novas, _: Meta| async {});
        let endpoints = [ours.priorities([Priority::Info]), novas.priorities([Priority::Error])];
        let both = Sources::new(&[], &"openstack".into(), &endpoints, None, true).unwrap();
        let (consumed, drained) = (both.consumed(), both.only_drained());
        assert_eq!((consumed.len(), drained.len(), both.address().sources.len()), (7, 5, 14));
        assert!(!drained.contains("notifications.info") && !drained.contains("notifications.error"));
    }
}
