//! What is to be written to a peer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::frame;

/// How long nothing may be said to a peer: less than any takes for dead.
const QUIET: Duration = Duration::from_secs(2);
const NOTHING: [u8; 8] = [0, 0, 0, 8, 2, 0, 0, 0];

/// Bytes on their way to a peer.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Mutex<Vec<u8>>,
    filled: Notify,
}

impl Outbox {
    /// Adds a frame, which is not written before [`flush`](Self::flush).
    pub(super) fn put(&self, channel: u16, said: &impl Serialize, payload: &[u8]) -> Result<()> {
        frame::write(&mut self.bytes(), channel, said, payload)
    }

    /// Has all that is there written.
    pub(super) fn flush(&self) {
        if !self.bytes().is_empty() {
            self.filled.notify_one();
        }
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes what comes into the outbox, until the peer takes no more.
pub(super) async fn write(outbox: Arc<Outbox>, mut stream: OwnedWriteHalf) {
    let mut batch = Vec::new();
    loop {
        let is_quiet = timeout(QUIET, outbox.filled.notified()).await.is_err();
        std::mem::swap(&mut batch, &mut outbox.bytes());
        if is_quiet && batch.is_empty() {
            batch.extend(NOTHING);
        }
        if stream.write_all(&batch).await.is_err() {
            return;
        }
        batch.clear();
    }
}
