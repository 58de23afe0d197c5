//! How much memory the messages that are in work may take.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::transport::driver::LIGHT;

/// What is shared out, in bytes: one permit stands for so many.
const UNIT: usize = 1 << 10;

/// Memory for what is large: who wants some waits until there is enough, in order of arrival. What is not large is
/// not counted; there is no more of it than there are workers, or slots for replies.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    left: Arc<Semaphore>,
    units: u32,
    /// Told when somebody has to wait.
    wanted: Arc<Notify>,
}

/// A part of it, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Self {
        let units = u32::try_from((bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Self { left: Arc::new(Semaphore::new(units as usize)), units, wanted: Arc::default() }
    }

    /// Waits for so many bytes; `None` if they do not count, or once it was closed.
    pub(crate) async fn wait_for(&self, bytes: usize) -> Option<Held> {
        if bytes <= LIGHT { None } else { self.wait(bytes).await }
    }

    /// The same with this thread, which is none of `runtime`.
    pub(crate) fn wait_with_thread(&self, bytes: usize, runtime: &Handle) -> Option<Held> {
        runtime.block_on(self.wait_for(bytes))
    }

    /// So many bytes, if they count; an error if they are not there.
    pub(crate) fn take(&self, bytes: usize) -> Result<Option<Held>, TryAcquireError> {
        if bytes <= LIGHT {
            return Ok(None);
        }
        Arc::clone(&self.left).try_acquire_many_owned(self.units_of(bytes)).map(|units| Some(Held(units)))
    }

    async fn wait(&self, bytes: usize) -> Option<Held> {
        let units = self.units_of(bytes);
        if let Ok(held) = Arc::clone(&self.left).try_acquire_many_owned(units) {
            return Some(Held(held));
        }
        self.wanted.notify_one();
        Arc::clone(&self.left).acquire_many_owned(units).await.ok().map(Held)
    }

    /// Waits until somebody has to wait for some, for the one who could give some back. It may also be over.
    #[cfg(feature = "notifications")]
    pub(crate) async fn is_wanted(&self) {
        self.wanted.notified().await;
    }

    /// What is larger than all of it gets all of it, and is there alone.
    fn units_of(&self, bytes: usize) -> u32 {
        u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.units)
    }

    /// Has nobody wait any more.
    pub(crate) fn close(&self) {
        self.left.close();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn what_is_there_is_shared_in_order() {
        let memory = Memory::new(10 * UNIT);
        let first = memory.wait(6 * UNIT).now_or_never().unwrap();
        let mut large = Box::pin(memory.wait(7 * UNIT));
        assert!((&mut large).now_or_never().is_none());
        // It would find room, but not before the one that waits.
        let mut small = Box::pin(memory.wait(UNIT));
        assert!((&mut small).now_or_never().is_none());
        drop(first);
        let large = large.now_or_never().unwrap();
        assert!(small.now_or_never().unwrap().is_some() && large.is_some());
    }

    #[test]
    fn what_is_larger_than_all_of_it_is_alone() {
        let memory = Memory::new(10 * UNIT);
        let all = memory.wait(usize::MAX).now_or_never().unwrap();
        assert!(memory.wait(1).now_or_never().is_none());
        drop(all);
        assert!(memory.wait(1).now_or_never().unwrap().is_some());
    }

    #[cfg(feature = "notifications")]
    #[test]
    fn who_has_some_is_told_that_another_one_waits() {
        let memory = Memory::new(10 * UNIT);
        let all = memory.wait(10 * UNIT).now_or_never().unwrap();
        assert!(all.is_some() && memory.is_wanted().now_or_never().is_none());
        let mut waits = Box::pin(memory.wait(UNIT));
        assert!((&mut waits).now_or_never().is_none() && memory.is_wanted().now_or_never().is_some());
    }

    #[test]
    fn what_is_small_waits_for_nothing() {
        let memory = Memory::new(1);
        let all = memory.wait(1).now_or_never().unwrap();
        assert!(all.is_some() && memory.wait_for(LIGHT).now_or_never().is_some());
        assert!(memory.wait_for(LIGHT + 1).now_or_never().is_none());
        assert!(memory.take(LIGHT).is_ok_and(|held| held.is_none()) && memory.take(LIGHT + 1).is_err());
        memory.close();
        assert!(memory.wait_for(LIGHT + 1).now_or_never().is_some_and(|held| held.is_none()));
    }
}
