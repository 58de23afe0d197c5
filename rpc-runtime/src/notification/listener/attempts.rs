//! How often notifications were given back.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Mutex;

use crate::lock::lock;

/// How many notifications are remembered at least.
const REMEMBERED: usize = 32_768;
/// So much of a body tells it from others.
const ENOUGH: usize = 64 << 10;

/// Counts, as a classic queue does not, how often each notification was given back. The longest ago are forgotten first, which
/// takes tens of thousands of others that were given back since.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    hasher: RandomState,
    counts: Mutex<Counts>,
}

/// When the young ones are too many they are the old ones, and what was old is forgotten.
#[derive(Debug, Default)]
struct Counts {
    young: HashMap<Attempted, u32>,
    old: HashMap<Attempted, u32>,
}

/// What tells a notification from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Attempted(u64);

impl Attempts {
    /// By its id, or else by what it says.
    pub(super) fn key(&self, unique_id: Option<&str>, body: &[u8]) -> Attempted {
        Attempted(match unique_id {
            Some(id) => self.hasher.hash_one(id),
            None => self.hasher.hash_one((body.len(), &body[..body.len().min(ENOUGH)])),
        })
    }

    /// How often it was given back, as far as that is remembered.
    pub(super) fn of(&self, key: Attempted) -> u32 {
        let counts = lock(&self.counts);
        counts.young.get(&key).or_else(|| counts.old.get(&key)).copied().unwrap_or_default()
    }

    /// It was given back so often.
    pub(super) fn note(&self, key: Attempted, times: u32) {
        let mut counts = lock(&self.counts);
        counts.old.remove(&key);
        counts.young.insert(key, times);
        if counts.young.len() >= REMEMBERED {
            counts.old = std::mem::take(&mut counts.young);
        }
    }

    /// It is done.
    pub(super) fn forget(&self, key: Attempted) {
        let mut counts = lock(&self.counts);
        counts.young.remove(&key);
        counts.old.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_own_count() {
        let attempts = Attempts::default();
        let keys = [(Some("a"), "x"), (Some("b"), "x"), (None, "x"), (None, "y"), (None, "")];
        let keys = keys.map(|(id, body)| attempts.key(id, body.as_bytes()));
        for (times, key) in (1..).zip(keys) {
            assert_eq!(attempts.of(key), 0);
            attempts.note(key, times);
        }
        assert_eq!(keys.map(|key| attempts.of(key)), [1, 2, 3, 4, 5]);
        assert_eq!(attempts.key(Some("a"), b"other"), keys[0], "its id is enough");
        attempts.forget(keys[0]);
        assert_eq!((attempts.of(keys[0]), attempts.of(keys[1])), (0, 2));
    }

    #[test]
    fn the_longest_ago_are_forgotten() {
        let attempts = Attempts::default();
        let key = |number: usize| attempts.key(Some(&number.to_string()), b"");
        for number in 0..10 * REMEMBERED {
            attempts.note(key(number), 7);
            attempts.note(key(0), 9);
        }
        let last = 10 * REMEMBERED - 1;
        assert_eq!([0, 1, last - REMEMBERED / 2, last].map(|number| attempts.of(key(number))), [9, 0, 7, 7]);
        let counts = lock(&attempts.counts);
        assert!(counts.young.len() + counts.old.len() <= 2 * REMEMBERED);
    }
}
