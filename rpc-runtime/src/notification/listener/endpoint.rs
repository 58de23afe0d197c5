//! Who has notifications.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::each::Each;
use super::filter::Filter;
use super::handler::Handler;
use super::meta::Meta;
use super::together::Together;
use super::verdict::{IntoVerdict, IntoVerdicts};
use crate::context::RpcContext;
use crate::notification::description::EventSet;
use crate::notification::priority::Priority;
use crate::notification::typed::RpcNotification;

/// What a [`Listener`](super::Listener) does with a set of events: a handler, the priorities that it wants, and maybe a
/// filter.
///
/// The handler takes a context (the [`Context`](crate::Context) of services, or a type of one's own), an event and
/// the [`Meta`]data. It has the events of the set, whatever its others are; an event of the set with another payload than
/// the set says is told to [`on_unreadable`](super::ListenerBuilder::on_unreadable). The type [`Notification`] has all
/// events.
///
/// ```
/// use rpc_runtime::Context;
/// use rpc_runtime::notification::{Filter, Meta, Notification, NotificationEndpoint, Priority, Verdict};
///
/// let endpoint = NotificationEndpoint::new(|ctx: Context, event: Notification, meta: Meta| async move {
///     println!("{:?} {}: {}", meta.publisher_id, event.event_type(), event.payload().text());
///     match ctx.project_id() {
///         Some(_) => Ok(Verdict::Handled),
///         None => Err("whose is it?"),
///     }
/// })
/// .priorities([Priority::Info, Priority::Error])
/// .filter(Filter::new().publisher_id(r"compute\.")?);
/// # Ok::<(), rpc_runtime::notification::FilterError>(())
/// ```
///
/// [`Notification`]: crate::notification::Notification
#[derive(Clone)]
pub struct NotificationEndpoint {
    events: EventSet,
    priorities: Vec<Priority>,
    filter: Option<Filter>,
    batches: bool,
    handler: Arc<dyn Handler>,
}

impl NotificationEndpoint {
    /// One that takes notifications one by one. What the handler may return says [`IntoVerdict`].
    #[must_use]
    pub fn new<C, E, F, Fut>(handler: F) -> Self
    where
        C: RpcContext,
        E: RpcNotification + Send + 'static,
        F: Fn(C, E, Meta) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoVerdict> + Send + 'static,
    {
        Self::with(E::EVENTS, false, Arc::new(Each::new(handler)))
    }

    /// One that takes as many together as [`ListenerBuilder::batch`](super::ListenerBuilder::batch) says, in their order.
    /// What the handler may return says [`IntoVerdicts`]: one verdict for all of them, or one for each.
    ///
    /// ```
    /// use rpc_runtime::Context;
    /// use rpc_runtime::notification::{Meta, Notification, NotificationEndpoint, Verdict};
    ///
    /// let endpoint = NotificationEndpoint::batch(|batch: Vec<(Context, Notification, Meta)>| async move {
    ///     batch.iter().map(|(_, event, _)| {
    ///         if event.payload().text().len() < 1000 { Verdict::Handled } else { Verdict::Reject }
    ///     }).collect::<Vec<_>>()
    /// });
    /// ```
    #[must_use]
    pub fn batch<C, E, F, Fut>(handler: F) -> Self
    where
        C: RpcContext,
        E: RpcNotification + Send + 'static,
        F: Fn(Vec<(C, E, Meta)>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoVerdicts> + Send + 'static,
    {
        Self::with(E::EVENTS, true, Arc::new(Together::new(handler)))
    }

    fn with(events: EventSet, batches: bool, handler: Arc<dyn Handler>) -> Self {
        let mut priorities: Vec<_> = if events.open {
            Priority::ALL.to_vec()
        } else {
            events.events.iter().map(|event| event.priority).collect()
        };
        priorities.sort_unstable();
        priorities.dedup();
        Self { events, priorities, filter: None, batches, handler }
    }

    /// The priorities that it wants, instead of those of its events; of a set that is open, instead of all seven.
    #[must_use]
    pub fn priorities(mut self, priorities: impl IntoIterator<Item = Priority>) -> Self {
        self.priorities = priorities.into_iter().collect();
        self.priorities.sort_unstable();
        self.priorities.dedup();
        self
    }

    /// Which of them it has, instead of all.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// The events that it knows.
    #[must_use]
    pub fn events(&self) -> &EventSet {
        &self.events
    }

    /// The priorities that it wants, in alphabetical order.
    #[must_use]
    pub fn get_priorities(&self) -> &[Priority] {
        &self.priorities
    }

    /// Whether it takes notifications together.
    pub(super) fn takes_batches(&self) -> bool {
        self.batches
    }

    /// Which notifications it has; `None` for all.
    pub(super) fn get_filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    pub(super) fn handler(&self) -> Arc<dyn Handler> {
        Arc::clone(&self.handler)
    }
}

impl fmt::Debug for NotificationEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationEndpoint")
            .field("events", &self.events.name)
            .field("priorities", &self.priorities)
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}
