//! The reply queue of a transport and the calls that wait for it.

use std::sync::Arc;

mod waiters;

use self::waiters::Waiters;
pub(crate) use self::waiters::{Sign, Waiter};
use super::driver::{Delivery, Driver, ReplyPlace};
use crate::error::Fault;
use crate::wire::{Limits, MessageFormat};

/// Where the replies of all calls of a transport come in; each goes to its waiter.
#[derive(Debug)]
pub(crate) struct Replies {
    /// Where they come in.
    pub(crate) place: Arc<dyn ReplyPlace>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Replies {
    /// Declares the queue and starts to receive.
    pub(super) async fn open(driver: &dyn Driver, limits: Limits) -> Result<Self, Fault> {
        let waiters = Arc::<Waiters>::default();
        let end = End(Arc::clone(&waiters));
        // On the thread that has the reply: to hand it to another one first costs a wake-up.
        let format = driver.format();
        let receive = Box::new(move |delivery| receive(delivery, &end.0, format, limits));
        let place = driver.listen_for_replies(receive).await?;
        Ok(Self { place, waiters })
    }
}

/// Tells the waiters when the receiving ends: with the transport.
struct End(Arc<Waiters>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn receive(delivery: Delivery, waiters: &Waiters, format: MessageFormat, limits: Limits) {
    let Delivery { body, labels, settle, .. } = delivery;
    match format.read_reply(&body, &labels.content(), &limits) {
        Ok(reply) => {
            waiters.deliver(reply);
            settle.ack_before_long();
        }
        Err(error) => {
            let call = format.unread_call(&body, &labels.content(), &limits, &error);
            let told = call.is_some_and(|msg_id| waiters.unreadable(&msg_id, &error));
            tracing::error!(bytes = body.len(), told, %error, "rejected a reply");
            settle.reject(false);
        }
    }
}
