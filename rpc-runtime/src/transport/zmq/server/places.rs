//! The places of all servers of a transport.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::super::message::{Message, MessageType};
use super::super::served::Served;
use super::place::Place;
use crate::lock::lock;

/// By their numbers, none of which comes again.
#[derive(Debug, Default)]
pub(super) struct Places {
    last: AtomicU64,
    open: Mutex<BTreeMap<u64, Arc<Place>>>,
}

impl Places {
    pub(super) fn next_number(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn add(&self, place: &Arc<Place>) {
        lock(&self.open).insert(place.number(), Arc::clone(place));
    }

    pub(super) fn remove(&self, place: &Place) {
        lock(&self.open).remove(&place.number());
    }

    pub(super) fn take_all(&self) -> impl Iterator<Item = Arc<Place>> + use<> {
        std::mem::take(&mut *lock(&self.open)).into_values()
    }

    /// The one of this number.
    pub(super) fn get(&self, number: u64) -> Option<Arc<Place>> {
        lock(&self.open).get(&number).cloned()
    }

    /// The one that must be meant if none is named.
    pub(super) fn only(&self) -> Option<Arc<Place>> {
        let open = lock(&self.open);
        if open.len() == 1 { open.values().next().cloned() } else { None }
    }

    /// What callers are told of them.
    pub(super) fn served(&self) -> Message {
        let served = Served(lock(&self.open).values().map(|place| place.endpoint()).collect());
        Message::new(MessageType::Served, "-", served.written())
    }
}
