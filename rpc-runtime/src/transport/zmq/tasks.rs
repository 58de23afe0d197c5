//! The tasks of a transport, which end with it.

use std::fmt;
use std::sync::Mutex;

use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet};

use crate::lock::lock;

/// Tasks on the runtime that the transport was made on.
pub(super) struct Tasks {
    runtime: Handle,
    running: Mutex<JoinSet<()>>,
}

impl Tasks {
    /// On the runtime of the caller.
    pub(super) fn new() -> Self {
        Self { runtime: Handle::current(), running: Mutex::default() }
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let mut running = lock(&self.running);
        // Those that are over.
        while running.try_join_next().is_some() {}
        running.spawn_on(task, &self.runtime)
    }

    pub(super) fn count(&self) -> usize {
        let mut running = lock(&self.running);
        while running.try_join_next().is_some() {}
        running.len()
    }

    /// Ends them all.
    pub(super) fn abort(&self) {
        lock(&self.running).abort_all();
    }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").finish_non_exhaustive()
    }
}
