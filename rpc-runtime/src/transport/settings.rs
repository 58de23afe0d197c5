//! What clients and servers take from the options of a transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::wire::Limits;

/// What is the same for every driver.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) control_exchange: Arc<str>,
    pub(super) response_timeout: ResponseTimeout,
    pub(super) reply_patience: Duration,
    pub(super) prefetch: Option<u16>,
    pub(super) limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            control_exchange: "openstack".into(),
            response_timeout: Duration::from_secs(60).into(),
            reply_patience: Duration::from_secs(60),
            prefetch: None,
            limits: Limits::default(),
        }
    }
}

/// How long calls wait that say nothing else.
#[derive(Debug, Clone)]
pub(super) struct ResponseTimeout {
    fixed: Duration,
    /// Seconds that a configuration may change, and which go before what is fixed unless they are 0.
    configured: Option<Arc<AtomicU64>>,
}

impl ResponseTimeout {
    #[cfg(feature = "config")]
    pub(super) fn configured(self, seconds: Arc<AtomicU64>) -> Self {
        Self { configured: Some(seconds), ..self }
    }

    pub(super) fn get(&self) -> Duration {
        match self.configured.as_ref().map_or(0, |seconds| seconds.load(Ordering::Relaxed)) {
            0 => self.fixed,
            seconds => Duration::from_secs(seconds),
        }
    }
}

impl From<Duration> for ResponseTimeout {
    fn from(fixed: Duration) -> Self {
        Self { fixed, configured: None }
    }
}
