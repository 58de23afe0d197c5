//! What the load asks for.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::notification::{Meta, Notification, NotificationEndpoint};
use rpc_runtime::{Context, RemoteError, rpc_manager};
use serde::Deserialize;

use super::{Id, Ledger};

/// One method, to be called and to be cast; the Python server has it too.
#[rpc_manager(client = WorkApi, topic = "work", version = "1.0", error = RemoteError)]
pub trait Work {
    /// Notes that request `id` is executed, takes `seconds` and returns `id`.
    #[rpc(call_or_cast)]
    async fn work(
        &self,
        ctx: Context,
        id: u64,
        #[arg(default = 0.0)] seconds: f64,
    ) -> Result<u64, RemoteError>;
}

/// The Rust server's side: writes into the ledger.
#[derive(Debug)]
pub struct Worker {
    name: String,
    ledger: Arc<Ledger>,
    seconds: f64,
    blocking: bool,
}

impl Worker {
    /// A worker that notes what it executes under `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, ledger: &Arc<Ledger>) -> Self {
        Self { name: name.into(), ledger: Arc::clone(ledger), seconds: 0.0, blocking: false }
    }

    /// Takes so long for each request, beside what the request asks for.
    #[must_use]
    pub fn taking(mut self, seconds: f64) -> Self {
        self.seconds = seconds;
        self
    }

    /// Keeps its thread for as long as a request asks for.
    #[must_use]
    pub fn blocking(mut self, blocking: bool) -> Self {
        self.blocking = blocking;
        self
    }
}

/// What a notification of the load says.
#[derive(Debug, Deserialize)]
struct Notified {
    id: Id,
    seconds: f64,
}

impl Worker {
    /// The same as an endpoint of a listener.
    #[must_use]
    pub fn listening(self) -> NotificationEndpoint {
        let worker = Arc::new(self);
        NotificationEndpoint::new(move |_: Context, event: Notification, _: Meta| {
            let worker = Arc::clone(&worker);
            async move {
                let Notified { id, seconds } = event.payload().decode()?;
                worker.execute(id, seconds).await;
                Ok::<_, serde_json::Error>(())
            }
        })
    }

    async fn execute(&self, id: Id, seconds: f64) {
        self.ledger.executed(id, &self.name);
        let seconds = if self.blocking {
            std::thread::sleep(Duration::from_secs_f64(seconds));
            self.seconds
        } else {
            self.seconds + seconds
        };
        if seconds > 0.0 {
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        }
    }
}

impl Work for Worker {
    async fn work(&self, _: Context, id: Id, seconds: f64) -> Result<Id, RemoteError> {
        self.execute(id, seconds).await;
        Ok(id)
    }
}
