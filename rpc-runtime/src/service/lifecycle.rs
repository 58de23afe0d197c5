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
                contained(
                    || tracing::error!(service = %self.who, error = error.line(), "the service goes on"),
                );
            }
            result = result.and(reset);
        }
        result
    }

    /// Stops servers, listeners and periodic tasks, and calls [`graceful_shutdown`](super::Hooks::graceful_shutdown) of the
    /// managers, all at the same time: what runs may finish, as [`Server::shutdown`](crate::Server::shutdown) has it. Then it
    /// calls [`cleanup_host`](super::Hooks::cleanup_host) of the managers, one after the other, the last one first.
    ///
    /// All of it takes as long as the service [has](super::ServiceBuilder::graceful_shutdown_timeout), and some 2 seconds more
    /// if handlers or tasks have to be cut off. A sixth of the time is kept for `cleanup_host`, if there are managers.
    ///
    /// # Errors
    /// [`ServiceError::CutOff`], or a hook that has failed, which does not keep the others from being called.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done is like dropping the service.
    pub async fn shutdown(mut self) -> Result<(), ServiceError> {
        let limit = self.settings.shutdown().unwrap_or_else(|error| {
            // It was right at the start.
            contained(|| {
                tracing::error!(error = error.line(), "the time for the stop is that of the program")
            });
            self.settings.shutdown
        });
        let limit = if limit.is_zero() { Duration::MAX } else { limit };
        contained(|| tracing::info!(service = %self.who, ?limit, "stopping"));
        let deadline = after(limit);
        let kept = match self.initialised == 0 || limit == Duration::MAX {
            true => Duration::ZERO,
            false => limit / SHARES,
        };
        let within = limit - kept;
        let running = std::mem::take(&mut self.running).into_iter();
        let (managers, who) = (&self.managers[..self.initialised], &*self.who);
        let drained = after(within);
        let hook = Hook::GracefulShutdown(within);
        let (handlers, periodic_tasks, hooks) = tokio::join!(
            join_all(running.map(|running| running.shutdown(within))),
            self.tasks.end(drained),
            join_all(managers.iter().map(|manager| call_until(who, manager, hook, drained))),
        );
        // What was cut off may have had its last words in the time that is kept.
        let deadline = deadline.max(after(kept));
        let mut called: Vec<_> = hooks;
        for manager in managers.iter().rev() {
            called.push(call_until(who, manager, Hook::CleanupHost, deadline).await);
        }
        let hooks = called.iter().filter(|called| called.is_none()).count();
        let cut_off = CutOff { handlers: handlers.iter().sum(), periodic_tasks, hooks }.unless_none();
        if let Err(cut_off) = &cut_off {
            contained(|| tracing::error!(service = who, "{cut_off}"));
        }
        contained(|| tracing::info!(service = who, "stopped"));
        called.into_iter().flatten().collect::<Result<(), _>>()?;
        Ok(cut_off?)
    }
}

/// Calls a hook of a stop; `None` if it does not end in time.
async fn call_until(
    who: &str,
    manager: &Manager,
    hook: Hook,
    deadline: Instant,
) -> Option<Result<(), ServiceError>> {
    let called = timeout_at(deadline, manager.call(hook)).await.ok();
    if let Some(Err(error)) = &called {
        contained(|| tracing::error!(service = who, error = error.line(), "the service stops all the same"));
    }
    called
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
