//! The reply queue of a transport and the calls that wait for it.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::driver::{ConnectError, Delivery, Driver};
use crate::client::Waiters;
use crate::wire::{Content, Limits, Reply};

/// Receives the replies of all calls of a transport and hands each to its waiter.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// What callers name as `_reply_q`.
    pub(crate) queue: Arc<str>,
    pub(crate) waiters: Arc<Waiters>,
    receiving: JoinHandle<()>,
}

impl Inbox {
    /// Declares the queue and starts to receive.
    pub(super) async fn open(driver: &dyn Driver, limits: Limits) -> Result<Self, ConnectError> {
        let mut replies = driver.listen_for_replies().await?;
        let waiters = Arc::<Waiters>::default();
        let end = End(Arc::clone(&waiters));
        let receiving = tokio::spawn(async move {
            while let Some(delivery) = replies.deliveries.recv().await {
                receive(delivery, &end.0, limits);
            }
        });
        Ok(Self { queue: replies.queue, waiters, receiving })
    }
}

/// Tells the waiters when the receiving ends: with the transport, or with the runtime that it was
/// started on, which is that of the first call.
struct End(Arc<Waiters>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.receiving.abort();
    }
}

fn receive(delivery: Delivery, waiters: &Waiters, limits: Limits) {
    let Delivery { body, content_type, compression, settle, .. } = delivery;
    let content = Content { content_type: content_type.as_deref(), compression: compression.as_deref() };
    match Reply::decode(&body, &content, &limits) {
        Ok(reply) => {
            waiters.deliver(reply);
            settle.ack();
        }
        Err(error) => {
            tracing::error!(bytes = body.len(), %error, "rejected a reply");
            settle.reject(false);
        }
    }
}
