//! What comes in on one channel, on its way to whoever listens.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, Weak};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};

use super::acks::Acks;
use super::library::RawDelivery;
use super::position::Position;
use crate::clock::after;
use crate::lock::lock;
use crate::transport::driver::{Arrival, Delivery, Excess, Settle, TakeReply};
use crate::wire::{DecodeError, Limits, MessageFormat};

/// Where deliveries go.
pub(super) enum To {
    /// To a server, which may be busy; when it drops the other end, the listener stops.
    Server(mpsc::Sender<Delivery>),
    Replies(TakeReply),
}

impl To {
    /// Resolves when nobody receives any more.
    pub(super) async fn closed(&self) {
        match self {
            Self::Server(sender) => sender.closed().await,
            Self::Replies(_) => pending().await,
        }
    }
}

/// What becomes of a message that comes in.
const HAND_ON: u8 = 0;
const RETURN: u8 = 1;
const LEAVE: u8 = 2;

/// Takes messages on the thread that reads the connection, and hands them on there: to have another one do it
/// costs each call two more wake-ups.
pub(super) struct Intake {
    /// Weak, as the thread may hold this for longer than anybody listens.
    to: Weak<To>,
    acks: Arc<Acks>,
    what: AtomicU8,
    /// Messages that found no room, to be handed on in their order: no more than the broker sends before they are
    /// settled.
    held: Mutex<VecDeque<Incoming>>,
    /// There are messages that found no room.
    full: Notify,
    max_body: usize,
    /// Where the next one starts, if they come from a stream.
    position: Option<Arc<Position>>,
}

/// A message and its place, if it comes from a stream.
type Incoming = (Delivery, Option<u64>);

impl Intake {
    /// Of a body with more bytes than `max_body` a server gets no more than whose it is.
    pub(super) fn new(
        to: &Arc<To>,
        acks: Arc<Acks>,
        max_body: usize,
        position: Option<Arc<Position>>,
    ) -> Arc<Self> {
        let to = Arc::downgrade(to);
        let (what, held, full) = (AtomicU8::new(HAND_ON), Mutex::default(), Notify::new());
        Arc::new(Self { to, acks, what, held, full, max_body, position })
    }

    /// Does with a message what is to be done with all; does not block.
    pub(super) fn take(&self, queue: &Arc<str>, delivery: RawDelivery) {
        let RawDelivery { tag, body, labels, redelivered, history, offset } = delivery;
        let settle = Settle::new(self.acks.clone(), tag);
        match self.what.load(Ordering::Acquire) {
            HAND_ON => {}
            RETURN => return settle.reject(true),
            // It goes back with the channel.
            _ => return,
        }
        // If nobody receives, the listener stops.
        let Some(to) = self.to.upgrade() else { return };
        let queue = queue.clone();
        let expires = history.expiration.map(after);
        let mut delivery = Delivery {
            body,
            labels,
            beside: None,
            redelivered,
            history,
            expires,
            queue,
            excess: None,
            settle,
        };
        match &*to {
            To::Replies(take) => take(Arrival::Reply(delivery)),
            To::Server(sender) => {
                // As many of them as the prefetch lets in may wait for the server.
                cut(&mut delivery, self.max_body);
                self.send(sender, (delivery, offset));
            }
        }
    }

    fn send(&self, sender: &mpsc::Sender<Delivery>, (delivery, offset): Incoming) {
        let mut held = lock(&self.held);
        if self.what.load(Ordering::Acquire) != HAND_ON {
            return delivery.settle.reject(true);
        }
        if !held.is_empty() {
            return held.push_back((delivery, offset));
        }
        match sender.try_send(delivery) {
            Ok(()) => self.passed(offset),
            Err(TrySendError::Full(delivery)) => {
                held.push_back((delivery, offset));
                drop(held);
                self.full.notify_one();
            }
            // The listener stops.
            Err(TrySendError::Closed(_)) => {}
        }
    }

    fn passed(&self, offset: Option<u64>) {
        if let (Some(position), Some(offset)) = (&self.position, offset) {
            position.passed(offset);
        }
    }

    /// Hands on what found no room, as soon as there is some; returns when nobody receives any more.
    pub(super) async fn hand_on_held(&self) {
        loop {
            self.full.notified().await;
            let Some(to) = self.to.upgrade() else { return };
            let To::Server(sender) = &*to else { continue };
            loop {
                let Ok(room) = sender.reserve().await else { return };
                // Before another one can go: they keep their order.
                let mut held = lock(&self.held);
                let Some((delivery, offset)) = held.pop_front() else { break };
                room.send(delivery);
                self.passed(offset);
            }
        }
    }

    /// Returns to its queue what comes from now on, and what was not handed on.
    pub(super) fn rest(&self) {
        self.what.store(RETURN, Ordering::Release);
        for (delivery, _) in std::mem::take(&mut *lock(&self.held)) {
            delivery.settle.reject(true);
        }
    }

    /// Leaves to the broker what comes from now on, and what was not handed on: nothing is from now on.
    pub(super) fn leave(&self) {
        let _held = lock(&self.held);
        self.what.store(LEAVE, Ordering::Release);
    }
}

/// Leaves of a body that is too large whose it is.
fn cut(delivery: &mut Delivery, max_body: usize) {
    let bytes = delivery.body.len();
    if bytes > max_body {
        let body = std::mem::take(&mut delivery.body);
        let limits = Limits { max_body, ..Limits::default() };
        let error = DecodeError::TooLarge { limit: max_body };
        let content = delivery.labels.content();
        let caller = MessageFormat::Envelope.unread_caller(&body, &content, None, &limits, &error);
        delivery.excess = Some(Box::new(Excess { bytes, caller }));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::time::timeout;

    use super::super::fake::FakeLink;
    use super::super::library::Link;
    use super::*;
    use crate::transport::driver::{History, Labels};

    fn delivery(tag: u64) -> RawDelivery {
        let (body, history) = (Bytes::from(tag.to_string()), History::default());
        RawDelivery { tag, body, labels: Labels::default(), redelivered: false, history, offset: Some(tag) }
    }

    #[tokio::test(start_paused = true)]
    async fn what_finds_no_room_keeps_its_order_or_goes_back() {
        let link = FakeLink::answering([]);
        let (acks, _failed) = Acks::start(link.open(false).await.unwrap(), 16, false);
        let (sender, mut deliveries) = mpsc::channel(1);
        let to = Arc::new(To::Server(sender));
        let position = Arc::new(Position::default());
        let intake = Intake::new(&to, acks, 8, Some(position.clone()));
        let queue = "q".into();
        for tag in 1..=5 {
            intake.take(&queue, delivery(tag));
        }
        let handing_on = tokio::spawn({
            let intake = intake.clone();
            async move { intake.hand_on_held().await }
        });
        for tag in ["1", "2", "3"] {
            assert_eq!(deliveries.recv().await.unwrap().body, tag);
            tokio::task::yield_now().await;
        }
        // 4 has found room meanwhile, 5 has not.
        assert_eq!(position.next(), Some(5));
        intake.rest();
        intake.take(&queue, delivery(6));
        assert_eq!(deliveries.recv().await.unwrap().body, "4");
        assert!(timeout(Duration::from_secs(1), deliveries.recv()).await.is_err());
        assert_eq!(*lock(&link.log), ["1 requeue 5", "1 requeue 6"]);
        drop(deliveries);
        intake.full.notify_one();
        handing_on.await.unwrap();
    }
}
