//! Requests that were seen already.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use uuid::Uuid;

use crate::lock::lock;
use crate::text::plain_uuid;

/// The last so many `_unique_id`s of one server.
///
/// A sender that lost a confirm sends the message again with the same id; executing it twice would
/// break "at most once". oslo.messaging remembers 16, which a busy server passes within the time
/// of one reconnect.
#[derive(Debug)]
pub(crate) struct Duplicates {
    window: usize,
    seen: HashSet<Id>,
    order: VecDeque<Id>,
}

/// Nearly all ids are UUIDs, which have no memory of their own here. To remember 65,536 texts took
/// 3 % of the instructions of a call in memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Id {
    Uuid(Uuid),
    Other(Arc<str>),
}

impl Id {
    fn of(text: &str) -> Self {
        plain_uuid(text).map_or_else(|| Self::Other(text.into()), Self::Uuid)
    }
}

impl Duplicates {
    /// Remembers `window` ids; 0 turns the check off.
    pub(crate) fn new(window: usize) -> Self {
        Self { window, seen: HashSet::new(), order: VecDeque::new() }
    }

    /// Whether an id is among the remembered.
    pub(crate) fn contains(&self, unique_id: &str) -> bool {
        self.seen.contains(&Id::of(unique_id))
    }

    /// Forgets an id before its time.
    pub(crate) fn forget(&mut self, unique_id: &str) {
        let id = Id::of(unique_id);
        // As a rule one of the last.
        if self.seen.remove(&id)
            && let Some(place) = self.order.iter().rposition(|other| *other == id)
        {
            self.order.remove(place);
        }
    }

    /// Notes an id; `false` if it was among the remembered.
    pub(crate) fn is_new(&mut self, unique_id: &str) -> bool {
        if self.window == 0 {
            return true;
        }
        let id = Id::of(unique_id);
        if !self.seen.insert(id.clone()) {
            return false;
        }
        if self.order.len() == self.window
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(id);
        true
    }
}

/// Ids to be forgotten, of requests that turned out to be back in their queues.
#[derive(Debug, Default)]
pub(crate) struct Forgotten {
    ids: Mutex<Vec<String>>,
    /// Looked at with every request, and hardly ever the case.
    some: AtomicBool,
}

impl Forgotten {
    pub(crate) fn note(&self, unique_id: String) {
        lock(&self.ids).push(unique_id);
        self.some.store(true, Ordering::Release);
    }

    /// Hands over those that were noted.
    pub(crate) fn take(&self, forget: impl FnMut(&str)) {
        if self.some.load(Ordering::Relaxed) && self.some.swap(false, Ordering::AcqRel) {
            let ids = std::mem::take(&mut *lock(&self.ids));
            ids.iter().map(String::as_str).for_each(forget);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_forgotten_is_handed_over_once() {
        let forgotten = Forgotten::default();
        let taken = || {
            let mut ids = Vec::new();
            forgotten.take(|id| ids.push(id.to_owned()));
            (ids, forgotten.some.load(Ordering::SeqCst))
        };
        assert_eq!(taken(), (Vec::new(), false));
        ["a", "b"].iter().for_each(|id| forgotten.note((*id).to_owned()));
        assert_eq!(taken(), (vec!["a".to_owned(), "b".to_owned()], false));
        assert_eq!(taken(), (Vec::new(), false));
    }

    #[test]
    fn an_id_is_known_for_as_long_as_the_window() {
        let mut duplicates = Duplicates::new(16);
        assert!(duplicates.is_new("u0"));
        assert!(!duplicates.is_new("u0"));
        for other in 1..16 {
            assert!(duplicates.is_new(&format!("u{other}")));
        }
        assert!(!duplicates.is_new("u0"), "15 others came after it");
        assert!(duplicates.is_new("u16"));
        assert!(duplicates.is_new("u0"), "16 others came after it");
    }

    #[test]
    fn ids_are_told_apart_by_their_text() {
        let mut duplicates = Duplicates::new(16);
        let plain = "0123456789abcdef0123456789abcdef";
        let upper = plain.to_uppercase();
        for id in [plain, &upper, "01234567-89ab-cdef-0123-456789abcdef", &plain[1..], ""] {
            assert!(duplicates.is_new(id), "{id}");
            assert!(!duplicates.is_new(id) && duplicates.contains(id), "{id}");
        }
    }

    #[test]
    fn what_was_forgotten_is_new() {
        let (mut duplicates, forgotten) = (Duplicates::new(16), Forgotten::default());
        assert!(duplicates.is_new("u") && duplicates.is_new("v"));
        forgotten.note("u".to_owned());
        forgotten.take(|id| duplicates.forget(id));
        forgotten.take(|id| panic!("{id} was taken before"));
        assert!(duplicates.is_new("u") && !duplicates.is_new("u") && !duplicates.is_new("v"));
    }

    #[test]
    fn what_was_forgotten_is_known_as_long_as_others_the_next_time() {
        let mut duplicates = Duplicates::new(3);
        assert!(duplicates.is_new("a") && duplicates.is_new("b"));
        duplicates.forget("a");
        assert!(duplicates.is_new("a") && duplicates.is_new("c"));
        assert!(!duplicates.is_new("a") && !duplicates.is_new("b"));
        assert!(duplicates.is_new("d"), "and b goes");
        assert!(!duplicates.is_new("a") && duplicates.is_new("b"));
    }

    #[test]
    fn no_window_no_check() {
        let mut duplicates = Duplicates::new(0);
        assert!(duplicates.is_new("u") && duplicates.is_new("u"));
    }
}
