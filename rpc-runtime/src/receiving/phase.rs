//! How far a receiver is on its way to its end.

use std::future::pending;

use tokio::sync::watch;

/// What a receiver is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Take messages.
    Serve,
    /// Take no more, finish those that run.
    Drain,
    /// The same, and nobody waits for them.
    Leave,
    /// Cut off those that still run.
    Abort,
}

/// Waits until what runs is to be cut off.
pub(crate) async fn aborted(phases: &watch::Receiver<Phase>) {
    let mut phases = phases.clone();
    if phases.wait_for(|phase| *phase >= Phase::Abort).await.is_err() {
        // One that was dropped: its handlers go on.
        drop(phases);
        pending().await
    }
}
