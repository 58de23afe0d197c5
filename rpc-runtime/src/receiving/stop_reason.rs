//! Why a server or a listener takes no more messages.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;

use super::phase::Phase;
use crate::transport::{ConnectionStatus, StatusWatch};

/// Why a server takes no more requests, or a listener no more notifications; see
/// [`Server::stopped`](crate::Server::stopped).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// [`shutdown`](crate::Server::shutdown) was called.
    ShutDown,
    /// It was dropped.
    Dropped,
    /// Its transport was closed under it.
    TransportClosed,
    /// It cannot receive any more, which is a fault of this crate: please report it.
    #[non_exhaustive]
    Failed {
        /// What happened.
        why: String,
    },
}

impl StopReason {
    /// Whether it was asked to stop, by a shutdown or by being dropped.
    #[must_use]
    pub fn was_asked_for(&self) -> bool {
        matches!(self, StopReason::ShutDown | StopReason::Dropped)
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StopReason::ShutDown => f.write_str("it was shut down"),
            StopReason::Dropped => f.write_str("it was dropped"),
            StopReason::TransportClosed => f.write_str("its transport was closed"),
            StopReason::Failed { why } => write!(f, "it failed: {why}"),
        }
    }
}

/// Where a receiver reads why it has stopped.
#[derive(Debug, Clone)]
pub(crate) struct Stopped(watch::Receiver<Option<StopReason>>);

impl Stopped {
    /// Waits until there is a reason.
    pub(crate) fn reason(&self) -> impl Future<Output = StopReason> + Send + use<> {
        let mut reason = self.0.clone();
        async move {
            let told = reason.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
            // Its task is gone without a word when its runtime ends.
            told.unwrap_or_else(|| StopReason::Failed { why: "its runtime has ended".to_owned() })
        }
    }
}

/// What a receiving task tells at its end.
pub(crate) struct Ending {
    /// What the log calls it.
    who: Arc<str>,
    phases: watch::Receiver<Phase>,
    transport: StatusWatch,
    reason: watch::Sender<Option<StopReason>>,
}

impl Ending {
    pub(crate) fn new(
        who: Arc<str>,
        phases: watch::Receiver<Phase>,
        transport: StatusWatch,
    ) -> (Self, Stopped) {
        let (reason, stopped) = watch::channel(None);
        (Self { who, phases, transport, reason }, Stopped(stopped))
    }

    /// The task ended, or panicked with this text.
    pub(crate) fn tell(self, panic: Option<String>) {
        let reason = match (panic, *self.phases.borrow()) {
            (Some(text), _) => StopReason::Failed { why: format!("receiving panicked: {text}") },
            (None, Phase::Drain | Phase::Abort) => StopReason::ShutDown,
            (None, Phase::Leave) => StopReason::Dropped,
            (None, Phase::Serve) => match self.transport.current().overall() {
                ConnectionStatus::Closed { .. } => StopReason::TransportClosed,
                _ => StopReason::Failed { why: "no more messages come".to_owned() },
            },
        };
        if !reason.was_asked_for() {
            tracing::warn!(target = %self.who, %reason, "stopped by itself");
        }
        self.reason.send_replace(Some(reason));
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::logged::Warnings;
    use crate::transport::Transport;

    /// What is told at the end in this phase, and how often it is warned of.
    fn told(phase: Phase, panic: Option<&str>) -> (StopReason, usize) {
        let (transport, _) = Transport::recording();
        let (ending, stopped) = Ending::new("t".into(), watch::channel(phase).1, transport.watch());
        assert_eq!(stopped.reason().now_or_never(), None);
        let (warnings, _guard) = Warnings::collect();
        ending.tell(panic.map(str::to_owned));
        (stopped.reason().now_or_never().unwrap(), warnings.with("stopped by itself").len())
    }

    #[test]
    fn in_words() {
        let failed = StopReason::Failed { why: "x".to_owned() };
        let reasons = [StopReason::ShutDown, StopReason::Dropped, StopReason::TransportClosed, failed];
        let words = ["it was shut down", "it was dropped", "its transport was closed", "it failed: x"];
        assert_eq!(reasons.map(|reason| reason.to_string()), words);
    }

    #[test]
    fn what_nobody_asked_for_is_warned_of() {
        assert_eq!(told(Phase::Drain, None), (StopReason::ShutDown, 0));
        assert_eq!(told(Phase::Abort, None), (StopReason::ShutDown, 0));
        assert_eq!(told(Phase::Leave, None), (StopReason::Dropped, 0));
        let failed = |why: &str| (StopReason::Failed { why: why.to_owned() }, 1);
        assert_eq!(told(Phase::Serve, None), failed("no more messages come"));
        assert_eq!(told(Phase::Drain, Some("boom")), failed("receiving panicked: boom"));
    }

    #[tokio::test]
    async fn a_closed_transport_is_a_reason() {
        let (transport, _) = Transport::recording();
        let (ending, stopped) = Ending::new("t".into(), watch::channel(Phase::Serve).1, transport.watch());
        transport.close(std::time::Duration::ZERO).await;
        ending.tell(None);
        assert_eq!(stopped.reason().await, StopReason::TransportClosed);
    }

    #[tokio::test]
    async fn a_task_that_is_gone_without_a_word() {
        let (transport, _) = Transport::recording();
        let (ending, stopped) = Ending::new("t".into(), watch::channel(Phase::Serve).1, transport.watch());
        drop(ending);
        assert!(matches!(stopped.reason().await, StopReason::Failed { .. }));
    }
}
