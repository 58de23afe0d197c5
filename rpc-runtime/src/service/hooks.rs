//! What a manager does when its service starts and stops.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::error::{Panicked, ServiceError};
use crate::contained::contained;
use crate::error::Cause;
use crate::receiving::Fenced;
use crate::text::printable;

/// Any error, for hooks: `?` makes it of whatever went wrong.
pub type HookError = Box<dyn std::error::Error + Send + Sync>;

/// What a manager does when its service starts, is told to read its settings again, and stops: each hook has the name that
/// nova has for it. All do nothing unless they are written.
///
/// One that fails or panics before the service is ready ends the start. A service that [runs](super::ServiceBuilder::run) and is
/// asked to stop cuts off what runs of these by then, at its next `await`: those of the start, and [`reset`](Self::reset).
///
/// ```
/// use std::sync::Mutex;
///
/// use rpc_runtime::service::{HookError, Hooks, Service};
///
/// #[derive(Default)]
/// struct LvmManager {
///     volumes: Mutex<Vec<String>>,
/// }
///
/// impl Hooks for LvmManager {
///     async fn init_host(&self) -> Result<(), HookError> {
///         let found = std::fs::read_to_string("/dev/null")?;
///         self.volumes.lock().map_err(|_| "the volumes are lost")?.extend(found.lines().map(str::to_owned));
///         Ok(())
///     }
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let service = Service::builder("cinder-volume").manager(LvmManager::default()).start().await?;
/// # service.shutdown().await?;
/// # Ok(())
/// # }
/// ```
pub trait Hooks: Send + Sync + 'static {
    /// Before anything else of the service is there: what the host has is found and put in order.
    ///
    /// # Errors
    /// Whatever keeps the service from starting, as for the next two.
    fn init_host(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// After all managers have done [`init_host`](Self::init_host), and before any server listens.
    ///
    /// # Errors
    /// See [`init_host`](Self::init_host).
    fn pre_start_hook(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// Once all servers listen; periodic tasks begin after it. cinder calls it `init_host_with_rpc`.
    ///
    /// # Errors
    /// See [`init_host`](Self::init_host).
    fn post_start_hook(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// At a SIGHUP, when the configuration, if the service has one, was read again: for what the manager has made of it.
    ///
    /// # Errors
    /// Whatever went wrong, for the log: the service goes on.
    fn reset(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }

    /// When the service begins to stop, at the same time as its servers do: for what the manager does beside those, such as
    /// work that goes on when its method has returned. It is cut off when the servers' handlers are, which is `within` from
    /// now; `Duration::MAX` is that there is no such limit.
    ///
    /// # Errors
    /// Whatever went wrong: then so has the stop, which goes on.
    fn graceful_shutdown(&self, within: Duration) -> impl Future<Output = Result<(), HookError>> + Send {
        let _ = within;
        async { Ok(()) }
    }

    /// At the end, when no server listens and no periodic task runs any more, if [`init_host`](Self::init_host) has
    /// succeeded; also when the service did not come to be ready. It is cut off if it takes longer than the service
    /// [has](super::ServiceBuilder::graceful_shutdown_timeout).
    ///
    /// # Errors
    /// As for [`graceful_shutdown`](Self::graceful_shutdown).
    fn cleanup_host(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        async { Ok(()) }
    }
}

impl<H: Hooks> Hooks for Arc<H> {
    fn init_host(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        H::init_host(self)
    }

    fn pre_start_hook(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        H::pre_start_hook(self)
    }

    fn post_start_hook(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        H::post_start_hook(self)
    }

    fn reset(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        H::reset(self)
    }

    fn graceful_shutdown(&self, within: Duration) -> impl Future<Output = Result<(), HookError>> + Send {
        H::graceful_shutdown(self, within)
    }

    fn cleanup_host(&self) -> impl Future<Output = Result<(), HookError>> + Send {
        H::cleanup_host(self)
    }
}

/// Which of the hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    InitHost,
    PreStart,
    PostStart,
    Reset,
    /// Within this time.
    GracefulShutdown(Duration),
    CleanupHost,
}

impl Hook {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InitHost => "init_host",
            Self::PreStart => "pre_start_hook",
            Self::PostStart => "post_start_hook",
            Self::Reset => "reset",
            Self::GracefulShutdown(_) => "graceful_shutdown",
            Self::CleanupHost => "cleanup_host",
        }
    }
}

/// [`Hooks`] without their type.
trait ErasedHooks: Send + Sync {
    fn call(&self, hook: Hook) -> BoxFuture<'_, Result<(), HookError>>;
}

impl<H: Hooks> ErasedHooks for H {
    fn call(&self, hook: Hook) -> BoxFuture<'_, Result<(), HookError>> {
        // In a future of its own: what a hook does before its first `await`, it does when that is polled.
        async move {
            match hook {
                Hook::InitHost => self.init_host().await,
                Hook::PreStart => self.pre_start_hook().await,
                Hook::PostStart => self.post_start_hook().await,
                Hook::Reset => self.reset().await,
                Hook::GracefulShutdown(within) => self.graceful_shutdown(within).await,
                Hook::CleanupHost => self.cleanup_host().await,
            }
        }
        .boxed()
    }
}

/// A manager with hooks.
#[derive(Clone)]
pub(super) struct Manager {
    hooks: Arc<dyn ErasedHooks>,
    name: &'static str,
}

impl Manager {
    pub(super) fn new<H: Hooks>(hooks: H) -> Self {
        Self { hooks: Arc::new(hooks), name: type_name::<H>() }
    }

    pub(super) async fn call(&self, hook: Hook) -> Result<(), ServiceError> {
        let (name, manager) = (hook.name(), self.name);
        contained(|| tracing::debug!(hook = name, manager, "begins"));
        let error = match Fenced::new(self.hooks.call(hook)).await.0 {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => Cause::of(error),
            Err(text) => {
                // It may be secret, as what methods say that panic.
                let text = printable(&text);
                contained(
                    || tracing::error!(target: "rpc_runtime::panics", hook = name, manager, "panicked: {text}"),
                );
                Cause::new(Panicked)
            }
        };
        Err(ServiceError::Hook { hook: name, manager, source: error })
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
