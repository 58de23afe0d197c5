//! Who waits for which reply.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::messages::CALL;

/// An id in its 32 digits.
pub(crate) type Id = [u8; CALL.len()];

/// The callers of a raw client that wait, by the ids of their calls.
#[derive(Debug)]
pub(crate) struct Waiters<T>(Mutex<HashMap<Id, oneshot::Sender<T>>>);

impl<T> Default for Waiters<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Waiters<T> {
    /// What comes for this call.
    pub(crate) fn wait(&self, id: Id) -> oneshot::Receiver<T> {
        let (waiter, reply) = oneshot::channel();
        self.all().insert(id, waiter);
        reply
    }

    /// Hands the reply to whoever waits for it.
    pub(crate) fn wake(&self, id: &Id, reply: T) {
        let waiter = self.all().remove(id);
        if let Some(waiter) = waiter {
            // Without a receiver the measurement has failed.
            let _ = waiter.send(reply);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Id, oneshot::Sender<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
