//! How the status of a transport gets from its connections to whoever wants to know.

use tokio::sync::watch;

use super::status::{ConnectionStatus, Status};

/// Follows the status of a transport; see [`Transport::watch`](crate::Transport::watch).
///
/// Only the latest status is kept: who is slow misses what was in between, never what is now. A watch does
/// not keep the transport alive.
#[derive(Debug, Clone)]
pub struct StatusWatch {
    status: watch::Receiver<Status>,
    /// What was told last.
    told: Status,
}

impl StatusWatch {
    /// Of what never changes.
    pub(super) fn fixed(told: Status) -> Self {
        Self { status: watch::channel(told.clone()).1, told }
    }

    /// The status at this moment.
    #[must_use]
    pub fn current(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Waits until the status differs from that when the watch was made, later from that which this method
    /// has last returned.
    ///
    /// `None` once it has returned that the transport is closed: nothing can follow.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn changed(&mut self) -> Option<Status> {
        if self.told.is_closed() {
            return None;
        }
        let told = &self.told;
        let status = self.status.wait_for(|status| status != told).await.ok()?.clone();
        self.told.clone_from(&status);
        Some(status)
    }

    /// Waits until the status is as `wanted`, which it may be already.
    ///
    /// `None` if that can't be any more, because the transport is closed or dropped.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn wait_for(&mut self, mut wanted: impl FnMut(&Status) -> bool) -> Option<Status> {
        let mut found = false;
        let awaited = self.status.wait_for(|status| {
            found = wanted(status);
            found || status.is_closed()
        });
        let status = awaited.await.ok()?.clone();
        found.then_some(status)
    }
}

/// The status of a transport; dropping it closes.
#[derive(Debug)]
pub(super) struct Board(watch::Sender<Status>);

/// Where a connection of this name writes its status.
#[cfg(any(feature = "amqp", feature = "amqp1"))]
#[derive(Debug, Clone)]
pub(super) struct Reporter {
    connection: &'static str,
    status: watch::Sender<Status>,
}

impl Board {
    /// With the first connection.
    pub(super) fn new(transport: &'static str, connection: &'static str, status: ConnectionStatus) -> Self {
        Self(watch::Sender::new(Status::new(transport, connection, status)))
    }

    #[cfg(any(feature = "amqp", feature = "amqp1"))]
    pub(super) fn reporter(&self, connection: &'static str) -> Reporter {
        Reporter { connection, status: self.0.clone() }
    }

    pub(super) fn watch(&self) -> StatusWatch {
        let status = self.0.subscribe();
        let told = status.borrow().clone();
        StatusWatch { status, told }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.borrow().is_closed()
    }

    /// Closes all connections in the eyes of those who watch; the first reason stays.
    pub(super) fn close(&self, reason: &str) {
        self.0.send_if_modified(|status| status.close(reason));
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.close("the transport was dropped");
    }
}

#[cfg(any(feature = "amqp", feature = "amqp1"))]
impl Reporter {
    /// The name of the connection.
    pub(super) fn connection(&self) -> &'static str {
        self.connection
    }

    pub(super) fn tell(&self, now: ConnectionStatus) {
        self.status.send_if_modified(|status| status.note(self.connection, now));
    }
}

#[cfg(test)]
mod tests;
