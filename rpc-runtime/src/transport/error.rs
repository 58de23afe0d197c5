//! Why there is no transport, or a queue cannot be declared.

use super::failure::{HostFailure, Listed};
use super::url::UrlError;
#[cfg(feature = "config")]
use crate::config::ConfigError;
use crate::error::{Cause, Fault, FaultKind};

/// Why a transport cannot be had or a queue not be declared.
///
/// The text of an error is complete: what `source` gives is in it, and there for programs that want to know more
/// of it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The URL is malformed.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The environment does not say which transport it is, or says it wrong.
    #[error("{0}")]
    Environment(String),
    /// An option is unknown, or has a value that it can't have.
    #[error(transparent)]
    #[cfg(feature = "amqp")]
    Option(#[from] OptionError),
    /// An option of the transport itself has a value that it can't have.
    #[error("{0}")]
    Setting(String),
    /// The configuration does not say what it should, or something wrong.
    #[error(transparent)]
    #[cfg(feature = "config")]
    Config(#[from] ConfigError),
    /// The URL needs a transport that this build is without.
    #[error("{scheme}:// needs the feature \"{feature}\" of rpc-runtime")]
    #[non_exhaustive]
    NotBuilt {
        /// The scheme of the URL.
        scheme: String,
        /// The feature that has it.
        feature: &'static str,
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
    /// A certificate or key of the options cannot be read or used.
    #[error("{option}: {why}")]
    #[non_exhaustive]
    #[cfg(any(feature = "amqp", feature = "amqp1", feature = "zmq"))]
    Certificate {
        /// The option that names the file, for example `ssl_key_file`; `ssl` for the certificates of the system.
        option: &'static str,
        /// The file and what is wrong with it.
        why: String,
        /// The error of the file, or of what is in it.
        source: Option<Cause>,
    },
    /// The system does not give what a transport is made of.
    #[error("cannot start a thread: {source}")]
    #[non_exhaustive]
    #[cfg(any(feature = "amqp", feature = "amqp1"))]
    Thread {
        /// A [`std::io::Error`].
        source: Cause,
    },
    /// The broker refused a declaration, the connection was lost meanwhile, or the transport is closed.
    #[error("{why}")]
    #[non_exhaustive]
    Broker {
        /// What to match on.
        kind: FaultKind,
        /// What failed and why, the broker's words included.
        why: String,
        /// The error behind it, if there is one: a [`Refusal`](crate::Refusal) of the broker, or the
        /// [`HostFailure`] that the connection was lost by.
        source: Option<Cause>,
    },
}

impl From<Fault> for TransportError {
    fn from(Fault { kind, why, source }: Fault) -> Self {
        TransportError::Broker { kind, why, source }
    }
}

/// An option that cannot be used; names the option, its value and what was expected.
#[cfg(feature = "amqp")]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionError(pub(super) String);
