//! What is still to be done about notifications that no handler has any more.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

/// More than any broker hands over before they are settled.
const MOST: u32 = 1 << 28;

/// Tasks that keep nobody waiting, except for the end of the listener.
#[derive(Debug)]
pub(super) struct Errands(Arc<Semaphore>);

impl Default for Errands {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST as usize)))
    }
}

impl Errands {
    pub(super) fn start(&self, errand: impl Future<Output = ()> + Send + 'static) {
        let place = Arc::clone(&self.0).try_acquire_owned();
        tokio::spawn(async move {
            errand.await;
            drop(place);
        });
    }

    /// Waits until there are none.
    pub(super) async fn over(&self, deadline: Instant) {
        drop(timeout_at(deadline, self.0.acquire_many(MOST)).await);
    }
}
