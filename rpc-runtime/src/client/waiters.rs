//! Who waits for which reply.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::wire::Reply;

/// Replies that a waiter may lag behind; more than a heartbeat and the reply is not normal.
const BACKLOG: usize = 8;

/// The calls in flight of one transport, by message id.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    table: Mutex<HashMap<String, mpsc::Sender<Reply>>>,
}

impl Waiters {
    /// Registers a call before its request is sent, so that no reply can come too early.
    pub(crate) fn register(self: &Arc<Self>, msg_id: String) -> Waiter {
        let (sender, replies) = mpsc::channel(BACKLOG);
        self.table().insert(msg_id.clone(), sender);
        Waiter { table: Arc::clone(self), msg_id, replies }
    }

    /// Hands a reply to its waiter. A reply that nobody waits for is late, repeated or foreign:
    /// that happens after every timeout, so it is not worth more than a debug line.
    pub(crate) fn deliver(&self, reply: Reply) {
        let Some(msg_id) = &reply.msg_id else {
            tracing::debug!("dropped a reply without _msg_id");
            return;
        };
        let waiter = self.table().get(msg_id).cloned();
        match waiter {
            // A full backlog is a server that sends heartbeats faster than the caller runs: the
            // newest are the ones to lose, but never the last reply.
            Some(waiter) if !reply.ending => drop(waiter.try_send(reply)),
            Some(waiter) => {
                if let Err(mpsc::error::TrySendError::Full(reply)) = waiter.try_send(reply) {
                    tokio::spawn(async move { waiter.send(reply).await });
                }
            }
            None => tracing::debug!(msg_id, "dropped a reply that nobody waits for"),
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.table().len()
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<Reply>>> {
        // Every change of the table is one insert or remove, so a panic elsewhere leaves it whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call's place in the table; dropping it takes the call out.
#[derive(Debug)]
pub(crate) struct Waiter {
    table: Arc<Waiters>,
    msg_id: String,
    replies: mpsc::Receiver<Reply>,
}

impl Waiter {
    pub(crate) fn msg_id(&self) -> &str {
        &self.msg_id
    }

    /// The next reply or heartbeat.
    pub(crate) async fn next(&mut self) -> Reply {
        match self.replies.recv().await {
            Some(reply) => reply,
            // The sender is in the table until this waiter is dropped.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.table.table().remove(&self.msg_id);
    }
}
