//! What the `RpcNotification` derive calls.

mod object;
mod reading;
mod writing;

pub use crate::notification::{Event, EventSet, Notification, PayloadError, Priority, RpcNotification};
pub use crate::version::Version;
pub use crate::wire::EncodeError;

pub use object::ObjectPayload;
pub use reading::{Members, Reading, parameter, parameters};
pub use writing::{member, members, nothing, object, part, payload, whole};

#[cfg(test)]
mod tests;
