//! Who waits for which reply.

use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use uuid::Uuid;

use crate::error::Fault;
use crate::lock::lock;
use crate::text::{plain_uuid, printable};
use crate::wire::{DecodeError, Reply};

/// The calls in flight of one transport, by message id.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    table: Mutex<Table>,
    unclaimed: AtomicU64,
}

#[derive(Debug, Default)]
struct Table {
    slots: HashMap<u128, Arc<Slot>, BuildHasherDefault<Random>>,
    /// No reply will come any more.
    closed: bool,
}

/// Hashes ids that this process made, which are random: what peers choose is looked up only.
#[derive(Debug, Default)]
struct Random(u64);

impl Hasher for Random {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, id: u128) {
        // The half of a UUID that is random but for its first two bits.
        self.0 = id as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What has come for one call and was not looked at yet: bounded, however much is sent.
#[derive(Debug, Default)]
struct Slot(Mutex<Arrived>);

#[derive(Debug, Default)]
struct Arrived {
    heartbeat: bool,
    /// The legacy form of a reply: a result first, its end in a message of its own.
    early: Option<Box<Reply>>,
    last: Option<Reply>,
    /// Why the last reply could not be read.
    unreadable: Option<DecodeError>,
    /// Why none can come.
    lost: Option<Fault>,
    closed: bool,
    /// Whom to wake for any of these.
    waker: Option<Waker>,
}

/// What a waiter learns.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is the usual one, and handed on at once")]
pub(crate) enum Sign {
    /// The server still works on the call.
    Alive,
    /// The call is over.
    Over(Reply),
    /// The same, and nobody will know how.
    Unreadable(DecodeError),
    /// No reply will come: whoever has the call is gone.
    Lost(Fault),
    /// No reply will come any more: the transport is closed.
    Closed,
}

impl Waiters {
    /// Registers a call before its request is sent, so that no reply can come too early.
    pub(crate) fn register(&self) -> Waiter<'_> {
        let id = Uuid::new_v4();
        let slot = Arc::<Slot>::default();
        let mut table = lock(&self.table);
        if table.closed {
            lock(&slot.0).closed = true;
        }
        table.slots.insert(id.as_u128(), Arc::clone(&slot));
        drop(table);
        Waiter { table: self, id, slot }
    }

    /// Hands a reply to its waiter. A reply that nobody waits for is late, repeated or foreign:
    /// that happens after every timeout, so it is counted and not worth more than a debug line.
    pub(crate) fn deliver(&self, reply: Reply) {
        let Some(msg_id) = &reply.msg_id else {
            self.unclaimed.fetch_add(1, Ordering::Relaxed);
            tracing::debug!("dropped a reply without _msg_id");
            return;
        };
        // After the last reply there is nothing to wait for: a repeated one finds nobody.
        let slot = plain_uuid(msg_id).and_then(|id| {
            let slots = &mut lock(&self.table).slots;
            if reply.ending { slots.remove(&id.as_u128()) } else { slots.get(&id.as_u128()).cloned() }
        });
        match slot {
            Some(slot) => slot.put(reply),
            None => {
                self.unclaimed.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(msg_id = printable(msg_id), "dropped a reply that nobody waits for");
            }
        }
    }

    /// Ends a call whose reply cannot be read; whether somebody waited for it.
    pub(crate) fn unreadable(&self, msg_id: &str, error: &DecodeError) -> bool {
        let slot = plain_uuid(msg_id).and_then(|id| lock(&self.table).slots.remove(&id.as_u128()));
        if let Some(slot) = &slot {
            slot.change(|arrived| arrived.unreadable = Some(error.clone()));
        }
        slot.is_some()
    }

    /// Ends the call of this id if somebody still waits for it.
    pub(crate) fn lose(&self, id: &[u8; 32], why: Fault) {
        let id = str::from_utf8(id).ok().and_then(plain_uuid);
        let slot = id.and_then(|id| lock(&self.table).slots.remove(&id.as_u128()));
        if let Some(slot) = slot {
            slot.change(|arrived| arrived.lost = Some(why));
        }
    }

    /// How many replies nobody waited for.
    pub(crate) fn unclaimed(&self) -> u64 {
        self.unclaimed.load(Ordering::Relaxed)
    }

    /// Ends all calls, those to come included: nobody receives replies any more.
    pub(crate) fn close(&self) {
        let mut table = lock(&self.table);
        table.closed = true;
        let slots: Vec<_> = table.slots.values().cloned().collect();
        // Those who wait are woken without the lock: what that does is theirs to say.
        drop(table);
        for slot in slots {
            slot.change(|arrived| arrived.closed = true);
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        lock(&self.table).slots.len()
    }
}

impl Slot {
    fn put(&self, reply: Reply) {
        self.change(|arrived| match arrived.early.take() {
            Some(early) if reply.is_bare_end() => {
                arrived.last = Some(*early);
            }
            _ if reply.ending => arrived.last = Some(reply),
            early => {
                arrived.heartbeat = true;
                arrived.early = if reply.has_result() { Some(Box::new(reply)) } else { early };
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Arrived)) {
        let mut arrived = lock(&self.0);
        change(&mut arrived);
        let waker = arrived.waker.take();
        drop(arrived);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Sign> {
        let mut arrived = lock(&self.0);
        if let Some(reply) = arrived.last.take() {
            return Poll::Ready(Sign::Over(reply));
        }
        if let Some(error) = arrived.unreadable.take() {
            return Poll::Ready(Sign::Unreadable(error));
        }
        if let Some(why) = arrived.lost.take() {
            return Poll::Ready(Sign::Lost(why));
        }
        if arrived.closed {
            return Poll::Ready(Sign::Closed);
        }
        if std::mem::take(&mut arrived.heartbeat) {
            return Poll::Ready(Sign::Alive);
        }
        match &mut arrived.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

/// One call's place in the table; dropping it takes the call out.
#[derive(Debug)]
pub(crate) struct Waiter<'a> {
    table: &'a Waiters,
    id: Uuid,
    slot: Arc<Slot>,
}

impl Waiter<'_> {
    /// The id that the replies to the call bear, 32 hexadecimal digits.
    pub(crate) fn msg_id<'a>(&self, text: &'a mut [u8; 32]) -> &'a str {
        self.id.simple().encode_lower(text)
    }

    /// Waits for the next sign of the server.
    pub(crate) async fn next(&mut self) -> Sign {
        poll_fn(|context| self.slot.poll(context)).await
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        lock(&self.table.table).slots.remove(&self.id.as_u128());
    }
}
