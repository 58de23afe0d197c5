//! Endpoints as Python has them: a method for each priority.

use std::future::Future;
use std::sync::Arc;

use super::endpoint::NotificationEndpoint;
use super::meta::Meta;
use super::verdict::Verdict;
use crate::context::Context;
use crate::notification::notified::Notification;
use crate::notification::priority::Priority;

/// An endpoint with a method for each priority, as those in Python are, to take one over as it is: see
/// [`NotificationEndpoint::by_priority`]. A set of events of one's own says more, and forgets none.
///
/// ```
/// use rpc_runtime::Context;
/// use rpc_runtime::notification::{Meta, Notification, NotificationEndpoint, Priority, PriorityEndpoint, Verdict};
///
/// struct Audit;
///
/// impl PriorityEndpoint for Audit {
///     const PRIORITIES: &'static [Priority] = &[Priority::Info, Priority::Error];
///
///     async fn info(&self, _: Context, event: Notification, _: Meta) -> Verdict {
///         println!("{}", event.event_type());
///         Verdict::Handled
///     }
///
///     async fn error(&self, _: Context, event: Notification, _: Meta) -> Verdict {
///         eprintln!("{}", event.event_type());
///         Verdict::Handled
///     }
/// }
///
/// let endpoint = NotificationEndpoint::by_priority(Audit);
/// ```
pub trait PriorityEndpoint: Send + Sync + 'static {
    /// The priorities that have a method; of the others nothing is listened to.
    const PRIORITIES: &'static [Priority];

    /// For whoever audits.
    fn audit(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// Something is as bad as it can be.
    fn critical(
        &self,
        ctx: Context,
        event: Notification,
        meta: Meta,
    ) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// For debugging.
    fn debug(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// Something failed.
    fn error(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// Something happened.
    fn info(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// A measured value, as telemetry has it.
    fn sample(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }

    /// Something is odd.
    fn warn(&self, ctx: Context, event: Notification, meta: Meta) -> impl Future<Output = Verdict> + Send {
        handled(ctx, event, meta)
    }
}

/// What a method does that is not written.
async fn handled(_: Context, _: Notification, _: Meta) -> Verdict {
    Verdict::Handled
}

impl NotificationEndpoint {
    /// One with a method for each priority; it wants the priorities that the type says.
    #[must_use]
    pub fn by_priority<P: PriorityEndpoint>(endpoint: P) -> Self {
        let endpoint = Arc::new(endpoint);
        let handler = move |ctx: Context, event: Notification, meta: Meta| {
            let endpoint = Arc::clone(&endpoint);
            async move {
                match meta.priority {
                    Priority::Audit => endpoint.audit(ctx, event, meta).await,
                    Priority::Critical => endpoint.critical(ctx, event, meta).await,
                    Priority::Debug => endpoint.debug(ctx, event, meta).await,
                    Priority::Error => endpoint.error(ctx, event, meta).await,
                    Priority::Info => endpoint.info(ctx, event, meta).await,
                    Priority::Sample => endpoint.sample(ctx, event, meta).await,
                    Priority::Warn => endpoint.warn(ctx, event, meta).await,
                }
            }
        };
        Self::new(handler).priorities(P::PRIORITIES.iter().copied())
    }
}
