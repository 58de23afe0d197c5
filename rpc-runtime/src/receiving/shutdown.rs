//! The end of the taking of messages.

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::reader::{Read, Reader};
use crate::transport::driver::{Delivery, StopListening};

/// Handlers were still running when the time for shutting down was over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("handlers cut off, as they had not finished in time: {cut_off}")]
#[non_exhaustive]
pub struct ShutdownError {
    /// How many handlers were cut off.
    pub cut_off: usize,
}

impl ShutdownError {
    /// An error if some were cut off.
    pub(crate) fn unless_none(cut_off: usize) -> Result<(), Self> {
        if cut_off == 0 { Ok(()) } else { Err(Self { cut_off }) }
    }
}

/// Returns what no worker took to its queue, while what runs can still be acknowledged.
pub(crate) async fn give_back_rest<R: Read>(
    stop: &dyn StopListening,
    deliveries: &mut mpsc::Receiver<Delivery>,
    reader: &mut Reader<R>,
) {
    let paused = stop.pause();
    futures::pin_mut!(paused);
    loop {
        tokio::select! {
            biased;
            Some(delivery) = deliveries.recv() => delivery.settle.reject(true),
            () = &mut paused => break,
        }
    }
    while let Ok(delivery) = deliveries.try_recv() {
        delivery.settle.reject(true);
    }
    while reader.is_reading()
        && let Some(readout) = reader.next().await
    {
        readout.delivery.settle.reject(true);
    }
}

/// Stops the consuming; `who` is what the log calls the one that consumed.
pub(crate) async fn stop_listening(stop: &dyn StopListening, who: &str, deadline: Instant) {
    if timeout_at(deadline, stop.stop()).await.is_err() {
        tracing::warn!(target = who, "the broker did not confirm in time that consuming has stopped");
    }
}
