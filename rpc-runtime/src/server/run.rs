//! A server that is all that a process does.

use std::future::pending;

use tokio::sync::oneshot;

use super::builder::ServerBuilder;
use super::error::ServerError;
use super::lifecycle::Server;
use crate::error::Cause;
use crate::receiving::{ShutdownError, Signal, StopReason, next_signal};
use crate::transport::TransportError;

/// Why a server that was to run until a signal came has not ended well.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// It could not be started.
    #[error(transparent)]
    Start(#[from] ServerError),
    /// The process cannot listen to signals.
    #[error("cannot listen to signals: {source}")]
    #[non_exhaustive]
    Signals {
        /// A [`std::io::Error`].
        source: Cause,
    },
    /// No signal came: the server has stopped by itself.
    #[error("the server has stopped: {reason}")]
    #[non_exhaustive]
    Stopped {
        /// Why it takes no more requests.
        reason: StopReason,
    },
    /// Handlers had not finished in time after the signal.
    #[error(transparent)]
    Shutdown(#[from] ShutdownError),
}

/// For a `main` that connects and runs.
impl From<TransportError> for RunError {
    fn from(error: TransportError) -> Self {
        ServerError::from(error).into()
    }
}

impl ServerBuilder {
    /// Starts the server and runs it: [`start`](Self::start), then [`Server::run`], with signals from the beginning.
    ///
    /// ```no_run
    /// # use rpc_runtime::prelude::*;
    /// # #[rpc_manager(topic = "greeter", version = "1.0")]
    /// # pub trait Greeter {
    /// #     #[rpc(cast)]
    /// #     async fn wake(&self, ctx: Context) -> Result<(), RemoteError>;
    /// # }
    /// # async fn serve(transport: Transport, desk: impl Greeter) -> Result<(), Box<dyn std::error::Error>> {
    /// GreeterApi::serve(&transport, "host1", desk).run().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RunError`]
    ///
    /// # Cancel safety
    /// As with [`Server::run`].
    pub async fn run(self) -> Result<(), RunError> {
        let mut asked = listen()?;
        let server = tokio::select! {
            biased;
            signal = heard(&mut asked) => {
                tracing::info!(%signal, "asked to stop before the server was started");
                return Ok(());
            }
            server = self.start() => server?,
        };
        server.run_until(asked).await
    }
}

impl Server {
    /// Runs until SIGTERM or Ctrl-C, then shuts down: requests that run may take as long as
    /// [`ServerBuilder::shutdown_within`] says, 25 seconds by default.
    ///
    /// A second signal ends the process at once, with the exit status that a shell gives it: 143 after SIGTERM, 130 after
    /// Ctrl-C. So does any signal that comes when nothing runs any more, or not yet again: from the first `run` on, for as
    /// long as the process lives, signals are this function's. Several servers of one process may run at a time, and all are
    /// asked to stop by one signal. A process that wants signals for itself waits for them, and for
    /// [`stopped`](Self::stopped), and calls [`shutdown`](Self::shutdown).
    ///
    /// Until the future is first polled a signal ends the process as it does any program: [`ServerBuilder::run`] leaves no
    /// such moment. The transport stays open, for what is to be sent at the end.
    ///
    /// # Errors
    /// [`RunError`]: signals that cannot be listened to, a server that has stopped by itself, or handlers that were cut off.
    ///
    /// # Cancel safety
    /// Dropping the future drops the server.
    pub async fn run(self) -> Result<(), RunError> {
        self.run_until(listen()?).await
    }

    async fn run_until(self, mut asked: oneshot::Receiver<Signal>) -> Result<(), RunError> {
        let by_itself = tokio::select! {
            signal = heard(&mut asked) => {
                tracing::info!(target = %self.who(), %signal, "asked to stop");
                None
            }
            reason = self.stopped() => Some(reason),
        };
        let within = self.shutdown_within();
        let ended = self.shutdown(within).await;
        match by_itself {
            Some(reason) => Err(RunError::Stopped { reason }),
            None => Ok(ended?),
        }
    }
}

fn listen() -> Result<oneshot::Receiver<Signal>, RunError> {
    next_signal().map_err(|error| RunError::Signals { source: Cause::new(error) })
}

async fn heard(asked: &mut oneshot::Receiver<Signal>) -> Signal {
    match asked.await {
        Ok(signal) => signal,
        // Whoever listens tells all before it ends.
        Err(_) => pending().await,
    }
}
