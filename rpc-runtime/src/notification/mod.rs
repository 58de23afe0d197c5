//! Notifications: what happened, told to whoever wants to know.
//!
//! | What | Where |
//! |---|---|
//! | events of one's own | `#[derive(RpcNotification)]`, [`RpcNotification`], [`EventSet`], [`Event`] |
//! | an event without a type | [`Notification`], [`Priority`] |
//! | hearing of events | [`Listener`], [`NotificationEndpoint`], [`Filter`], [`Verdict`], [`Meta`] |

pub(crate) mod decode;
mod description;
mod listener;
mod notified;
mod payload;
mod priority;
mod typed;

pub use description::{Event, EventSet};
pub use listener::{
    Filter, FilterError, IntoVerdict, IntoVerdicts, Listener, ListenerBuilder, ListenerCounters,
    ListenerError, Meta, NotificationEndpoint, OnError, PriorityEndpoint, Unreadable, Verdict,
};
pub use notified::Notification;
pub use payload::Payload;
pub use priority::{Priority, UnknownPriority};
pub use typed::{PayloadError, RpcNotification};
