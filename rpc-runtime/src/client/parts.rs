//! The inside of a client.

use std::sync::Arc;

use super::options::CallOptions;
use crate::interface::Interface;
use crate::pin::VersionPin;
use crate::transport::Transport;

/// What a client and its requests share.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) transport: Transport,
    pub(super) interface: &'static Interface,
    pub(super) pin: VersionPin,
    pub(super) options: CallOptions,
    /// The topic of requests that no route addresses.
    pub(super) topic: Arc<str>,
}
