//! Where the requests for one server go in, and what it has not settled.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;

use super::super::served::Endpoint;
use super::caller::Caller;
use crate::lock::lock;
use crate::transport::driver::{Delivery, History, Labels, ServerAddress, Settle, Settler, Verdict};
use crate::wire::Beside;

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) is_call: bool,
    pub(super) body: bytes::Bytes,
    pub(super) expires: Option<Instant>,
    pub(super) caller: Arc<Caller>,
}

/// The requests for one server of this process: at most as many as its prefetch are with it unsettled. What does not fit
/// waits with the connection that it came by.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    address: ServerAddress,
    queue: Arc<str>,
    prefetch: u16,
    room: Arc<Semaphore>,
    deliveries: Mutex<Option<mpsc::Sender<Delivery>>>,
    unsettled: Mutex<HashMap<u64, Unsettled>>,
    next: AtomicU64,
}

#[derive(Debug)]
struct Unsettled {
    id: String,
    is_call: bool,
    caller: Arc<Caller>,
    _room: OwnedSemaphorePermit,
}

impl Place {
    /// How many bytes of requests one caller may have on their way that were not taken, if they are several.
    pub(super) const WINDOW_BYTES: usize = 16 << 20;

    pub(super) fn new(
        number: u64,
        address: ServerAddress,
        prefetch: u16,
    ) -> (Self, mpsc::Receiver<Delivery>) {
        let (sender, deliveries) = mpsc::channel(usize::from(prefetch));
        let place = Self {
            number,
            queue: format!("{}.{}", address.topic, address.server).into(),
            address,
            prefetch,
            room: Arc::new(Semaphore::new(usize::from(prefetch))),
            deliveries: Mutex::new(Some(sender)),
            unsettled: Mutex::default(),
            next: AtomicU64::default(),
        };
        (place, deliveries)
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// What callers are told of it.
    pub(super) fn endpoint(&self) -> Endpoint {
        let ServerAddress { exchange, topic, server } = &self.address;
        Endpoint {
            number: self.number,
            exchange: exchange.to_string(),
            topic: topic.to_string(),
            server: server.to_string(),
            window: u32::from(self.prefetch),
            bytes: Self::WINDOW_BYTES as u64,
        }
    }

    pub(super) fn window(&self) -> usize {
        usize::from(self.prefetch)
    }

    /// The room for requests, which closes when no more are taken.
    pub(super) fn room(&self) -> &Arc<Semaphore> {
        &self.room
    }

    /// Hands a request to the server; gives it back if that takes no more.
    pub(super) fn deliver(
        self: &Arc<Self>,
        request: Request,
        room: OwnedSemaphorePermit,
    ) -> Result<(), Request> {
        let deliveries = lock(&self.deliveries);
        let Some(deliveries) = &*deliveries else { return Err(request) };
        let Request { id, is_call, body, expires, caller } = request;
        let tag = self.next.fetch_add(1, Ordering::Relaxed);
        let delivery = Delivery {
            body,
            labels: Labels::default(),
            beside: Some(Box::new(Beside {
                reply_to: is_call.then(|| caller.place_of_reply(self.number, &id)),
                id: id.clone(),
            })),
            redelivered: false,
            history: History::default(),
            expires,
            queue: Arc::clone(&self.queue),
            excess: None,
            settle: Settle::new(Arc::<Self>::clone(self), tag),
        };
        lock(&self.unsettled).insert(tag, Unsettled { id, is_call, caller, _room: room });
        // There is room for as many as have a permit; if nobody receives any more they are settled when the place goes.
        let _ = deliveries.try_send(delivery);
        Ok(())
    }

    /// Takes no more requests. What is with the server stays with it.
    pub(super) fn close(&self) {
        drop(lock(&self.deliveries).take());
        self.room.close();
    }

    /// Tells the callers of what was not settled that it is not executed; how many they were, and how many of them wait for
    /// no reply, so that nobody will know.
    pub(super) fn give_up(&self) -> (usize, usize) {
        let unsettled = std::mem::take(&mut *lock(&self.unsettled));
        let (all, mut casts) = (unsettled.len(), 0);
        for Unsettled { id, is_call, caller, .. } in unsettled.into_values() {
            casts += usize::from(!is_call);
            caller.refuse(&id, is_call, GONE);
        }
        (all, casts)
    }
}

/// What callers are told of requests that nobody will execute.
pub(super) const GONE: &str = "the server was stopped before it began with the request";

impl Settler for Place {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        let settled = lock(&self.unsettled).remove(&tag);
        if let (Some(it), Verdict::Reject { requeue: true }) = (&settled, verdict) {
            it.caller.refuse(&it.id, it.is_call, GONE);
        }
        settled.is_some()
    }

    fn holds(&self, tag: u64) -> bool {
        lock(&self.unsettled).contains_key(&tag)
    }
}
