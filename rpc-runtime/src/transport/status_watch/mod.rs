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
    pub(super) fn fixed(send: ConnectionStatus) -> Self {
        let told = Status::new(send);
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
    /// `None` once it has returned that the transport is closed: nothing can follow. Dropping the future
    /// loses nothing.
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
pub(super) struct Board(Reporter);

/// Where a connection writes its status.
#[derive(Debug, Clone)]
pub(super) struct Reporter(watch::Sender<Status>);

impl Board {
    pub(super) fn new(send: ConnectionStatus) -> Self {
        Self(Reporter(watch::Sender::new(Status::new(send))))
    }

    #[cfg(feature = "amqp")]
    pub(super) fn reporter(&self) -> Reporter {
        self.0.clone()
    }

    pub(super) fn watch(&self) -> StatusWatch {
        let status = self.0.0.subscribe();
        let told = status.borrow().clone();
        StatusWatch { status, told }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.0.0.borrow().is_closed()
    }

    /// Closes all connections in the eyes of those who watch; the first reason stays.
    pub(super) fn close(&self, reason: &str) {
        self.0.0.send_if_modified(|status| {
            let open = !status.is_closed();
            if open {
                status.send = ConnectionStatus::closed(reason);
                status.listen = status.listen.take().map(|_| ConnectionStatus::closed(reason));
            }
            open
        });
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.close("the transport was dropped");
    }
}

#[cfg(feature = "amqp")]
impl Reporter {
    pub(super) fn send(&self, now: ConnectionStatus) {
        self.0.send_if_modified(|status| replace(&mut status.send, now));
    }

    pub(super) fn listen(&self, now: ConnectionStatus) {
        self.0.send_if_modified(|status| match &mut status.listen {
            Some(listen) => replace(listen, now),
            none => none.replace(now).is_none(),
        });
    }
}

/// Whether it is news. Closed is the last word, whatever a connection goes through while it is taken down.
#[cfg(feature = "amqp")]
fn replace(known: &mut ConnectionStatus, now: ConnectionStatus) -> bool {
    let news = *known != now && !matches!(known, ConnectionStatus::Closed { .. });
    if news {
        *known = now;
    }
    news
}

#[cfg(test)]
mod tests;
