//! A driver for unit tests of what is asked before anything is moved: it moves nothing.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use tokio::time::Instant;

use super::abilities::Abilities;
use super::driver::{
    Driver, Forward, ListenOptions, Listener, Outgoing, PublishError, PublishFault, ReplyPlace,
    ServerAddress, TakeReply,
};
use crate::error::{Fault, FaultKind};
use crate::wire::MessageFormat;

/// Says what it can do, and does none of it.
#[derive(Debug)]
pub(crate) struct Stub(pub(crate) Abilities);

impl Driver for Stub {
    fn name(&self) -> &'static str {
        "the stub"
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Envelope
    }

    fn abilities(&self) -> Abilities {
        self.0
    }

    fn publish(&self, _: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        ready(Err(PublishFault::Closed.into())).boxed()
    }

    fn forward(&self, _: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        ready(Err(PublishFault::Closed.into())).boxed()
    }

    fn listen(&self, _: ServerAddress, _: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        ready(Err(Fault::new(FaultKind::Unusable, "it moves nothing"))).boxed()
    }

    fn listen_for_replies(&self, _: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        ready(Err(Fault::new(FaultKind::Unusable, "it moves nothing"))).boxed()
    }

    fn close(&self, _: Instant) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}
