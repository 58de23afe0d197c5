//! The calls that wait for replies by one connection, or at one address, which end when that is lost.

use std::collections::HashMap;

use tokio::time::Instant;

/// How many there are before those are looked for that nobody waits for any more.
const FEW: usize = 64;

/// Calls by their ids. Each goes with its reply; one that no reply comes to goes some time after its deadline, so that there are
/// no more than twice as many as somebody waits for.
#[derive(Debug)]
pub(super) struct Calls<T> {
    waiting: HashMap<[u8; 32], Waiting<T>>,
    /// How many there may be before it is looked again.
    many: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    deadline: Instant,
    /// What is kept as long as it waits.
    _held: T,
}

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), many: FEW }
    }
}

impl<T> Calls<T> {
    pub(super) fn add(&mut self, id: [u8; 32], deadline: Instant, held: T) {
        if self.waiting.len() >= self.many {
            let now = Instant::now();
            self.waiting.retain(|_, waiting| waiting.deadline > now);
            self.many = FEW.max(2 * self.waiting.len());
        }
        self.waiting.insert(id, Waiting { deadline, _held: held });
    }

    /// Takes one out; whether it was there.
    pub(super) fn remove(&mut self, id: &[u8; 32]) -> bool {
        self.waiting.remove(id).is_some()
    }

    /// Whether somebody waits for one.
    #[cfg(feature = "zmq")]
    pub(super) fn are_awaited(&self) -> bool {
        let now = Instant::now();
        self.waiting.values().any(|waiting| waiting.deadline > now)
    }

    /// All of them.
    pub(super) fn take(&mut self) -> Vec<[u8; 32]> {
        std::mem::take(&mut self.waiting).into_keys().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::after;

    fn id(n: u32) -> [u8; 32] {
        let mut id = [b'0'; 32];
        id[..4].copy_from_slice(&n.to_be_bytes());
        id
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_nobody_waits_for_take_no_memory() {
        let mut calls = Calls::default();
        for n in 0..10_000 {
            calls.add(id(n), after(Duration::from_secs(1)), ());
            tokio::time::advance(Duration::from_millis(100)).await;
            assert!(calls.waiting.len() <= FEW, "{}", calls.waiting.len());
        }
        calls.add(id(1), after(Duration::from_secs(1)), ());
        assert!(calls.remove(&id(1)) && !calls.remove(&id(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_wait_none_is_forgotten() {
        let mut calls = Calls::default();
        (0..10_000).for_each(|n| calls.add(id(n), after(Duration::from_secs(1)), ()));
        assert_eq!(calls.take().len(), 10_000);
    }
}
