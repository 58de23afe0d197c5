//! All queues and consumers of one broker, changed under one lock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::iter::repeat_n;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::ids::{ConsumerId, QueueId};
use super::queue::{Message, Queue};
use crate::clock::later;
use crate::error::{Fault, FaultKind, Reached};
use crate::transport::driver::{
    Delivery, History, Labels, Outgoing, PublishError, PublishFault, Route, Settle, Settler, Verdict,
};

#[derive(Default)]
pub(super) struct State {
    /// The queues that take the messages for a route; only a fanout has several.
    bound: HashMap<Route, Vec<QueueId>>,
    queues: BTreeMap<QueueId, Queue>,
    /// Those of notifications, which several routes may lead to, by their names.
    named: HashMap<Arc<str>, QueueId>,
    consumers: BTreeMap<ConsumerId, Held>,
    /// Queues that a consumer has left, the longest ago first; some may be in use again.
    left: VecDeque<QueueId>,
    next_id: u64,
}

/// Queues of servers that are gone, without messages, of which there are no more than this: a queue stays for the
/// next server of its name, but names can be made up without end.
const IDLE: usize = 1024;

/// Whose a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owned {
    /// It stays, with its messages, for the next server of its route.
    Shared,
    /// It is one more of its route, and goes when its one consumer goes.
    ByConsumer,
}

/// What a consumer has.
struct Held {
    settler: Arc<dyn Settler>,
    sender: mpsc::Sender<Delivery>,
    prefetch: usize,
    next_tag: u64,
    /// Delivered and not settled, by tag.
    unsettled: BTreeMap<u64, (QueueId, Message)>,
    queues: Vec<(QueueId, Owned)>,
}

impl Held {
    /// All that waits in the channel is unsettled, so that it has room as well.
    fn has_room(&self) -> bool {
        self.unsettled.len() < self.prefetch && !self.sender.is_closed()
    }
}

impl State {
    pub(super) fn add_consumer<S: Settler + 'static>(
        &mut self,
        sender: mpsc::Sender<Delivery>,
        prefetch: usize,
        settler: impl FnOnce(ConsumerId) -> Arc<S>,
    ) -> ConsumerId {
        let id = ConsumerId(self.next_id());
        let settler = settler(id);
        let held =
            Held { settler, sender, prefetch, next_tag: 1, unsettled: BTreeMap::new(), queues: Vec::new() };
        self.consumers.insert(id, held);
        id
    }

    /// Makes the queue of a route if it is not there.
    pub(super) fn declare(&mut self, route: Route) {
        self.queue(bound_as(route), Owned::Shared);
    }

    /// Makes a queue of that name if it is not there, and leads a route to it.
    pub(super) fn bind(&mut self, name: &Arc<str>, route: Route) -> QueueId {
        let at = match self.named.get(name) {
            Some(at) => *at,
            None => {
                let at = QueueId(self.next_id());
                self.queues.insert(at, Queue::new(Arc::clone(name)));
                self.named.insert(Arc::clone(name), at);
                at
            }
        };
        let bound = self.bound.entry(route).or_default();
        if !bound.contains(&at) {
            bound.push(at);
        }
        at
    }

    /// How many consume from a queue of notifications, if it is there.
    #[cfg(feature = "notifications")]
    pub(super) fn consumers_of(&self, name: &str) -> Option<u32> {
        let queue = self.queues.get(self.named.get(name)?)?;
        Some(u32::try_from(queue.consumers()).unwrap_or(u32::MAX))
    }

    /// Lets a consumer take from a queue of a route, which is made if it is not there.
    pub(super) fn consume(&mut self, id: ConsumerId, route: Route, owned: Owned) {
        let at = self.queue(bound_as(route), owned);
        self.subscribe(id, at, owned);
    }

    /// Lets a consumer take from a queue.
    pub(super) fn subscribe(&mut self, id: ConsumerId, at: QueueId, owned: Owned) {
        if let Some(held) = self.consumers.get_mut(&id) {
            held.queues.push((at, owned));
        }
        if let Some(queue) = self.queues.get_mut(&at) {
            queue.subscribe(id);
        }
        self.pump(at);
    }

    fn queue(&mut self, route: Route, owned: Owned) -> QueueId {
        if owned == Owned::Shared
            && let Some(at) = self.bound.get(&route).and_then(|bound| bound.first())
        {
            return *at;
        }
        let number = self.next_id();
        // As RabbitMQ would call it.
        let name = match &route {
            Route::Topic { topic, server: None, .. } | Route::DeadLetters { topic, .. } => Arc::clone(topic),
            Route::Topic { topic, server: Some(server), .. } => format!("{topic}.{server}").into(),
            Route::Fanout { topic, .. } => format!("{topic}_fanout_{number}").into(),
            Route::Reply { queue: name }
            | Route::Queue { name }
            | Route::Notification { queue: name, .. } => Arc::clone(name),
        };
        let at = QueueId(number);
        self.queues.insert(at, Queue::new(name));
        self.bound.entry(route).or_default().push(at);
        at
    }

    fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(super) fn publish(
        &mut self,
        message: Outgoing,
        deliveries: u32,
        now: Instant,
    ) -> Result<(), PublishError> {
        let Outgoing { route, body, mandatory, expiration, .. } = message;
        let route = bound_as(route);
        let Some(bound) = self.bound.get(&route) else {
            return if mandatory { Err(no_queue(&route).into()) } else { Ok(()) };
        };
        let expires = expiration.map(|expiration| later(now, expiration));
        let message = Message { body, expires, deliveries, redelivered: false };
        // A full queue is no reason to keep a fanout from the others.
        let (mut taken, mut full) = (0_usize, 0_usize);
        for (at, message) in bound.iter().zip(repeat_n(message, bound.len())) {
            if let Some(queue) = self.queues.get_mut(at) {
                let counted = if queue.push(message) { &mut taken } else { &mut full };
                *counted += 1;
                deliver(*at, queue, &mut self.consumers, now);
            }
        }
        match (taken, full) {
            (_, 0) => Ok(()),
            (0, _) => Err(no_room(&route).into()),
            _ => {
                let why = format!("{full} of the {} queues of {route} are full", taken + full);
                Err(PublishError { fault: refused(why), reached: Reached::Confirmed })
            }
        }
    }

    /// The queues that take the messages for a route, if there is one.
    #[cfg(feature = "testing")]
    pub(super) fn queues_of_route(&self, route: Route) -> Option<Vec<QueueId>> {
        self.bound.get(&bound_as(route)).cloned()
    }

    /// Puts a message into one queue; `false` if that is full.
    #[cfg(feature = "testing")]
    pub(super) fn put(&mut self, at: QueueId, message: Message, now: Instant) -> bool {
        let Some(queue) = self.queues.get_mut(&at) else { return true };
        let taken = queue.push(message);
        deliver(at, queue, &mut self.consumers, now);
        taken
    }

    /// Whether the message was still the consumer's to settle.
    pub(super) fn settle(&mut self, id: ConsumerId, tag: u64, verdict: Verdict) -> bool {
        // A consumer that was removed gave everything back already.
        let Some(held) = self.consumers.get_mut(&id) else { return false };
        let had_room = held.has_room();
        let Some((at, message)) = held.unsettled.remove(&tag) else { return false };
        if verdict == (Verdict::Reject { requeue: true })
            && let Some(queue) = self.queues.get_mut(&at)
        {
            queue.push_front(message);
            self.pump(at);
        }
        // Else nothing waits for it.
        if !had_room {
            self.queues_of(id).into_iter().for_each(|at| self.pump(at));
        }
        true
    }

    pub(super) fn holds(&self, id: ConsumerId, tag: u64) -> bool {
        self.consumers.get(&id).is_some_and(|held| held.unsettled.contains_key(&tag))
    }

    fn queues_of(&self, id: ConsumerId) -> Vec<QueueId> {
        self.consumers.get(&id).into_iter().flat_map(|held| &held.queues).map(|(at, _)| *at).collect()
    }

    /// Gives a consumer nothing more; what it has is still its own.
    pub(super) fn unsubscribe(&mut self, id: ConsumerId) {
        for at in self.queues_of(id) {
            if let Some(queue) = self.queues.get_mut(&at) {
                queue.unsubscribe(id);
            }
        }
    }

    /// Takes a consumer out: what it had goes back, in order, and its own queues go.
    pub(super) fn remove_consumer(&mut self, id: ConsumerId) {
        let Some(held) = self.consumers.remove(&id) else { return };
        for (at, message) in held.unsettled.into_values().rev() {
            if let Some(queue) = self.queues.get_mut(&at) {
                queue.push_front(message);
            }
        }
        for (at, owned) in held.queues {
            if owned == Owned::ByConsumer {
                self.remove_queue(at);
            } else if let Some(queue) = self.queues.get_mut(&at) {
                queue.unsubscribe(id);
                self.pump(at);
                self.left.push_back(at);
            }
        }
        while self.left.len() > IDLE
            && let Some(at) = self.left.pop_front()
        {
            if self.queues.get(&at).is_some_and(Queue::is_idle) && !self.left.contains(&at) {
                self.remove_queue(at);
            }
        }
    }

    fn remove_queue(&mut self, at: QueueId) {
        if let Some(queue) = self.queues.remove(&at)
            && self.named.get(queue.name()) == Some(&at)
        {
            self.named.remove(queue.name());
        }
        self.bound.retain(|_, bound| {
            bound.retain(|other| *other != at);
            !bound.is_empty()
        });
    }

    /// Delivers what waits in a queue to consumers with room.
    fn pump(&mut self, at: QueueId) {
        if let Some(queue) = self.queues.get_mut(&at) {
            deliver(at, queue, &mut self.consumers, Instant::now());
        }
    }
}

fn refused(why: String) -> PublishFault {
    PublishFault::Refused(Fault::new(FaultKind::Nacked, why))
}

pub(super) fn no_room(route: &Route) -> PublishFault {
    refused(format!("a queue of {route} is full"))
}

pub(super) fn no_queue(route: &Route) -> PublishFault {
    PublishFault::Unroutable(format!("no queue takes messages for {route}"))
}

/// The route by which its queues are found: a fanout goes to all servers of its topic in any exchange, as with
/// RabbitMQ, and dead letters are a topic like any other.
fn bound_as(route: Route) -> Route {
    match route {
        Route::Fanout { topic, .. } => Route::Fanout { exchange: "".into(), topic, server: None },
        Route::DeadLetters { exchange, topic } => Route::Topic { exchange, topic, server: None },
        other => other,
    }
}

fn deliver(at: QueueId, queue: &mut Queue, consumers: &mut BTreeMap<ConsumerId, Held>, now: Instant) {
    while let Some((mut message, id)) = queue.next(now, |id| consumers.get(&id).is_some_and(Held::has_room)) {
        let Some(held) = consumers.get_mut(&id) else { break };
        let tag = held.next_tag;
        held.next_tag += 1;
        let delivery = Delivery {
            body: message.body.clone(),
            labels: Labels::json(),
            beside: None,
            redelivered: message.redelivered,
            history: History { counted: Some(message.deliveries), noted: 0, expiration: None },
            expires: message.expires,
            queue: Arc::clone(queue.name()),
            excess: None,
            settle: Settle::new(Arc::clone(&held.settler), tag),
        };
        message.deliveries = message.deliveries.saturating_add(1);
        held.unsettled.insert(tag, (at, message));
        // There is room, as only the holder of the lock sends. If the receiver went just now, the
        // message goes back when the consumer is removed.
        drop(held.sender.try_send(delivery));
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::transport::driver::Wanted;

    const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

    fn notify(state: &mut State, exchange: &str, queue: &str) -> Result<(), PublishError> {
        let route = Route::Notification { exchange: exchange.into(), queue: queue.into() };
        let now = Instant::now();
        let (body, mandatory, wanted) = (Bytes::new(), true, Wanted::AtOnce);
        let message =
            Outgoing { route, body, ask: None, mandatory, expiration: None, deadline: now + MINUTE, wanted };
        state.publish(message, 0, now)
    }

    #[tokio::test]
    async fn a_queue_has_what_goes_to_each_of_its_routes() {
        let mut state = State::default();
        let mut bind = |name: &str, exchange: &str, queue: &str| {
            let route = Route::Notification { exchange: exchange.into(), queue: queue.into() };
            state.bind(&name.into(), route)
        };
        let plain = bind("t.info", "nova", "t.info");
        assert_eq!(bind("t.info", "cinder", "t.info"), plain, "its name has no exchange in it");
        let pool = bind("pool", "nova", "t.info");
        bind("pool", "nova", "t.error");
        for (exchange, queue) in [("nova", "t.info"), ("cinder", "t.info"), ("nova", "t.error")] {
            notify(&mut state, exchange, queue).unwrap();
        }
        let refused = notify(&mut state, "cinder", "t.error").unwrap_err();
        assert!(matches!(refused.fault, PublishFault::Unroutable(_)), "{refused}");
        let count = |at| state.queues[&at].len();
        assert_eq!((count(plain), count(pool)), (2, 2));

        state.remove_queue(pool);
        notify(&mut state, "nova", "t.error").unwrap_err();
        state.bind(&"pool".into(), Route::Notification { exchange: "nova".into(), queue: "t.error".into() });
        notify(&mut state, "nova", "t.error").unwrap();
    }
}
