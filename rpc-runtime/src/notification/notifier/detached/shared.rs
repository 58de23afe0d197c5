//! What those who emit and the task that sends have in common.

use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::super::outlet::Outlet;
use super::queue::{Limits, Queue};
use crate::lock::lock;

pub(super) struct Shared {
    pub(super) outlet: Arc<Outlet>,
    pub(super) limits: Limits,
    pub(super) queue: Mutex<Queue>,
    /// Wakes the task.
    pub(super) more: Notify,
    /// The number of the first event that is not settled.
    pub(super) settled: watch::Sender<u64>,
    /// When to give up, once nobody can emit any more.
    pub(super) end: watch::Sender<Option<Instant>>,
}

impl Shared {
    pub(super) fn new(outlet: Arc<Outlet>, limits: Limits) -> Self {
        Self {
            outlet,
            limits,
            queue: Mutex::default(),
            more: Notify::new(),
            settled: watch::Sender::new(0),
            end: watch::Sender::new(None),
        }
    }

    /// Counts events that are not sent any more.
    pub(super) fn give_up(&self, events: usize, why: &str) {
        self.outlet.tally.dropped.add(events);
        self.outlet.log.dropped(events, why);
    }

    /// Tells who waits how far it has come.
    pub(super) fn settle(&self) {
        let first = lock(&self.queue).first();
        self.settled.send_if_modified(|settled| {
            let further = first > *settled;
            *settled = first.max(*settled);
            further
        });
    }
}
