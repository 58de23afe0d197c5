//! AMQP 1.0: routers and brokers that oslo.messaging's driver `amqp` spoke with until version 14.

mod address;
mod options;

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::Instant;

pub(crate) use self::options::Amqp1Options;
use super::abilities::Abilities;
#[cfg(feature = "notifications")]
use super::driver::Route;
use super::driver::{
    Address, Driver, Forward, ListenOptions, Listener, Outgoing, PublishError, PublishFault, ReplyPlace,
    TakeReply,
};
use super::error::TransportError;
use super::url::TransportUrl;
use crate::error::{Fault, FaultKind};
use crate::wire::MessageFormat;

/// What the bus is called.
const NAME: &str = "AMQP 1.0";

/// A transport over AMQP 1.0.
#[derive(Debug)]
pub(crate) struct Amqp1Driver {
    _options: Amqp1Options,
}

impl Amqp1Driver {
    pub(crate) async fn connect(
        url: &TransportUrl,
        options: Amqp1Options,
        _deadline: Instant,
    ) -> Result<Self, TransportError> {
        Err(TransportError::NotConnected {
            transport: NAME,
            why: format!("{url}: nothing is connected to yet, with {options:?}"),
            failures: Vec::new(),
        })
    }
}

fn nothing() -> Fault {
    Fault::new(FaultKind::NotConnected, "nothing is connected to yet".to_owned())
}

impl Driver for Amqp1Driver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Amqp1
    }

    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn publish(&self, _: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        std::future::ready(Err(PublishFault::Closed.into())).boxed()
    }

    fn forward(&self, _: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        std::future::ready(Err(PublishFault::Closed.into())).boxed()
    }

    #[cfg(feature = "notifications")]
    fn declare(&self, _: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        std::future::ready(Err(nothing())).boxed()
    }

    fn listen(&self, _: Address, _: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        std::future::ready(Err(nothing())).boxed()
    }

    #[cfg(feature = "notifications")]
    fn consumers(&self, _: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        std::future::ready(Err(nothing())).boxed()
    }

    fn listen_for_replies(&self, _: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        std::future::ready(Err(nothing())).boxed()
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }
}
