//! All queues and consumers of one broker, changed under one lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::QueueName;
use super::queue::{Message, Queue};
use crate::clock::after;
use crate::transport::driver::{
    Delivery, History, Outgoing, PublishError, PublishFault, Route, Settle, Settler, Verdict,
};
use crate::wire::Content;

/// Tells consumers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ConsumerId(u64);

#[derive(Default)]
pub(super) struct State {
    queues: HashMap<QueueName, Queue>,
    consumers: HashMap<ConsumerId, Held>,
    next_consumer: u64,
}

/// Whose a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owned {
    /// It stays, with its messages, for the next server of its name.
    Shared,
    /// It goes when its one consumer goes.
    ByConsumer,
}

/// What a consumer has.
struct Held {
    settler: Arc<dyn Settler>,
    sender: mpsc::Sender<Delivery>,
    prefetch: usize,
    next_tag: u64,
    /// Delivered and not settled, by tag.
    unsettled: BTreeMap<u64, (QueueName, Message)>,
    queues: Vec<(QueueName, Owned)>,
}

impl Held {
    fn has_room(&self) -> bool {
        self.unsettled.len() < self.prefetch && self.sender.capacity() > 0 && !self.sender.is_closed()
    }
}

impl State {
    pub(super) fn add_consumer<S: Settler + 'static>(
        &mut self,
        sender: mpsc::Sender<Delivery>,
        prefetch: usize,
        settler: impl FnOnce(ConsumerId) -> Arc<S>,
    ) -> ConsumerId {
        let id = ConsumerId(self.next_consumer);
        self.next_consumer += 1;
        let settler = settler(id);
        let held =
            Held { settler, sender, prefetch, next_tag: 1, unsettled: BTreeMap::new(), queues: Vec::new() };
        self.consumers.insert(id, held);
        id
    }

    /// Makes a queue if it is not there.
    pub(super) fn declare(&mut self, name: QueueName) {
        self.queues.entry(name).or_default();
    }

    /// Lets a consumer take from a queue, which is made if it is not there.
    pub(super) fn consume(&mut self, id: ConsumerId, name: QueueName, owned: Owned) {
        self.queues.entry(name.clone()).or_default().subscribe(id);
        if let Some(held) = self.consumers.get_mut(&id) {
            held.queues.push((name.clone(), owned));
        }
        self.pump(&name);
    }

    pub(super) fn publish(&mut self, message: Outgoing, deliveries: u32) -> Result<(), PublishError> {
        let Outgoing { route, body, mandatory, expiration, .. } = message;
        let message = Message { body, expires: expiration.map(after), deliveries, redelivered: false };
        let names = self.routed(&route);
        if names.is_empty() && mandatory {
            return Err(PublishFault::Unroutable(format!("no queue takes messages for {route}")).into());
        }
        // A full queue is no reason to keep a fanout from the others.
        let mut full = false;
        for name in names {
            full |= !self.queues.entry(name.clone()).or_default().push(message.clone());
            self.pump(&name);
        }
        if full { Err(PublishFault::Refused(format!("a queue of {route} is full")).into()) } else { Ok(()) }
    }

    /// The queues that take messages for a route; only a fanout needs to look for them.
    fn routed(&self, route: &Route) -> Vec<QueueName> {
        let name = match route {
            Route::Topic { exchange, topic, server } => QueueName::topic(exchange, topic, server.as_ref()),
            Route::Reply { queue } => QueueName::Reply(Arc::clone(queue)),
            Route::Fanout { .. } => {
                return self.queues.keys().filter(|name| name.takes(route)).cloned().collect();
            }
        };
        if self.queues.contains_key(&name) { vec![name] } else { Vec::new() }
    }

    /// Whether the message was still the consumer's to settle.
    pub(super) fn settle(&mut self, id: ConsumerId, tag: u64, verdict: Verdict) -> bool {
        // A consumer that was removed gave everything back already.
        let Some(held) = self.consumers.get_mut(&id) else { return false };
        let Some((name, message)) = held.unsettled.remove(&tag) else { return false };
        if verdict == (Verdict::Reject { requeue: true })
            && let Some(queue) = self.queues.get_mut(&name)
        {
            queue.push_front(message);
        }
        let names: Vec<QueueName> = self.queues_of(id);
        for name in names {
            self.pump(&name);
        }
        true
    }

    pub(super) fn holds(&self, id: ConsumerId, tag: u64) -> bool {
        self.consumers.get(&id).is_some_and(|held| held.unsettled.contains_key(&tag))
    }

    fn queues_of(&self, id: ConsumerId) -> Vec<QueueName> {
        self.consumers
            .get(&id)
            .into_iter()
            .flat_map(|held| &held.queues)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Gives a consumer nothing more; what it has is still its own.
    pub(super) fn unsubscribe(&mut self, id: ConsumerId) {
        for name in self.queues_of(id) {
            if let Some(queue) = self.queues.get_mut(&name) {
                queue.unsubscribe(id);
            }
        }
    }

    /// Takes a consumer out: what it had goes back, in order, and its own queues go.
    pub(super) fn remove_consumer(&mut self, id: ConsumerId) {
        let Some(held) = self.consumers.remove(&id) else { return };
        for (name, message) in held.unsettled.into_values().rev() {
            if let Some(queue) = self.queues.get_mut(&name) {
                queue.push_front(message);
            }
        }
        for (name, owned) in held.queues {
            if owned == Owned::ByConsumer {
                self.queues.remove(&name);
            } else if let Some(queue) = self.queues.get_mut(&name) {
                queue.unsubscribe(id);
                self.pump(&name);
            }
        }
    }

    /// Delivers what waits in a queue to consumers with room.
    fn pump(&mut self, name: &QueueName) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        let consumers = &mut self.consumers;
        while let Some((mut message, id)) = queue.next(|id| consumers.get(&id).is_some_and(Held::has_room)) {
            let Some(held) = consumers.get_mut(&id) else { break };
            let tag = held.next_tag;
            held.next_tag += 1;
            let delivery = Delivery {
                body: message.body.clone(),
                content_type: Some(Content::CONTENT_TYPE.to_owned()),
                compression: None,
                redelivered: message.redelivered,
                history: History { counted: Some(message.deliveries), noted: 0, expiration: None },
                queue: name.text(),
                settle: Settle::new(Arc::clone(&held.settler), tag),
            };
            message.deliveries = message.deliveries.saturating_add(1);
            held.unsettled.insert(tag, (name.clone(), message));
            // There is room, as only the holder of this lock sends. If the receiver went just now,
            // the message goes back when the consumer is removed.
            drop(held.sender.try_send(delivery));
        }
    }
}
