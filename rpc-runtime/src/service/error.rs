//! Why a service has not started, or has not ended well.

use std::fmt;

#[cfg(feature = "config")]
use crate::config::ConfigError;
use crate::error::Cause;
#[cfg(feature = "notifications")]
use crate::notification::ListenerError;
use crate::receiving::StopReason;
use crate::server::ServerError;
use crate::text::printable;
use crate::transport::TransportError;

/// Why a service could not be started, has ended by itself, or was cut off.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A hook of a manager has failed.
    #[error("{hook} of {manager} has failed: {source}")]
    #[non_exhaustive]
    Hook {
        /// The name of the hook.
        hook: &'static str,
        /// The type of the manager.
        manager: &'static str,
        /// What the hook returned, or that it panicked: the text of the panic is in the log only.
        source: Cause,
    },
    /// A server could not be started.
    #[error("the server {server} cannot be started: {source}")]
    #[non_exhaustive]
    Server {
        /// Its target.
        server: String,
        /// Why.
        source: Box<ServerError>,
    },
    /// A listener could not be started.
    #[cfg(feature = "notifications")]
    #[error("a listener cannot be started: {source}")]
    #[non_exhaustive]
    Listener {
        /// Why.
        source: ListenerError,
    },
    /// The process cannot listen to signals.
    #[error("cannot listen to signals: {source}")]
    #[non_exhaustive]
    Signals {
        /// A [`std::io::Error`].
        source: Cause,
    },
    /// Nobody asked for it: a server or a listener has stopped by itself.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Something had not finished when the time for it was over.
    #[error(transparent)]
    CutOff(#[from] CutOff),
    /// The configuration cannot be read, again or at all, or one of its values is none.
    #[cfg(feature = "config")]
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The configuration was not read again, because that panicked: what `Config::pin_with_auto` was given, for example.
    #[cfg(feature = "config")]
    #[error("the configuration was not read again: {source}")]
    #[non_exhaustive]
    Reload {
        /// That it panicked.
        source: Cause,
    },
    /// There is no transport: for a `main` that connects and runs.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

impl ServiceError {
    /// As it may stand in a log: hooks may have a peer's words for what went wrong.
    pub(super) fn line(&self) -> String {
        printable(&self.to_string())
    }
}

/// That a server or a listener has stopped without having been asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{who} has stopped: {reason}")]
#[non_exhaustive]
pub struct Stopped {
    /// The target of the server, or the topics of the listener.
    pub who: String,
    /// Why it takes no more messages.
    pub reason: StopReason,
}

/// What had not finished when the time for a stop was over.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[non_exhaustive]
pub struct CutOff {
    /// How many handlers of requests and notifications were cut off.
    pub handlers: usize,
    /// The periodic tasks that were cut off, by their names.
    pub periodic_tasks: Vec<String>,
    /// How many times a manager was cut off, in `graceful_shutdown` or `cleanup_host`, or did not come to the latter.
    pub hooks: usize,
}

impl CutOff {
    /// An error if something was cut off.
    pub(super) fn unless_none(self) -> Result<(), Self> {
        if self == Self::default() { Ok(()) } else { Err(self) }
    }
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut off, as it had not finished in time:")?;
        let mut between = " ";
        if self.handlers > 0 {
            write!(f, "{between}handlers: {}", self.handlers)?;
            between = ", ";
        }
        if !self.periodic_tasks.is_empty() {
            write!(f, "{between}periodic tasks: {}", self.periodic_tasks.join(" "))?;
            between = ", ";
        }
        if self.hooks > 0 {
            write!(f, "{between}hooks of managers: {}", self.hooks)?;
        }
        Ok(())
    }
}

/// What is told of a panic; its text, which may be secret, is in the log.
#[derive(Debug, thiserror::Error)]
#[error("it panicked")]
pub(super) struct Panicked;
