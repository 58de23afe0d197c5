//! A service that is all that a process does.

use futures::StreamExt;

use super::builder::ServiceBuilder;
use super::error::ServiceError;
use super::lifecycle::Service;
use super::signals::Signals;
use super::systemd::{State, Systemd};
use crate::contained::contained;

impl ServiceBuilder {
    /// Starts the service and runs it: [`start`](Self::start), then [`Service::run`], with signals from the beginning.
    ///
    /// SIGTERM or Ctrl-C before the service is ready ends its start where it is, in a hook at its next `await`: what was
    /// started is shut down, and that is no error. A SIGHUP before that is done once it is ready.
    ///
    /// # Errors
    /// [`ServiceError`]. What was started before the error is shut down.
    ///
    /// # Cancel safety
    /// As with [`Service::run`].
    pub async fn run(self) -> Result<(), ServiceError> {
        self.run_with(Signals::listen()?, &Systemd::of_environment()).await
    }

    pub(super) async fn run_with(self, mut signals: Signals, systemd: &Systemd) -> Result<(), ServiceError> {
        let (mut service, unstarted) = self.build();
        let started = tokio::select! {
            biased;
            signal = &mut signals.stop => {
                contained(|| tracing::info!(service = %service.who, %signal, "asked to stop before it was ready"));
                None
            }
            started = service.begin(unstarted) => Some(started),
        };
        match started {
            Some(Ok(())) => service.run_with(signals, systemd).await,
            Some(Err(error)) => {
                service.give_up(&error).await;
                Err(error)
            }
            None => service.shutdown().await,
        }
    }
}

impl Service {
    /// Runs until SIGTERM or Ctrl-C, or until a server or a listener stops by itself; then [shuts down](Self::shutdown). At
    /// each SIGHUP it [reloads](Self::reload).
    ///
    /// systemd is told when the service is ready, while it reloads, and when it stops, if the process is a unit with
    /// `Type=notify` or `notify-reload`. A unit with a `TimeoutStopSec` has to give it as long as the service
    /// [has](super::ServiceBuilder::graceful_shutdown_timeout), and some seconds more for answers to those that were cut
    /// off: systemd's default of 90 seconds does.
    ///
    /// A second signal ends the process at once, as with [`Server::run`](crate::Server::run), and what is said of signals
    /// there goes for this, too; from the first `run` on, SIGHUP does not end the process any more.
    ///
    /// # Errors
    /// [`ServiceError`]: signals that cannot be listened to, a server that has stopped by itself, what was cut off, or a
    /// `cleanup_host` that has failed.
    ///
    /// # Cancel safety
    /// Dropping the future drops the service.
    pub async fn run(self) -> Result<(), ServiceError> {
        self.run_with(Signals::listen()?, &Systemd::of_environment()).await
    }

    async fn run_with(self, signals: Signals, systemd: &Systemd) -> Result<(), ServiceError> {
        // Held to the end: whoever asks a service to stop that stops already, for another reason, gets what is asked for.
        let Signals { mut stop, mut hangups } = signals;
        systemd.tell(State::Ready).await;
        let reloading = async {
            while let Some(()) = hangups.next().await {
                systemd.tell(State::Reloading).await;
                // It is in the log, and all goes on as it was.
                self.reload().await.ok();
                systemd.tell(State::Ready).await;
            }
            std::future::pending().await
        };
        let by_itself = tokio::select! {
            biased;
            signal = &mut stop => {
                contained(|| tracing::info!(service = %self.who, %signal, "asked to stop"));
                None
            }
            stopped = self.stopped() => Some(stopped),
            never = reloading => never,
        };
        systemd.tell(State::Stopping).await;
        match by_itself {
            Some(stopped) => {
                let error = stopped.into();
                self.give_up(&error).await;
                Err(error)
            }
            None => self.shutdown().await,
        }
    }

    /// Shuts down what there is of it, because of an error that is more important than those of the shutdown, which are
    /// in the log.
    pub(super) async fn give_up(self, error: &ServiceError) {
        contained(|| tracing::error!(service = %self.who, error = error.line(), "the service ends"));
        self.shutdown().await.ok();
    }
}
