//! A queue: messages that wait, consumers in turn.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::ids::ConsumerId;

/// Messages that a queue holds at most, and their bytes, so that a topic whose server is gone can't eat the memory.
const MAX_LENGTH: usize = 65_536;
const MAX_BYTES: usize = 256 << 20;

/// A message in a queue or with a consumer.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) body: Bytes,
    pub(super) expires: Option<Instant>,
    /// How often it was delivered, here and before it came here.
    pub(super) deliveries: u32,
    pub(super) redelivered: bool,
}

#[derive(Debug)]
pub(super) struct Queue {
    name: Arc<str>,
    messages: VecDeque<Message>,
    /// Of the bodies of these.
    bytes: usize,
    /// In turn: whoever got the last message is at the end.
    consumers: VecDeque<ConsumerId>,
}

impl Queue {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, messages: VecDeque::new(), bytes: 0, consumers: VecDeque::new() }
    }

    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    #[cfg(feature = "notifications")]
    pub(super) fn consumers(&self) -> usize {
        self.consumers.len()
    }

    /// Adds a message; `false` if the queue is full.
    pub(super) fn push(&mut self, message: Message) -> bool {
        let room = self.messages.len() < MAX_LENGTH && self.bytes < MAX_BYTES;
        if room {
            self.bytes += message.body.len();
            self.messages.push_back(message);
        }
        room
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether it has neither messages nor consumers.
    pub(super) fn is_idle(&self) -> bool {
        self.messages.is_empty() && self.consumers.is_empty()
    }

    fn pop(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.body.len();
        Some(message)
    }

    /// Puts a message back to where it came from.
    pub(super) fn push_front(&mut self, message: Message) {
        self.bytes += message.body.len();
        self.messages.push_front(Message { redelivered: true, ..message });
    }

    pub(super) fn subscribe(&mut self, consumer: ConsumerId) {
        self.consumers.push_back(consumer);
    }

    pub(super) fn unsubscribe(&mut self, consumer: ConsumerId) {
        self.consumers.retain(|other| *other != consumer);
    }

    /// The next message and the consumer whose turn it is among those with room.
    pub(super) fn next(
        &mut self,
        now: Instant,
        has_room: impl Fn(ConsumerId) -> bool,
    ) -> Option<(Message, ConsumerId)> {
        while self.messages.front().is_some_and(|message| message.expires.is_some_and(|at| at <= now)) {
            self.pop();
        }
        let turn = self.consumers.iter().position(|consumer| has_room(*consumer))?;
        let message = self.pop()?;
        let consumer = self.consumers.remove(turn)?;
        self.consumers.push_back(consumer);
        Some((message, consumer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_so_many_messages_or_bytes() {
        let message =
            |body: &Bytes| Message { body: body.clone(), expires: None, deliveries: 0, redelivered: false };
        for (body, count) in [(Bytes::new(), MAX_LENGTH), (Bytes::from(vec![0; 1 << 20]), MAX_BYTES >> 20)] {
            let mut queue = Queue::new("q".into());
            queue.subscribe(ConsumerId(1));
            assert!((0..count).all(|_| queue.push(message(&body))));
            assert!(!queue.push(message(&body)));
            let (taken, _) = queue.next(Instant::now(), |_| true).unwrap();
            assert!(queue.push(message(&body)));
            // What goes back finds room in any case.
            queue.push_front(taken);
            assert!(!queue.push(message(&body)));
        }
    }
}
