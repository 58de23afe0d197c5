//! On which terms a transport meets its peers.

use std::sync::Arc;

use super::peer;
use super::stream::Security;

/// What both sides of a transport have in common.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) peers: peer::Options,
    pub(super) security: Security,
    /// What the transport calls itself, which no other does.
    pub(super) process: Arc<str>,
}
