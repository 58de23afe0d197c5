//! Requests: calls and casts.

mod decode;
mod encode;
mod heartbeat;

pub use decode::{Invocation, ReplyAddress, Request};
pub use encode::{ReplyTo, RequestHead};
