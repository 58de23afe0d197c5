//! The receiving task of a listener.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};

use super::batch::{Batch, Item, Right};
use super::message::Message;
use super::notifications::Notifications;
use super::verdict::Verdict;
use crate::clock::after;
use crate::receiving::{
    Ending, Held, Letter, Memory, Order, Phase, Read, Reader, Readout, give_back_rest, said,
};
use crate::transport::Transport;
use crate::transport::driver::{Delivery, StopListening};
use crate::wire::DecodeError;

/// How many messages are taken at once that are there already, before it is looked at what else there is to do.
const AT_ONCE: usize = 32;

/// Takes notifications one by one and starts a task for each, or for each batch of them.
pub(super) struct Receiver {
    /// Whoever listens keeps the connections open.
    pub(super) transport: Transport,
    pub(super) notifications: Arc<Notifications>,
    pub(super) order: Order,
    pub(super) workers: Arc<Semaphore>,
    pub(super) worker_count: u32,
    pub(super) stop: Arc<dyn StopListening>,
    /// How often a queue delivers again.
    pub(super) delivery_limit: Option<u32>,
    /// Reads what takes long.
    pub(super) reader: Reader<Message>,
    pub(super) batch: BatchSize,
}

/// How many notifications are handled together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BatchSize {
    pub(super) most: usize,
    /// How long the first one waits for others.
    pub(super) wait: Duration,
}

impl Receiver {
    /// Runs until the listener drains or the transport ends, which `ending` is told, and then until all that it has taken
    /// is done. As long as the stream that it returns is kept, what was delivered by it can be settled.
    pub(super) async fn run(
        mut self,
        mut deliveries: mpsc::Receiver<Delivery>,
        ending: Ending,
    ) -> mpsc::Receiver<Delivery> {
        let served = AssertUnwindSafe(self.serve(&mut deliveries)).catch_unwind().await;
        ending.tell(served.err().map(said));
        // What waits for memory need not wait any more.
        self.notifications.memory.close();
        give_back_rest(&*self.stop, &mut deliveries, &mut self.reader).await;
        // Who shuts down counts the workers first, unless nobody does any more.
        let mut phases = self.notifications.phases.clone();
        drop(phases.wait_for(|phase| *phase >= Phase::Leave).await);
        // The stream has to outlast what runs.
        drop(self.workers.acquire_many(self.worker_count).await);
        self.notifications.errands.over(after(Duration::MAX)).await;
        // It writes the last verdicts, before the transport may go.
        self.stop.stop().await;
        drop(self.transport);
        deliveries
    }

    async fn serve(&mut self, deliveries: &mut mpsc::Receiver<Delivery>) {
        let mut phases = self.notifications.phases.clone();
        let draining = async { drop(phases.wait_for(|phase| *phase > Phase::Serve).await) };
        futures::pin_mut!(draining);
        loop {
            // A worker first, a message second: what no worker takes stays unsettled, so that the
            // prefetch bounds it and a shutdown gives it back.
            let permit = tokio::select! {
                biased;
                () = &mut draining => return,
                permit = Arc::clone(&self.workers).acquire_owned() => permit,
            };
            let Ok(permit) = permit else { return };
            let (batch, follows) = self.collect(deliveries, &mut draining).await;
            if !batch.items.is_empty() {
                tokio::spawn(Arc::clone(&self.notifications).run(batch, permit));
            }
            if !follows {
                return;
            }
        }
    }

    /// Takes messages until there are enough, or the first one has waited for long enough; whether others can follow.
    async fn collect(
        &mut self,
        deliveries: &mut mpsc::Receiver<Delivery>,
        draining: &mut (impl Future<Output = ()> + Unpin),
    ) -> (Batch, bool) {
        let mut batch = Batch::default();
        let (mut until, mut at_once) = (None, 0);
        while batch.items.len() < self.batch.most {
            if at_once > 0
                && !self.reader.is_reading()
                && let Ok(delivery) = deliveries.try_recv()
            {
                at_once -= 1;
                self.take(delivery, &mut batch);
            } else {
                at_once = AT_ONCE;
                // A single worker is given its notifications in their order.
                let in_turn = self.worker_count == 1 && self.reader.is_reading();
                tokio::select! {
                    biased;
                    () = &mut *draining => return (batch, false),
                    Some(readout) = self.reader.next() => self.take_read(readout, &mut batch),
                    delivery = deliveries.recv(), if !in_turn => match delivery {
                        Some(delivery) => self.take(delivery, &mut batch),
                        None => return (batch, false),
                    },
                    () = closing(&self.notifications.memory, until), if until.is_some() => break,
                }
            }
            if until.is_none() && !batch.items.is_empty() {
                until = Some(after(self.batch.wait));
            }
        }
        (batch, true)
    }

    /// Takes a message, unless it takes long to read: such a one has its turn when it is read.
    fn take(&mut self, mut delivery: Delivery, batch: &mut Batch) {
        if delivery.is_over() {
            return self.leave_out(delivery);
        }
        if !delivery.is_light() {
            return self.reader.give(delivery);
        }
        let Notifications { format, limits, .. } = &*self.notifications;
        let message = Message::read(&mut delivery, *format, limits);
        self.admit(delivery, message, None, batch);
    }

    fn take_read(&mut self, readout: Readout<Message>, batch: &mut Batch) {
        let Readout { delivery, message, held } = readout;
        if delivery.is_over() {
            return self.leave_out(delivery);
        }
        self.admit(delivery, message, held, batch);
    }

    /// Drops what has waited for longer than its sender wanted, as the broker would have done.
    fn leave_out(&self, delivery: Delivery) {
        self.notifications.tally.taken.add_one();
        self.notifications.tally.expired.add_one();
        tracing::debug!(queue = %delivery.queue, "dropped a notification that has waited for too long");
        delivery.settle.ack();
    }

    /// Adds a notification to the batch, unless it is settled otherwise.
    fn admit(
        &mut self,
        delivery: Delivery,
        message: Result<Message, DecodeError>,
        held: Option<Held>,
        batch: &mut Batch,
    ) {
        let Notifications { tally, log, .. } = &*self.notifications;
        tally.taken.add_one();
        let message = match message {
            Ok(message) => message,
            Err(error) => return self.reject(delivery, &error),
        };
        let priority = match &message.priority {
            Ok(priority) => *priority,
            Err(priority) => {
                tally.unknown_priority.add_one();
                log.unknown_priority(priority, &delivery.queue);
                delivery.settle.ack();
                return;
            }
        };
        let redelivered = delivery.redelivered;
        let last = delivery.is_last(self.delivery_limit);
        // A copy with a count takes its place, as its queue does not count, or would drop it.
        let counting = delivery.is_uncounted() || last;
        let queue = Arc::clone(&delivery.queue);
        let (letter, settle) = Letter::take(delivery, self.delivery_limit);
        let earlier = self.earlier(&letter, message.unique_id.as_deref());
        let unique_id = message.unique_id.clone();
        let right = match &mut self.order {
            Order::Early(duplicates) => {
                self.notifications.forgotten.take(|unique_id| duplicates.forget(unique_id));
                if let Some(unique_id) = &unique_id
                    && duplicates.contains(unique_id)
                {
                    tally.duplicates.add_one();
                    settle.ack();
                    return log.received.repeated(unique_id, redelivered);
                }
                // What can't be acknowledged any more is back in its queue, and another listener may have it.
                let Some(line) = batch.acknowledged.add(settle) else { return left() };
                if let Some(unique_id) = &unique_id {
                    duplicates.is_new(unique_id);
                }
                Right::Early(line, unique_id)
            }
            Order::Late(claims) => {
                if !settle.counts() {
                    return left();
                }
                let Some(settle) = claims.admit(unique_id.as_deref(), settle) else {
                    tally.duplicates.add_one();
                    return log.received.joined(unique_id.as_deref(), redelivered);
                };
                let limit = self.notifications.redeliveries;
                match &self.notifications.forwarder {
                    Some(forwarder) if counting && earlier <= limit => {
                        // Not claimed: its copy is to be handled, and could be here before this ends.
                        return self.notifications.count(forwarder, letter, settle);
                    }
                    None if last && earlier < limit => log.received.last(&queue, earlier.saturating_add(1)),
                    _ => {}
                }
                Right::Late(claims.claim(unique_id, settle))
            }
        };
        let offer = message.offer(priority, queue, redelivered, earlier.saturating_add(1));
        match right {
            Right::Late(claim) if earlier > self.notifications.redeliveries => {
                self.notifications.give_up(letter, &offer.meta, claim, earlier);
            }
            right => {
                let (verdict, wanted) = (Verdict::Handled, false);
                batch.items.push(Item { offer, letter, right, earlier, verdict, wanted, held });
            }
        }
    }

    /// How often a notification was delivered before, as far as that is known.
    fn earlier(&self, letter: &Letter, unique_id: Option<&str>) -> u32 {
        let attempts = &self.notifications.attempts;
        match letter.earlier() {
            0 => 0,
            earlier => earlier.max(attempts.of(attempts.key(unique_id, letter.body()))),
        }
    }

    /// Drops a message that cannot be decoded, or puts it aside.
    fn reject(&self, delivery: Delivery, error: &DecodeError) {
        self.notifications.tally.rejected.add_one();
        let too_large = delivery.excess.as_ref().map(|excess| excess.bytes);
        match &self.notifications.forwarder {
            Some(forwarder) if too_large.is_none() && forwarder.keeps_undecodable() => {
                let (letter, settle) = Letter::take(delivery, self.delivery_limit);
                self.notifications.put_aside(forwarder, letter, error, settle);
            }
            _ => {
                let bytes = too_large.unwrap_or(delivery.body.len());
                self.notifications.log.received.rejected(bytes, false, error);
                delivery.settle.reject(false);
            }
        }
    }
}

fn left() {
    tracing::debug!("left a notification to its redelivery: its connection is gone");
}

/// Waits until a batch is not to wait any more.
async fn closing(memory: &Memory, until: Option<Instant>) {
    tokio::select! {
        () = sleep_until(until.unwrap_or_else(Instant::now)) => {}
        // This very batch may have to give it back.
        () = memory.is_wanted() => {}
    }
}
