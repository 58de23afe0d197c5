//! Requests that were seen already.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The last so many `_unique_id`s of one server.
///
/// A sender that lost a confirm sends the message again with the same id; executing it twice would
/// break "at most once". oslo.messaging remembers 16, which a busy server passes within the time
/// of one reconnect.
#[derive(Debug)]
pub(super) struct Duplicates {
    window: usize,
    seen: HashSet<Arc<str>>,
    order: VecDeque<Arc<str>>,
}

impl Duplicates {
    /// Remembers `window` ids; 0 turns the check off.
    pub(super) fn new(window: usize) -> Self {
        Self { window, seen: HashSet::new(), order: VecDeque::new() }
    }

    /// Whether an id is among the remembered.
    pub(super) fn contains(&self, unique_id: &str) -> bool {
        self.seen.contains(unique_id)
    }

    /// Notes an id; `false` if it was among the remembered.
    pub(super) fn is_new(&mut self, unique_id: &str) -> bool {
        if self.window == 0 {
            return true;
        }
        if self.contains(unique_id) {
            return false;
        }
        let unique_id: Arc<str> = unique_id.into();
        self.seen.insert(Arc::clone(&unique_id));
        self.order.push_back(unique_id);
        if self.order.len() > self.window
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn no_window_no_check() {
        let mut duplicates = Duplicates::new(0);
        assert!(duplicates.is_new("u") && duplicates.is_new("u"));
    }
}
