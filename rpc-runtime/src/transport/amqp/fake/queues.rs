//! Queues of a [`FakeLink`](super::FakeLink), each for one consumer: what a channel has not settled when it is
//! closed is delivered again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, unfold};
use tokio::sync::mpsc;

use super::super::library::RawDelivery;
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
    consumer: Option<(usize, mpsc::UnboundedSender<RawDelivery>)>,
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
        all.queues.entry(queue.to_owned()).or_default().ready.push_back((body, false));
        all.deliver(queue);
    }

    /// Ends the consumer.
    pub(super) fn delete(&self, queue: &str) {
        self.0.lock().unwrap().queues.remove(queue);
    }

    pub(super) fn consume(&self, channel: usize, queue: &str) -> BoxStream<'static, RawDelivery> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut all = self.0.lock().unwrap();
        all.queues.entry(queue.to_owned()).or_default().consumer = Some((channel, sender));
        all.deliver(queue);
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
            queue.consumer.take_if(|(of, _)| *of == channel);
        }
        let delivered = all.channels.remove(&channel).unwrap_or_default();
        for (queue, body) in delivered.unsettled.into_values().rev() {
            all.queues.entry(queue.clone()).or_default().ready.push_front((body, true));
            all.deliver(&queue);
        }
    }
}

impl All {
    fn deliver(&mut self, name: &str) {
        let Some(queue) = self.queues.get_mut(name) else { return };
        let Some((channel, consumer)) = &queue.consumer else { return };
        let delivered = self.channels.entry(*channel).or_default();
        for (body, redelivered) in queue.ready.drain(..) {
            delivered.last += 1;
            let tag = delivered.last;
            delivered.unsettled.insert(tag, (name.to_owned(), body.clone()));
            let history = History::default();
            // Whoever stops to listen closes the channel next.
            let _ = consumer.send(RawDelivery { tag, body, labels: Labels::default(), redelivered, history });
        }
    }
}
