//! Queues and streams of a [`FakeLink`](super::FakeLink), each for one consumer: what a channel has not settled when it
//! is closed is delivered again by a queue. By a stream it is not.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, unfold};
use tokio::sync::mpsc;

use super::super::library::{Counts, RawDelivery};
use super::super::topology::{Argument, Consume};
use crate::transport::driver::{History, Labels};

#[derive(Default)]
pub(super) struct Queues(Mutex<All>);

#[derive(Default)]
struct All {
    queues: BTreeMap<String, Queue>,
    channels: BTreeMap<usize, Delivered>,
}

#[derive(Default)]
struct Queue {
    /// Each with whether it was delivered before.
    ready: VecDeque<(Bytes, bool)>,
    /// One at most, unless it is a stream.
    consumers: Vec<Consumer>,
    /// All that it ever had, if it is a stream.
    log: Option<Vec<Bytes>>,
    /// How many messages it says that it has, if not as many as there are.
    counted: Option<u32>,
}

struct Consumer {
    channel: usize,
    sender: mpsc::UnboundedSender<RawDelivery>,
    /// The offset of the next message of a stream.
    next: usize,
}

/// What one channel has delivered.
#[derive(Default)]
struct Delivered {
    last: u64,
    unsettled: BTreeMap<u64, (String, Bytes)>,
}

impl Queues {
    pub(super) fn put(&self, queue: &str, body: Bytes) {
        let mut all = self.0.lock().unwrap();
        let found = all.queues.entry(queue.to_owned()).or_default();
        match &mut found.log {
            Some(log) => log.push(body),
            None => found.ready.push_back((body, false)),
        }
        all.deliver(queue);
    }

    pub(super) fn stream(&self, name: &str, bodies: &[&str]) {
        let log = bodies.iter().map(|body| Bytes::copy_from_slice(body.as_bytes())).collect();
        let stream = Queue { log: Some(log), ..Queue::default() };
        self.0.lock().unwrap().queues.insert(name.to_owned(), stream);
    }

    pub(super) fn counts(&self, stream: &str, messages: u32) {
        self.0.lock().unwrap().queues.entry(stream.to_owned()).or_default().counted = Some(messages);
    }

    /// Ends the consumer.
    pub(super) fn delete(&self, queue: &str) {
        self.0.lock().unwrap().queues.remove(queue);
    }

    /// None of one that nobody has put anything into, or consumed from.
    pub(super) fn count(&self, queue: &str) -> Option<Counts> {
        let all = self.0.lock().unwrap();
        let Queue { ready, consumers, log, counted } = all.queues.get(queue)?;
        let (consumers, messages) = match log {
            Some(log) => (0, log.len()),
            None => (consumers.len(), ready.len()),
        };
        let number = |count| u32::try_from(count).unwrap();
        Some(Counts { consumers: number(consumers), messages: counted.unwrap_or(number(messages)) })
    }

    pub(super) fn consume(&self, channel: usize, consume: &Consume) -> BoxStream<'static, RawDelivery> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut all = self.0.lock().unwrap();
        let queue = all.queues.entry(consume.queue.to_string()).or_default();
        let next = match (&queue.log, consume.arguments.first()) {
            (Some(_), Some((_, Argument::Number(offset)))) => usize::try_from(*offset).unwrap(),
            (Some(_), Some((_, Argument::Text(place)))) if place == "first" => 0,
            // One message is a chunk here.
            (Some(log), _) => log.len().saturating_sub(1),
            (None, _) => {
                queue.consumers.clear();
                0
            }
        };
        queue.consumers.push(Consumer { channel, sender, next });
        all.deliver(&consume.queue);
        unfold(receiver, |mut receiver| async { receiver.recv().await.map(|it| (it, receiver)) }).boxed()
    }

    pub(super) fn settle(&self, channel: usize, tag: u64, multiple: bool) {
        let mut all = self.0.lock().unwrap();
        let unsettled = &mut all.channels.entry(channel).or_default().unsettled;
        unsettled.retain(|other, _| *other != tag && !(multiple && *other < tag));
    }

    pub(super) fn unsettled(&self) -> usize {
        self.0.lock().unwrap().channels.values().map(|channel| channel.unsettled.len()).sum()
    }

    pub(super) fn close(&self, channel: usize) {
        let mut all = self.0.lock().unwrap();
        for queue in all.queues.values_mut() {
            queue.consumers.retain(|consumer| consumer.channel != channel);
        }
        let delivered = all.channels.remove(&channel).unwrap_or_default();
        for (name, body) in delivered.unsettled.into_values().rev() {
            let queue = all.queues.entry(name.clone()).or_default();
            if queue.log.is_none() {
                queue.ready.push_front((body, true));
                all.deliver(&name);
            }
        }
    }
}

impl All {
    fn deliver(&mut self, name: &str) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        for Consumer { channel, sender, next } in &mut queue.consumers {
            let mut incoming: Vec<_> =
                queue.ready.drain(..).map(|(body, redelivered)| (body, redelivered, None)).collect();
            if let Some(log) = &queue.log {
                let offsets = *next..log.len();
                incoming
                    .extend(offsets.map(|offset| (log[offset].clone(), false, u64::try_from(offset).ok())));
                *next = log.len().max(*next);
            }
            let delivered = self.channels.entry(*channel).or_default();
            for (body, redelivered, offset) in incoming {
                delivered.last += 1;
                let tag = delivered.last;
                delivered.unsettled.insert(tag, (name.to_owned(), body.clone()));
                let (labels, history) = (Labels::default(), History::default());
                // Whoever stops to listen closes the channel next.
                let _ = sender.send(RawDelivery { tag, body, labels, redelivered, history, offset });
            }
        }
    }
}
