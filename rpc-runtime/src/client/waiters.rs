//! Who waits for which reply.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::lock::lock;
use crate::wire::Reply;

/// The calls in flight of one transport, by message id.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    table: Mutex<Table>,
    unclaimed: AtomicU64,
}

#[derive(Debug, Default)]
struct Table {
    slots: HashMap<String, Arc<Slot>>,
    /// No reply will come any more.
    closed: bool,
}

/// What has come for one call and was not looked at yet: bounded, however much is sent.
#[derive(Debug, Default)]
struct Slot {
    arrived: Mutex<Arrived>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Arrived {
    heartbeat: bool,
    /// The legacy form of a reply: a result first, its end in a message of its own.
    early: Option<Reply>,
    last: Option<Reply>,
    closed: bool,
}

/// What a waiter learns.
#[derive(Debug)]
pub(crate) enum Sign {
    /// The server still works on the call.
    Alive,
    /// The call is over.
    Over(Box<Reply>),
    /// No reply will come any more: the transport is closed.
    Closed,
}

impl Waiters {
    /// Registers a call before its request is sent, so that no reply can come too early.
    pub(crate) fn register(self: &Arc<Self>, msg_id: String) -> Waiter {
        let slot = Arc::<Slot>::default();
        let mut table = lock(&self.table);
        lock(&slot.arrived).closed = table.closed;
        table.slots.insert(msg_id.clone(), Arc::clone(&slot));
        drop(table);
        Waiter { table: Arc::clone(self), msg_id, slot }
    }

    /// Hands a reply to its waiter. A reply that nobody waits for is late, repeated or foreign:
    /// that happens after every timeout, so it is counted and not worth more than a debug line.
    pub(crate) fn deliver(&self, reply: Reply) {
        let Some(msg_id) = &reply.msg_id else {
            self.unclaimed.fetch_add(1, Ordering::Relaxed);
            tracing::debug!("dropped a reply without _msg_id");
            return;
        };
        let mut table = lock(&self.table);
        // After the last reply there is nothing to wait for: a repeated one finds nobody.
        let slots = &mut table.slots;
        let slot = if reply.ending { slots.remove(msg_id) } else { slots.get(msg_id).cloned() };
        drop(table);
        match slot {
            Some(slot) => slot.put(reply),
            None => {
                self.unclaimed.fetch_add(1, Ordering::Relaxed);
                tracing::debug!(msg_id, "dropped a reply that nobody waits for");
            }
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
        for slot in table.slots.values() {
            lock(&slot.arrived).closed = true;
            slot.changed.notify_one();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        lock(&self.table).slots.len()
    }
}

impl Slot {
    fn put(&self, reply: Reply) {
        let mut arrived = lock(&self.arrived);
        if reply.ending {
            arrived.last = Some(match arrived.early.take() {
                Some(early) if !reply.has_result() && reply.failure.is_none() => early,
                _ => reply,
            });
        } else {
            arrived.heartbeat = true;
            if reply.has_result() {
                arrived.early = Some(reply);
            }
        }
        drop(arrived);
        self.changed.notify_one();
    }

    fn take(&self) -> Option<Sign> {
        let mut arrived = lock(&self.arrived);
        if let Some(reply) = arrived.last.take() {
            return Some(Sign::Over(Box::new(reply)));
        }
        if arrived.closed {
            return Some(Sign::Closed);
        }
        std::mem::take(&mut arrived.heartbeat).then_some(Sign::Alive)
    }
}

/// One call's place in the table; dropping it takes the call out.
#[derive(Debug)]
pub(crate) struct Waiter {
    table: Arc<Waiters>,
    msg_id: String,
    slot: Arc<Slot>,
}

impl Waiter {
    pub(crate) fn msg_id(&self) -> &str {
        &self.msg_id
    }

    /// Waits for the next sign of the server.
    pub(crate) async fn next(&mut self) -> Sign {
        loop {
            if let Some(sign) = self.slot.take() {
                return sign;
            }
            self.slot.changed.notified().await;
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        lock(&self.table.table).slots.remove(&self.msg_id);
    }
}
