//! A service from the first of its hooks to the last one.

use std::fmt;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{join_all, select_all};
use tokio::time::{Instant, timeout_at};

use super::error::{CutOff, ServiceError, Stopped};
use super::hooks::{Hook, Manager};
use super::part::{Part, Running};
use super::periodic::{PeriodicTask, Tasks};
use super::settings::Settings;
use crate::clock::after;
use crate::contained::contained;

/// The time of a stop is so many parts, of which the last one is kept for `cleanup_host`.
const SHARES: u32 = 6;

/// A running service: see [`Service::builder`].
///
/// [`run`](Self::run) waits for signals, and is what a `main` does with it; [`stopped`](Self::stopped),
/// [`reload`](Self::reload) and [`shutdown`](Self::shutdown) are the same for a program that has other things to wait for.
///
/// Dropping it drops its servers, which [warn](crate::Server) of it, and ends periodic tasks in the middle of what they do;
/// `cleanup_host` of its managers does not run.
#[must_use = "a service ends when it is dropped: keep it and shut it down, or `run` it"]
pub struct Service {
    /// For logs.
    pub(super) who: Arc<str>,
    managers: Vec<Manager>,
    /// How many of the managers have done `init_host`.
    initialised: usize,
    running: Vec<Running>,
    tasks: Tasks,
    settings: Settings,
}

/// What a service is to have.
pub(super) struct Unstarted {
    pub(super) parts: Vec<Part>,
    pub(super) tasks: Vec<PeriodicTask>,
}

impl Service {
    /// One that has nothing yet.
    pub(super) fn new(who: Arc<str>, managers: Vec<Manager>, settings: Settings) -> Self {
        Self { who, managers, initialised: 0, running: Vec::new(), tasks: Tasks::new(), settings }
    }

    /// Starts everything. After an error, or if the future is dropped, it has what was started by then, for a shutdown.
    pub(super) async fn begin(&mut self, unstarted: Unstarted) -> Result<(), ServiceError> {
        let delay = self.settings.delay()?;
        // Here, where it can be an error.
        self.settings.shutdown()?;
        contained(|| tracing::info!(service = %self.who, "starting"));
        for manager in &self.managers {
            manager.call(Hook::InitHost).await?;
            self.initialised += 1;
        }
        for manager in &self.managers {
            manager.call(Hook::PreStart).await?;
        }
        for part in unstarted.parts {
            self.running.push(part.start().await?);
        }
        for manager in &self.managers {
            manager.call(Hook::PostStart).await?;
        }
        for task in unstarted.tasks {
            self.tasks.begin(task, delay);
        }
        contained(|| tracing::info!(service = %self.who, "ready"));
        Ok(())
    }

    /// Waits until a server or a listener takes no more messages, and tells which one and why; for ever, if there is none.
    /// The others go on.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub fn stopped(&self) -> impl Future<Output = Stopped> + Send + use<> {
        let stopped: Vec<_> = self.running.iter().map(|running| running.stopped().boxed()).collect();
        async move {
            match stopped.is_empty() {
                true => pending().await,
                false => select_all(stopped).await.0,
            }
        }
    }

    /// Does what a SIGHUP has done by [`run`](Self::run): reads the configuration again, if the service has one, tells
    /// whoever asked for it by `ServiceBuilder::on_reload`, and calls [`reset`](super::Hooks::reset) of each manager.
    ///
    /// # Errors
    /// The configuration cannot be read again: then nothing changes, and no manager is told. Or a manager has failed: the
    /// others were told all the same, and the error is that of the first. All of it is in the log, too.
    ///
    /// # Cancel safety
    /// Dropping the future may leave managers without word of what was read.
    pub async fn reload(&self) -> Result<(), ServiceError> {
        #[cfg(feature = "config")]
        self.settings.read_again().await?;
        let mut result = Ok(());
        for manager in &self.managers {
            let reset = manager.call(Hook::Reset).await;
            if let Err(error) = &reset {
                contained(|| tracing::error!(service = %self.who, %error, "the service goes on"));
            }
            result = result.and(reset);
        }
        result
    }

    /// Stops, all servers, listeners and periodic tasks at the same time, as [`crate::Server::shutdown`] has it; then, in the
    /// opposite order of their start, it calls [`cleanup_host`](super::Hooks::cleanup_host) of each manager.
    ///
    /// It takes no longer than the service [has](super::ServiceBuilder::graceful_shutdown_timeout). A sixth of that is kept
    /// for `cleanup_host`, if there are managers.
    ///
    /// # Errors
    /// [`ServiceError::CutOff`], or a `cleanup_host` that has failed: the others are called all the same.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done is like dropping the service.
    pub async fn shutdown(mut self) -> Result<(), ServiceError> {
        let limit = self.settings.shutdown().unwrap_or_else(|error| {
            // It was right at the start.
            contained(|| tracing::error!(%error, "the time for the stop is that of the program"));
            self.settings.shutdown
        });
        let limit = if limit.is_zero() { Duration::MAX } else { limit };
        contained(|| tracing::info!(service = %self.who, ?limit, "stopping"));
        let deadline = after(limit);
        let within = match self.initialised {
            0 => limit,
            _ => limit - limit / SHARES,
        };
        let running = std::mem::take(&mut self.running);
        let servers = join_all(running.into_iter().map(|running| running.shutdown(within)));
        let (cut_off, periodic_tasks) = tokio::join!(servers, self.tasks.end(after(within)));
        let mut cut_off = CutOff { handlers: cut_off.iter().sum(), periodic_tasks, cleanups: 0 };
        let mut failed = Ok(());
        for manager in self.managers[..self.initialised].iter().rev() {
            match self.clean_up(manager, deadline).await {
                Some(cleaned_up) => failed = failed.and(cleaned_up),
                None => cut_off.cleanups += 1,
            }
        }
        let cut_off = cut_off.unless_none();
        if let Err(cut_off) = &cut_off {
            contained(|| tracing::error!(service = %self.who, "{cut_off}"));
        }
        contained(|| tracing::info!(service = %self.who, "stopped"));
        failed?;
        Ok(cut_off?)
    }

    /// `None` if the time is over.
    async fn clean_up(&self, manager: &Manager, deadline: Instant) -> Option<Result<(), ServiceError>> {
        let cleaned_up = timeout_at(deadline, manager.call(Hook::CleanupHost)).await.ok();
        if let Some(Err(error)) = &cleaned_up {
            contained(|| tracing::error!(service = %self.who, %error, "the service stops all the same"));
        }
        cleaned_up
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.who)
            .field("managers", &self.managers)
            .field("running", &self.running)
            .field("tasks", &self.tasks)
            .finish_non_exhaustive()
    }
}
