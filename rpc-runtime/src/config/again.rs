//! Reading a configuration again, beside what the runtime does.

use tokio::task::{JoinError, spawn_blocking};

use super::error::ConfigError;
use super::handle::Config;
use super::reload::Reload;
use crate::contained::contained;

/// [Reads again](Config::reload), and logs an error. `Err` is that it panicked, which what a service has for `auto` may do.
pub(crate) async fn reloaded(config: &Config) -> Result<Result<Reload, ConfigError>, JoinError> {
    let config = config.clone();
    let read = spawn_blocking(move || config.reload()).await;
    match &read {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => contained(
            || tracing::error!(%error, "the configuration cannot be read again, and stays as it is"),
        ),
        Err(error) => contained(|| tracing::error!(%error, "the configuration was not read again")),
    }
    read
}
