//! Setting a service up.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::error::ServiceError;
use super::hooks::{Hooks, Manager};
use super::lifecycle::{Service, Unstarted};
use super::part::Part;
use super::periodic::PeriodicTask;
use super::settings::Settings;
#[cfg(feature = "config")]
use crate::config::{Config, ConfigError, Reload};
#[cfg(feature = "notifications")]
use crate::notification::ListenerBuilder;
use crate::server::ServerBuilder;
use crate::text::printable;

/// A service that has not been started.
///
/// To await it starts it.
#[must_use = "a service does nothing until it is started"]
pub struct ServiceBuilder {
    who: Arc<str>,
    managers: Vec<Manager>,
    parts: Vec<Part>,
    tasks: Vec<PeriodicTask>,
    settings: Settings,
}

impl Service {
    /// Sets up a service that the log calls by this name, for example `nova-compute`.
    pub fn builder(name: impl AsRef<str>) -> ServiceBuilder {
        ServiceBuilder {
            who: printable(name.as_ref()).into(),
            managers: Vec::new(),
            parts: Vec::new(),
            tasks: Vec::new(),
            settings: Settings::default(),
        }
    }
}

impl ServiceBuilder {
    /// Has the hooks of one more manager called when the service starts and stops: in an [`Arc`] if it serves as well. Each
    /// hook is called of one manager after the other, in the order in which they are given here.
    pub fn manager(mut self, manager: impl Hooks) -> Self {
        self.managers.push(Manager::new(manager));
        self
    }

    /// Has one more server. Servers and listeners are started one after the other, in the order in which they are given
    /// here, and stopped all at the same time. What [`ServerBuilder::shutdown_within`] says has no effect here.
    pub fn server(mut self, server: ServerBuilder) -> Self {
        self.parts.push(Part::Server(Box::new(server)));
        self
    }

    /// Has one more listener to notifications; see [`server`](Self::server). With the feature `notifications`.
    #[cfg(feature = "notifications")]
    pub fn listener(mut self, listener: ListenerBuilder) -> Self {
        self.parts.push(Part::Listener(Box::new(listener)));
        self
    }

    /// Has something done again and again.
    pub fn periodic_task(mut self, task: PeriodicTask) -> Self {
        self.tasks.push(task);
        self
    }

    /// How long a stop may take, before what still runs is cut off; 60 seconds by default, and 0 is without a limit, both as
    /// in oslo.service. See [`Service::shutdown`].
    pub fn graceful_shutdown_timeout(mut self, within: Duration) -> Self {
        self.settings.shutdown = within;
        self
    }

    /// How much later than the service is ready its periodic tasks may begin, those that run immediately included: for each
    /// a time by chance, so that services that were started together do not do the same at the same time; 0 unless set,
    /// and 60 seconds in nova and cinder.
    pub fn periodic_fuzzy_delay(mut self, delay: Duration) -> Self {
        self.settings.delay = delay;
        self
    }

    /// Sets what the configuration says in its group `[DEFAULT]`:
    /// [`graceful_shutdown_timeout`](Self::graceful_shutdown_timeout), which is looked up when the service stops, and
    /// [`periodic_fuzzy_delay`](Self::periodic_fuzzy_delay), each in seconds. That goes before what is set here; what it does not say stays as it is.
    ///
    /// It is read again at each SIGHUP; what that brings into effect is said at [`Config::reload`]. With the feature
    /// `config`.
    #[cfg(feature = "config")]
    pub fn config(mut self, config: &Config) -> Self {
        self.settings.config = Some(config.clone());
        self
    }

    /// Is told what each reading of the configuration at a SIGHUP has come to, before
    /// [`reset`](Hooks::reset) of the managers: for options of one's own that have changed. With the feature `config`.
    #[cfg(feature = "config")]
    pub fn on_reload(mut self, tell: impl Fn(&Result<Reload, ConfigError>) + Send + Sync + 'static) -> Self {
        self.settings.on_reload = Some(Arc::new(tell));
        self
    }

    /// Starts the service, and returns when it is ready: after [`init_host`](Hooks::init_host) and
    /// [`pre_start_hook`](Hooks::pre_start_hook) of its managers, servers and listeners that listen, and
    /// [`post_start_hook`](Hooks::post_start_hook). Periodic tasks begin then. To await the builder itself does the same.
    ///
    /// # Errors
    /// [`ServiceError`]. What was started before the error is shut down.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done is like dropping the service.
    pub async fn start(self) -> Result<Service, ServiceError> {
        let (mut service, unstarted) = self.build();
        match service.begin(unstarted).await {
            Ok(()) => Ok(service),
            Err(error) => {
                service.give_up(&error).await;
                Err(error)
            }
        }
    }

    /// The service, and what it is to have.
    pub(super) fn build(self) -> (Service, Unstarted) {
        let Self { who, managers, parts, tasks, settings } = self;
        (Service::new(who, managers, settings), Unstarted { parts, tasks })
    }
}

impl IntoFuture for ServiceBuilder {
    type Output = Result<Service, ServiceError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.start().boxed()
    }
}

impl fmt::Debug for ServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceBuilder")
            .field("name", &self.who)
            .field("managers", &self.managers)
            .field("parts", &self.parts)
            .field("tasks", &self.tasks)
            .field("graceful_shutdown_timeout", &self.settings.shutdown)
            .field("periodic_fuzzy_delay", &self.settings.delay)
            .finish_non_exhaustive()
    }
}
