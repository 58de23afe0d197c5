//! What callers have sent of messages that are not whole yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes all of it may have, if it is of several callers.
const MOST: usize = 256 << 20;

/// That of one caller may have as much as this in any case.
const LITTLE: usize = 64 << 10;

/// The bytes that are kept for all callers of a transport, and how many of these there are.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    bytes: AtomicUsize,
    callers: AtomicUsize,
}

/// The part of one caller.
#[derive(Debug)]
pub(super) struct Part {
    of: Arc<Unfinished>,
    bytes: usize,
}

impl Part {
    pub(super) fn new(of: &Arc<Unfinished>) -> Self {
        of.callers.fetch_add(1, Ordering::AcqRel);
        Self { of: Arc::clone(of), bytes: 0 }
    }

    /// Keeps so many from now on. Once all are too many, no one may have more than an equal share: whoever begins messages and
    /// does not end them is the first who has.
    pub(super) fn keeps(&mut self, bytes: usize) -> bool {
        let before = std::mem::replace(&mut self.bytes, bytes);
        if bytes == before {
            return true;
        }
        let all = if bytes > before {
            self.of.bytes.fetch_add(bytes - before, Ordering::AcqRel) + (bytes - before)
        } else {
            self.of.bytes.fetch_sub(before - bytes, Ordering::AcqRel) - (before - bytes)
        };
        let share = MOST / self.of.callers.load(Ordering::Acquire).max(1);
        all <= MOST || bytes <= share.max(LITTLE)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.of.bytes.fetch_sub(self.bytes, Ordering::AcqRel);
        self.of.callers.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_may_have_all_that_nobody_else_has() {
        let all = Arc::<Unfinished>::default();
        let (mut large, mut small) = (Part::new(&all), Part::new(&all));
        assert!(large.keeps(MOST) && small.keeps(0) && large.keeps(MOST));
    }

    #[test]
    fn when_it_is_too_much_whoever_has_the_most_goes() {
        let all = Arc::<Unfinished>::default();
        let mut greedy: Vec<_> = (0..31).map(|_| Part::new(&all)).collect();
        let mut honest = Part::new(&all);
        assert!(greedy.iter_mut().all(|part| part.keeps(MOST / 31)));
        assert!(honest.keeps(LITTLE + 1));
        assert!(!greedy[0].keeps(MOST / 31 + 1));
        drop(greedy);
        assert!(honest.keeps(MOST / 2));
        drop(honest);
        assert_eq!((all.bytes.load(Ordering::Acquire), all.callers.load(Ordering::Acquire)), (0, 0));
    }
}
