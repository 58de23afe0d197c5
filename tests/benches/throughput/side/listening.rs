//! Listening to notifications until a number of them is handled.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::sync::Notify;

use crate::question::Done;

/// What a server listens with.
pub(crate) trait Listening {
    /// Listens until all of `heard` is handled, so many at once, and stops in good order.
    async fn listen(&self, batch: usize, heard: Arc<Heard>) -> Result<()>;
}

/// What was handled so far.
#[derive(Debug)]
pub(crate) struct Heard {
    wanted: usize,
    count: AtomicUsize,
    /// When the first were handled, and how many these were.
    first: OnceLock<(Instant, usize)>,
    last: OnceLock<Instant>,
    all: Notify,
}

impl Heard {
    pub(crate) fn new(wanted: usize) -> Arc<Self> {
        let (count, all) = (AtomicUsize::new(0), Notify::new());
        Arc::new(Self { wanted, count, first: OnceLock::new(), last: OnceLock::new(), all })
    }

    /// Counts some that were handled at once.
    pub(crate) fn add(&self, some: usize) {
        self.first.get_or_init(|| (Instant::now(), some));
        let before = self.count.fetch_add(some, Ordering::Relaxed);
        if before < self.wanted && before + some >= self.wanted {
            self.last.get_or_init(Instant::now);
            self.all.notify_one();
        }
    }

    /// Waits until all are handled.
    pub(crate) async fn complete(&self) {
        self.all.notified().await;
    }

    /// From the first to the last: what it takes to begin is not what is measured.
    pub(crate) fn done(&self) -> Result<Done> {
        let ((begin, first), end) = self.first.get().zip(self.last.get()).context("not all were handled")?;
        let seconds = (*end - *begin).as_secs_f64();
        Ok(Done { operations: self.wanted - first, seconds, p50: None, p99: None })
    }
}
