//! Why there is no transport, or a queue cannot be declared.

use super::driver::ConnectError;
use super::failure::{HostFailure, Listed};
use super::url::UrlError;

/// Why a transport cannot be had or a queue not be declared.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL is malformed.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// An option is unknown, or has a value that it can't have.
    #[error(transparent)]
    #[cfg(feature = "amqp")]
    Option(#[from] OptionError),
    /// An option of the transport itself has a value that it can't have.
    #[error("{0}")]
    Setting(String),
    /// The URL needs a transport that this build is without.
    #[error("{scheme}:// needs the feature \"amqp\" of rpc-runtime")]
    NotBuilt {
        /// The scheme of the URL.
        scheme: String,
    },
    /// No host of the URL could be connected to, in time or at all.
    #[error("{transport}: {why}{}", Listed(failures))]
    #[non_exhaustive]
    NotConnected {
        /// What the bus of the transport is called.
        transport: &'static str,
        /// What ended the attempts.
        why: String,
        /// For each host that was tried why its last attempt failed.
        failures: Vec<HostFailure>,
    },
    /// The broker refused a declaration, or the connection was lost meanwhile; says what and why.
    #[error("{0}")]
    Broker(String),
}

impl From<ConnectError> for TransportError {
    fn from(error: ConnectError) -> Self {
        TransportError::Broker(error.0)
    }
}

/// An option that cannot be used; names the option, its value and what was expected.
#[cfg(feature = "amqp")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionError(pub(super) String);
