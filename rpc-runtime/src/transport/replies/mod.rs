//! The reply queue of a transport and the calls that wait for it.

use std::sync::Arc;

mod waiters;

use self::waiters::Waiters;
pub(crate) use self::waiters::{Sign, Waiter};
use super::driver::{ConnectError, Delivery, Driver};
use crate::wire::{Content, Limits, Reply};

/// Where the replies of all calls of a transport come in; each goes to its waiter.
#[derive(Debug)]
pub(crate) struct Replies {
    /// What callers name as `_reply_q`.
    pub(crate) queue: Arc<str>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Replies {
    /// Declares the queue and starts to receive.
    pub(super) async fn open(driver: &dyn Driver, limits: Limits) -> Result<Self, ConnectError> {
        let waiters = Arc::<Waiters>::default();
        let end = End(Arc::clone(&waiters));
        // On the thread that has the reply: to hand it to another one first costs a wake-up.
        let receive = Box::new(move |delivery| receive(delivery, &end.0, limits));
        let queue = driver.listen_for_replies(receive).await?;
        Ok(Self { queue, waiters })
    }
}

/// Tells the waiters when the receiving ends: with the transport.
struct End(Arc<Waiters>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn receive(delivery: Delivery, waiters: &Waiters, limits: Limits) {
    let Delivery { body, content_type, compression, settle, .. } = delivery;
    let content = Content { content_type: content_type.as_deref(), compression: compression.as_deref() };
    match Reply::decode(&body, &content, &limits) {
        Ok(reply) => {
            waiters.deliver(reply);
            settle.ack_before_long();
        }
        Err(error) => {
            tracing::error!(bytes = body.len(), %error, "rejected a reply");
            settle.reject(false);
        }
    }
}
