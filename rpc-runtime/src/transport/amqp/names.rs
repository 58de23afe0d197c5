//! What the bus and its connections are called.

/// The bus.
pub(super) const BUS: &str = "RabbitMQ";
/// The connection that requests and replies go out by.
pub(super) const SEND: &str = "send";
/// The connection that they come in by.
pub(super) const LISTEN: &str = "listen";
