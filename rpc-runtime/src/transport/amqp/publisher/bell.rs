//! Wakes the task that owns the channel.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

#[derive(Debug, Default)]
pub(super) struct Bell {
    bell: Notify,
    /// Whether the task looks at answers itself.
    eager: AtomicBool,
}

impl Bell {
    pub(super) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Has it ring for every answer from now on, or for those only that the task has to decide on.
    pub(super) fn set_eager(&self, eager: bool) {
        self.eager.store(eager, Ordering::Relaxed);
    }

    pub(super) fn is_eager(&self) -> bool {
        self.eager.load(Ordering::Relaxed)
    }

    /// Waits until it rings; for one task only.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}
