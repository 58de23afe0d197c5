//! Notifications: what happened, told to whoever wants to know.
//!
//! | What | Where |
//! |---|---|
//! | events of one's own | `#[derive(RpcNotification)]`, [`RpcNotification`], [`EventSet`], [`Event`] |
//! | an event without a type | [`Notification`], [`Priority`] |

pub(crate) mod decode;
mod description;
mod notified;
mod payload;
mod priority;
mod typed;

pub use description::{Event, EventSet};
pub use notified::Notification;
pub use payload::Payload;
pub use priority::{Priority, UnknownPriority};
pub use typed::{PayloadError, RpcNotification};
