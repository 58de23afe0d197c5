//! What a driver gives so that its connection can be kept.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use crate::transport::failure::FailureKind;
use crate::transport::url::Host;

/// Opens connections of the type `C`.
pub(in crate::transport) trait Connect<C: ?Sized>: fmt::Debug + Send + Sync {
    /// Connects and logs in; ends by itself in time, and a failure leaves nothing behind. `name` is what the connection is
    /// for.
    fn connect<'a>(&'a self, host: &'a Host, name: &'a str) -> BoxFuture<'a, Result<Arc<C>, ConnectFailure>>;
}

/// An open connection.
pub(in crate::transport) trait Connection: fmt::Debug + Send + Sync {
    /// The next thing that happens to the connection; for one task only.
    fn event(&self) -> BoxFuture<'_, Event>;

    /// Says goodbye for `limit` at most, then cuts the connection.
    fn close(&self, limit: Duration) -> BoxFuture<'_, ()>;

    /// Cuts the connection now; whatever waits on it fails.
    fn kill(&self);
}

/// What happens to a [`Connection`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transport) enum Event {
    /// The broker takes no messages for now, for the reason it gives.
    #[cfg_attr(not(any(test, feature = "amqp")), expect(dead_code, reason = "only RabbitMQ says so"))]
    Blocked(String),
    #[cfg_attr(not(any(test, feature = "amqp")), expect(dead_code, reason = "only RabbitMQ says so"))]
    Unblocked,
    /// The connection is gone.
    Lost(String),
}

/// Why there is no connection to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transport) struct ConnectFailure {
    pub(in crate::transport) kind: FailureKind,
    pub(in crate::transport) why: String,
}
