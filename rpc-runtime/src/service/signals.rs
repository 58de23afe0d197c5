//! What a service that runs is told from outside of its process.

use std::future::pending;

use futures::stream::{BoxStream, StreamExt};
use futures::{FutureExt, future::BoxFuture};

use super::error::ServiceError;
use crate::error::Cause;
use crate::receiving::{Signal, next_signal};

/// What may come.
pub(super) struct Signals {
    /// SIGTERM or Ctrl-C. A second one ends the process.
    pub(super) stop: BoxFuture<'static, Signal>,
    /// Each SIGHUP; several that come together are one.
    pub(super) hangups: BoxStream<'static, ()>,
}

impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> Result<Self, ServiceError> {
        let failed = |error| ServiceError::Signals { source: Cause::new(error) };
        let stop = next_signal().map_err(failed)?;
        let stop = async {
            match stop.await {
                Ok(signal) => signal,
                // Whoever listens tells all before it ends.
                Err(_) => pending().await,
            }
        };
        Ok(Self { stop: stop.boxed(), hangups: hangups().map_err(failed)? })
    }
}

#[cfg(unix)]
fn hangups() -> std::io::Result<BoxStream<'static, ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let hangups = signal(SignalKind::hangup())?;
    let next = async |mut hangups: tokio::signal::unix::Signal| Some((hangups.recv().await?, hangups));
    Ok(futures::stream::unfold(hangups, next).boxed())
}

#[cfg(not(unix))]
fn hangups() -> std::io::Result<BoxStream<'static, ()>> {
    Ok(futures::stream::pending().boxed())
}
