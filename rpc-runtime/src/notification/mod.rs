//! Notifications: what happened, told to whoever wants to know.
//!
//! | What | Where |
//! |---|---|
//! | events of one's own | `#[derive(RpcNotification)]`, [`RpcNotification`], [`EventSet`], [`Event`] |
//! | an event without a type | [`Notification`], [`Priority`] |
//! | telling of events | [`Notifier`], [`NotifierBuilder`], [`Retry`], [`NotifyError`], [`NotifierCounters`] |
//! | where they go | [`DriverName`], [`NotifyDriver`], [`Emission`], [`TestDriver`], `RoutingRules` |
//! | log lines as events | `LogNotifications` |
//! | hearing of events | [`Listener`], [`NotificationEndpoint`], [`Filter`], [`Verdict`], [`Meta`] |

pub(crate) mod decode;
mod description;
#[cfg(feature = "log-notifications")]
mod layer;
mod listener;
mod names;
mod notified;
mod notifier;
mod payload;
mod priority;
mod typed;

pub use description::{Event, EventSet};
#[cfg(feature = "log-notifications")]
pub use layer::LogNotifications;
pub use listener::{
    Filter, FilterError, IntoVerdict, IntoVerdicts, Listener, ListenerBuilder, ListenerCounters,
    ListenerError, Meta, NotificationEndpoint, OnError, PriorityEndpoint, Unreadable, Verdict,
};
pub use notified::Notification;
pub use notifier::{
    Delivering, DriverName, DriverNames, Emission, FlushError, LogDriver, Notifier, NotifierBuilder,
    NotifierCounters, NotifierError, NotifyDriver, NotifyError, NotifyFailure, Retry, RetryError, TestDriver,
    UnknownDriver,
};
#[cfg(feature = "notification-routing")]
pub use notifier::{RoutingError, RoutingRules};
pub use payload::Payload;
pub use priority::{Priority, UnknownPriority};
pub use typed::{PayloadError, RpcNotification};
