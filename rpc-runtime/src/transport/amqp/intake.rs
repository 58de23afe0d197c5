//! What comes in on one channel, on its way to whoever listens.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, Weak};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc};

use super::acks::Acks;
use super::broker::Incoming;
use crate::lock::lock;
use crate::rare_log::RareLog;
use crate::transport::driver::{Delivery, Inbox, Settle};

/// Where deliveries go.
pub(super) enum To {
    /// To a server, which may be busy; when it drops the other end, the listener stops.
    Server(mpsc::Sender<Delivery>),
    Inbox(Inbox),
}

impl To {
    /// Resolves when nobody receives any more.
    pub(super) async fn closed(&self) {
        match self {
            Self::Server(sender) => sender.closed().await,
            Self::Inbox(_) => pending().await,
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
    held: Mutex<Held>,
    /// There are messages that found no room.
    full: Notify,
    limit: Limit,
}

/// Which messages are too long.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) max_body: usize,
    /// The queues, for the log.
    pub(super) name: Arc<str>,
    pub(super) log: Arc<RareLog>,
}

/// Messages that found no room, to be handed on in their order: no more than the broker sends before they are
/// settled.
#[derive(Default)]
struct Held {
    waiting: VecDeque<Delivery>,
    /// Whether one of them is being handed on.
    busy: bool,
}

impl Intake {
    pub(super) fn new(to: &Arc<To>, acks: Arc<Acks>, limit: Limit) -> Arc<Self> {
        let to = Arc::downgrade(to);
        let (what, held, full) = (AtomicU8::new(HAND_ON), Mutex::default(), Notify::new());
        Arc::new(Self { to, acks, what, held, full, limit })
    }

    /// Does with a message what is to be done with all; does not block.
    pub(super) fn take(&self, queue: &Arc<str>, incoming: Incoming) {
        let Incoming { tag, body, content_type, compression, redelivered, history } = incoming;
        let settle = Settle::new(self.acks.clone(), tag);
        match self.what.load(Ordering::Acquire) {
            HAND_ON => {}
            RETURN => return settle.reject(true),
            // It goes back with the channel.
            _ => return,
        }
        if body.len() > self.limit.max_body {
            self.limit.complain(body.len());
            return settle.reject(false);
        }
        // If nobody receives, the listener stops.
        let Some(to) = self.to.upgrade() else { return };
        let queue = queue.clone();
        let delivery = Delivery { body, content_type, compression, redelivered, history, queue, settle };
        match &*to {
            To::Inbox(inbox) => inbox(delivery),
            To::Server(sender) => self.send(sender, delivery),
        }
    }

    fn send(&self, sender: &mpsc::Sender<Delivery>, delivery: Delivery) {
        let mut held = lock(&self.held);
        if held.busy || !held.waiting.is_empty() {
            return held.waiting.push_back(delivery);
        }
        if let Err(TrySendError::Full(delivery)) = sender.try_send(delivery) {
            held.waiting.push_back(delivery);
            drop(held);
            self.full.notify_one();
        }
    }

    /// Hands on what found no room, as soon as there is some. Dropped, it may lose a message that then goes back
    /// with its channel.
    pub(super) async fn hand_on_held(&self) {
        loop {
            self.full.notified().await;
            let Some(to) = self.to.upgrade() else { return };
            let To::Server(sender) = &*to else { continue };
            while let Some(delivery) = self.next() {
                // An error means that the receiver was dropped, which stops this listener.
                let _ = sender.send(delivery).await;
            }
        }
    }

    fn next(&self) -> Option<Delivery> {
        let mut held = lock(&self.held);
        let next = held.waiting.pop_front();
        held.busy = next.is_some();
        next
    }

    /// Returns to its queue what comes from now on, and what was not handed on.
    pub(super) fn rest(&self) {
        self.what.store(RETURN, Ordering::Release);
        for delivery in std::mem::take(&mut lock(&self.held).waiting) {
            delivery.settle.reject(true);
        }
    }

    /// Leaves to the broker what comes from now on.
    pub(super) fn leave(&self) {
        self.what.store(LEAVE, Ordering::Release);
    }
}

impl Limit {
    fn complain(&self, size: usize) {
        let Self { max_body: limit, name, log } = self;
        match log.admit() {
            Some(left_out) => {
                tracing::warn!(
                    left_out,
                    "a message from {name} was rejected: {size} bytes, max_body={limit}"
                );
            }
            None => tracing::debug!("a message from {name} was rejected: {size} bytes, max_body={limit}"),
        }
    }
}
