//! What clients and servers take from the options of a transport.

use std::sync::Arc;
use std::time::Duration;

use crate::wire::Limits;

/// What is the same for every driver.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) control_exchange: Arc<str>,
    pub(super) response_timeout: Duration,
    pub(super) reply_patience: Duration,
    pub(super) prefetch: Option<u16>,
    pub(super) limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            control_exchange: "openstack".into(),
            response_timeout: Duration::from_secs(60),
            reply_patience: Duration::from_secs(60),
            prefetch: None,
            limits: Limits::default(),
        }
    }
}
