//! The threads of a transport, apart from those of its users.

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::Cause;
use crate::transport::TransportError;

/// A runtime of one thread that may be dropped anywhere, also inside another one.
#[derive(Debug)]
pub(in crate::transport) struct OwnRuntime {
    /// Taken when dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl OwnRuntime {
    /// Its thread has this name.
    pub(in crate::transport) fn new(name: &str) -> Result<Self, TransportError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(|error| TransportError::Thread { source: Cause::new(error) })?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle })
    }

    pub(in crate::transport) fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The usual way waits for its threads, which panics within async code.
            runtime.shutdown_background();
        }
    }
}
