//! The reply queue of a transport and the calls that wait for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

mod once;
mod waiters;

use futures::future::{BoxFuture, FutureExt};

pub(super) use self::once::Once;
use self::waiters::Waiters;
pub(crate) use self::waiters::{Sign, Waiter};
use super::driver::{ConnectError, Delivery, Driver, ReplyPlace};
use crate::wire::{Limits, MessageFormat};

/// Where the replies of all calls of a transport come in; each goes to its waiter.
#[derive(Debug, Clone)]
pub(crate) struct Replies {
    /// Where they come in.
    pub(crate) place: Arc<dyn ReplyPlace>,
    pub(crate) waiters: Arc<Waiters>,
}

impl Replies {
    /// Declares the queue and starts to receive.
    fn open(driver: &dyn Driver, limits: Limits) -> BoxFuture<'static, Result<Self, ConnectError>> {
        let waiters = Arc::<Waiters>::default();
        let end = End(Arc::clone(&waiters));
        // On the thread that has the reply: to hand it to another one first costs a wake-up.
        let format = driver.format();
        let receive = Box::new(move |delivery| receive(delivery, &end.0, format, limits));
        let place = driver.listen_for_replies(receive);
        async move { Ok(Self { place: place.await?, waiters }) }.boxed()
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
    // The wakers are the callers', and the log is the user's.
    let taken =
        catch_unwind(AssertUnwindSafe(|| match format.read_reply(&body, &labels.content(), &limits) {
            Ok(reply) => {
                waiters.deliver(reply);
                true
            }
            Err(error) => {
                tracing::error!(bytes = body.len(), %error, "rejected a reply");
                false
            }
        }));
    match taken {
        Ok(true) => settle.ack_before_long(),
        Ok(false) => settle.reject(false),
        Err(panic) => {
            // It was printed. To drop it may panic again, and so may the reply, if it were delivered again.
            std::mem::forget(panic);
            settle.reject(false);
            tracing::error!(bytes = body.len(), "something panicked at a reply, which was rejected");
        }
    }
}
