//! A number that goes up.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often something happened.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "notifications")]
    pub(crate) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, feature = "notifications"))]
mod tests {
    use super::Count;

    #[test]
    fn it_goes_up() {
        let count = Count::default();
        count.add_one();
        count.add(3);
        assert_eq!(count.get(), 4);
    }
}
