//! How long things may take, and where that is read.

#[cfg(feature = "config")]
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "config")]
use super::error::Panicked;
use super::error::ServiceError;
#[cfg(feature = "config")]
use crate::config::{Config, ConfigError, Reload, reloaded};
#[cfg(feature = "config")]
use crate::contained::contained;
#[cfg(feature = "config")]
use crate::error::Cause;

/// oslo.service's `graceful_shutdown_timeout`.
const SHUTDOWN: Duration = Duration::from_secs(60);

/// Who is told what a reading of the configuration has come to.
#[cfg(feature = "config")]
pub(super) type OnReload = Arc<dyn Fn(&Result<Reload, ConfigError>) + Send + Sync>;

/// What the builder says, and what the configuration says, which goes before it.
pub(super) struct Settings {
    pub(super) shutdown: Duration,
    pub(super) delay: Duration,
    #[cfg(feature = "config")]
    pub(super) config: Option<Config>,
    #[cfg(feature = "config")]
    pub(super) on_reload: Option<OnReload>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shutdown: SHUTDOWN,
            delay: Duration::ZERO,
            #[cfg(feature = "config")]
            config: None,
            #[cfg(feature = "config")]
            on_reload: None,
        }
    }
}

impl Settings {
    /// How long a stop may take; without a limit if it is zero.
    pub(super) fn shutdown(&self) -> Result<Duration, ServiceError> {
        self.seconds("graceful_shutdown_timeout", self.shutdown)
    }

    /// How long periodic tasks are delayed at most.
    pub(super) fn delay(&self) -> Result<Duration, ServiceError> {
        self.seconds("periodic_fuzzy_delay", self.delay)
    }

    #[cfg_attr(not(feature = "config"), expect(unused_variables, reason = "it is the name in files"))]
    fn seconds(&self, name: &str, otherwise: Duration) -> Result<Duration, ServiceError> {
        #[cfg(feature = "config")]
        if let Some(config) = &self.config
            && let Some(seconds) = config.seconds("DEFAULT", name)?
        {
            return Ok(seconds);
        }
        Ok(otherwise)
    }

    /// Reads the configuration again, if there is one; an error is in the log as well.
    #[cfg(feature = "config")]
    pub(super) async fn read_again(&self) -> Result<(), ServiceError> {
        let Some(config) = &self.config else { return Ok(()) };
        let read =
            reloaded(config).await.map_err(|_| ServiceError::Reload { source: Cause::new(Panicked) })?;
        if let Some(tell) = &self.on_reload {
            contained(|| tell(&read));
        }
        read?;
        Ok(())
    }
}
