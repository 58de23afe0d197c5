//! That a server is announced, for as long as somebody holds this.

use std::fmt;

use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout_at};

use crate::error::Fault;

/// Takes an entry out of its directory, and lets go of the sender once that is done.
pub(super) type Withdraw = Box<dyn FnOnce(oneshot::Sender<()>) + Send + Sync>;

/// How an entry stands: `None` before it was tried to make it.
pub(super) type Standing = Option<Result<(), Fault>>;

/// An entry of a directory, which is taken out of it when this is dropped.
pub(crate) struct Lease {
    standing: watch::Receiver<Standing>,
    withdraw: Option<Withdraw>,
}

impl Lease {
    pub(super) fn new(standing: watch::Receiver<Standing>, withdraw: Withdraw) -> Self {
        Self { standing, withdraw: Some(withdraw) }
    }

    /// For a directory where nobody has to be announced.
    pub(super) fn needless() -> Self {
        Self { standing: watch::channel(Some(Ok(()))).1, withdraw: None }
    }

    /// Resolves once the server can be found, which it cannot while the directory cannot be reached.
    pub(crate) async fn announced(&self) {
        let found = self.standing.clone().wait_for(|standing| matches!(standing, Some(Ok(())))).await.is_ok();
        if !found {
            // Nobody is left who would announce it.
            std::future::pending().await
        }
    }

    /// Why the entry was not made, or not kept, the last time that this was tried.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.standing.borrow().as_ref().and_then(|standing| standing.as_ref().err().cloned())
    }

    /// Takes the entry out, and waits for that until the deadline.
    pub(crate) async fn withdraw(mut self, deadline: Instant) {
        let Some(withdraw) = self.withdraw.take() else { return };
        let (sender, done) = oneshot::channel();
        withdraw(sender);
        let _ = timeout_at(deadline, done).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(withdraw) = self.withdraw.take() {
            withdraw(oneshot::channel().0);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").field("standing", &*self.standing.borrow()).finish_non_exhaustive()
    }
}
