//! SIGHUP, at which services read their configuration again.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::again::reloaded;
use super::error::ConfigError;
use super::handle::Config;
use super::reload::Reload;

/// Reads a configuration again for each SIGHUP. On Unix.
///
/// ```
/// use rpc_runtime::config::{Config, Hangups};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::builder().read()?;
/// let mut hangups = Hangups::listen(&config)?;
/// let reloading = tokio::spawn(async move {
///     loop {
///         // What changed is in the log, and so is what is wrong.
///         if let Ok(reload) = hangups.reloaded().await {
///             if reload.has_changed("DEFAULT", "my_own_option") { /* ... */ }
///         }
///     }
/// });
/// # reloading.abort();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Hangups {
    signal: Signal,
    config: Config,
}

impl Hangups {
    /// Listens from now on, for as long as the process lives; until then, and without it, a SIGHUP ends the process.
    ///
    /// # Errors
    /// The process can't listen to signals.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen(config: &Config) -> io::Result<Self> {
        Ok(Self { signal: signal(SignalKind::hangup())?, config: config.clone() })
    }

    /// Waits for the next SIGHUP, and then [reads again](Config::reload). Several that come together are one.
    ///
    /// # Errors
    /// As for [`Config::reload`]; the error is logged, too.
    ///
    /// # Cancel safety
    /// A signal that was received is not lost before it is read again, but the result of a reading that was begun is.
    pub async fn reloaded(&mut self) -> Result<Reload, ConfigError> {
        loop {
            // It ends with the process only.
            if self.signal.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
            if let Ok(read) = reloaded(&self.config).await {
                return read;
            }
        }
    }
}
