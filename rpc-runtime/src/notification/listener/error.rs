//! What can be wrong with a listener that is to be started.

use crate::transport::TransportError;

/// Why a listener could not be started.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// The listener has nothing that handles notifications, nor is it to drain what nobody handles.
    #[error("the listener has no endpoint: use ListenerBuilder::endpoint")]
    NoEndpoint,
    /// The name of a topic, of the pool or of the dead letters would stand for others, or is taken.
    #[error("{why}")]
    #[non_exhaustive]
    Name {
        /// Which name, and what is wrong with it.
        why: String,
    },
    /// Options do not go together, or have no meaning.
    #[error("{why}")]
    #[non_exhaustive]
    Setting {
        /// Which options, and what is wrong with them.
        why: String,
    },
    /// The bus of the transport cannot do what the listener was set up for.
    #[error("{why}")]
    #[non_exhaustive]
    Unable {
        /// What cannot be had, over which transport, and why.
        why: String,
    },
    /// The queues cannot be declared or consumed.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl ListenerError {
    pub(super) fn name(why: impl Into<String>) -> Self {
        Self::Name { why: why.into() }
    }

    pub(super) fn setting(why: impl Into<String>) -> Self {
        Self::Setting { why: why.into() }
    }
}
