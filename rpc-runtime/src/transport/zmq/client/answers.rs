//! Where the replies of all connections go.

use std::fmt;
use std::sync::{Arc, Mutex};

use super::super::odd::Odd;
use crate::error::Fault;
use crate::lock::lock;
use crate::transport::driver::{Arrival, Delivery, TakeReply};

/// Whoever takes what comes for the calls of a transport.
pub(super) struct Answers {
    take: Mutex<Option<Arc<TakeReply>>>,
    /// What deliveries say they came from.
    pub(super) name: Arc<str>,
    pub(super) odd: Odd,
}

impl Answers {
    pub(super) fn new(name: &str) -> Self {
        Self { take: Mutex::default(), name: name.into(), odd: Odd::default() }
    }

    /// Hands what comes to this from now on.
    pub(super) fn go_to(&self, take: TakeReply) {
        let before = lock(&self.take).replace(Arc::new(take));
        drop(before);
    }

    /// Nobody takes anything any more.
    pub(super) fn end(&self) {
        let take = lock(&self.take).take();
        // Not under the lock: it tells every call.
        drop(take);
    }

    pub(super) fn reply(&self, delivery: Delivery) {
        self.hand(Arrival::Reply(delivery));
    }

    /// No reply comes to a call.
    pub(super) fn lose(&self, id: [u8; 32], why: Fault) {
        self.hand(Arrival::Lost { id, why });
    }

    fn hand(&self, arrival: Arrival) {
        let take = lock(&self.take).clone();
        if let Some(take) = take {
            take(arrival);
        }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}
