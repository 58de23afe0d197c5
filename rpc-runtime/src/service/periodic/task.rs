//! What is done again and again.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::outcome::IntoOutcome;
use super::spacing::Spacing;
use crate::context::Context;
use crate::random::fraction;
use crate::text::printable;

/// Below this oslo.service has no jitter.
const JITTERED: Duration = Duration::from_secs(20);
/// Its jitter is up to so much of the spacing.
const JITTER: u32 = 20;

type Run = dyn Fn(Context) -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// What a service does again and again, as oslo.service's `periodic_task`: at the moments of a grid, which begins when
/// the service is ready, with its spacing between them.
///
/// - It never overlaps with itself. A run that takes longer than the spacing is followed by the next one at once; what was
///   left out is not made up for, and the grid stays where it is.
/// - Each task has a tokio task of its own, so they overlap with each other. nova runs them one after the other, in one
///   thread: tasks that must not overlap share a lock.
/// - An error or a panic is logged, a few of each task a minute, and the next run is at its time.
/// - A service that stops begins no run, and waits for those that run; see
///   [`graceful_shutdown_timeout`](super::super::ServiceBuilder::graceful_shutdown_timeout).
///
/// The closure is given a context of its own for each run: that of an administrator, as nova's `get_admin_context`.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use rpc_runtime::Context;
/// use rpc_runtime::service::{PeriodicTask, Service};
///
/// struct ComputeManager;
///
/// impl ComputeManager {
///     async fn update_available_resource(&self, ctx: Context) -> Result<(), std::io::Error> {
///         assert!(ctx.is_admin());
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let manager = Arc::new(ComputeManager);
/// let updating = PeriodicTask::new("update_available_resource", Duration::from_secs(60), move |ctx| {
///     let manager = Arc::clone(&manager);
///     async move { manager.update_available_resource(ctx).await }
/// });
/// let service = Service::builder("nova-compute").periodic_task(updating.run_immediately(true)).start().await?;
/// # service.shutdown().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a task does nothing until a service has it"]
pub struct PeriodicTask {
    /// For logs, so that it is one line of printable text.
    pub(super) name: Arc<str>,
    pub(super) spacing: Spacing,
    pub(super) immediate: bool,
    enabled: bool,
    jitter: Option<Duration>,
    pub(super) run: Arc<Run>,
}

impl PeriodicTask {
    /// What `run` does, so often; `name` is for the log.
    ///
    /// It returns `()`, or a `Result` with an error that can be displayed. The [`Spacing`] is a [`Duration`], or the value of
    /// an option in seconds, which is off if it is below 0.
    pub fn new<T, F>(name: impl AsRef<str>, spacing: impl Into<Spacing>, run: T) -> Self
    where
        T: Fn(Context) -> F + Send + Sync + 'static,
        F: Future<Output: IntoOutcome> + Send,
    {
        let run = Arc::new(run);
        let boxed = move |ctx: Context| {
            let run = Arc::clone(&run);
            async move { run(ctx).await.into_outcome() }.boxed()
        };
        Self {
            name: printable(name.as_ref()).into(),
            spacing: spacing.into(),
            immediate: false,
            enabled: true,
            jitter: None,
            run: Arc::new(boxed),
        }
    }

    /// Whether the first run is as soon as the service is ready; by default it is one spacing later.
    pub fn run_immediately(mut self, immediately: bool) -> Self {
        self.immediate = immediately;
        self
    }

    /// Whether it runs at all; it does unless this says no.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// How long after its moment a run may begin: by chance, so that services that were started together do not do the same
    /// at the same time. No more than the spacing; a twentieth of that unless set, and none if the spacing is less than 20
    /// seconds, as in oslo.service.
    pub fn jitter(mut self, jitter: Duration) -> Self {
        self.jitter = Some(jitter);
        self
    }

    /// Its spacing, if it is to run.
    pub(super) fn spacing(&self) -> Option<Duration> {
        self.spacing.get().filter(|_| self.enabled)
    }

    /// How much later than its moment the next run is to begin.
    pub(super) fn random(&self, spacing: Duration) -> Duration {
        let oslo = if spacing < JITTERED { Duration::ZERO } else { spacing / JITTER };
        self.jitter.unwrap_or(oslo).min(spacing).mul_f64(fraction())
    }
}

impl fmt::Debug for PeriodicTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeriodicTask")
            .field("name", &self.name)
            .field("spacing", &self.spacing)
            .field("run_immediately", &self.immediate)
            .field("enabled", &self.enabled)
            .field("jitter", &self.jitter)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest of a hundred that chance makes.
    fn longest(task: &PeriodicTask) -> Duration {
        let spacing = task.spacing().unwrap();
        (0..100).map(|_| task.random(spacing)).max().unwrap()
    }

    #[test]
    fn chance_has_a_bound() {
        let task = |spacing: Duration| PeriodicTask::new("t", spacing, async |_| ());
        assert_eq!(longest(&task(Duration::from_millis(19_999))), Duration::ZERO);
        let [second, minute] = [1, 60].map(Duration::from_secs);
        let few = longest(&task(minute));
        assert!(few > second && few < 3 * second, "{few:?}");
        let set = longest(&task(second).jitter(second / 2));
        assert!(set > second / 10 && set < second / 2, "{set:?}");
        assert!(longest(&task(second).jitter(Duration::MAX)) < second);
        assert_eq!(longest(&task(minute).jitter(Duration::ZERO)), Duration::ZERO);
        longest(&task(Duration::MAX).jitter(Duration::MAX));
    }

    #[test]
    fn it_may_be_off() {
        let task = |spacing: i64| PeriodicTask::new("t", spacing, async |_| ());
        assert_eq!(task(-1).spacing(), None);
        assert_eq!(task(i64::MIN).spacing(), None);
        assert_eq!(task(5).enabled(false).spacing(), None);
        assert_eq!(task(0).spacing(), Some(Duration::from_secs(60)));
        assert_eq!(task(i64::MAX).spacing(), Some(Duration::from_secs(i64::MAX as u64)));
    }
}
