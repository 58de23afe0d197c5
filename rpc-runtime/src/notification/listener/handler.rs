//! What all endpoints have in common, whatever their events.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::meta::Meta;
use super::unreadable::Unreadable;
use super::verdict::Verdict;
use crate::context::RpcContext;
use crate::notification::notified::Notification;
use crate::notification::typed::RpcNotification;
use crate::receiving::fenced;
use crate::text::shortened;
use crate::wire::Arguments;

/// Handles notifications that an endpoint is to have; all of it is contained, panics included.
pub(super) trait Handler: Send + Sync {
    /// An answer for each.
    fn handle(self: Arc<Self>, offers: Vec<Arc<Offer>>) -> BoxFuture<'static, Vec<Answer>>;
}

/// A notification that an endpoint is to have.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) event: Notification,
    pub(super) context: Arguments,
    pub(super) meta: Meta,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Verdict(Verdict),
    /// Its handler returned this error.
    Failed(String),
    /// Its handler, or what reads for it, panicked with these words.
    Panicked(String),
    /// It is none of the endpoint's events.
    Unknown,
    Unreadable(Unreadable),
}

impl From<Result<Verdict, String>> for Answer {
    fn from(verdict: Result<Verdict, String>) -> Self {
        verdict.map_or_else(Self::Failed, Self::Verdict)
    }
}

impl Offer {
    /// What the endpoint takes, if it takes it.
    pub(super) fn read<C: RpcContext, E: RpcNotification>(&self) -> Result<(C, E, Meta), Answer> {
        let Self { event, context, meta } = self;
        match fenced(|| E::read(event)) {
            Ok(Ok(Some(read))) => match fenced(|| C::read(context)) {
                Ok(Ok(context)) => Ok((context, read, meta.clone())),
                Ok(Err(why)) => {
                    let event_type = shortened(event.event_type());
                    Err(Answer::Unreadable(Unreadable::Context { event_type, why: shortened(&why) }))
                }
                Err(panic) => Err(Answer::Panicked(panic)),
            },
            Ok(Ok(None)) => Err(Answer::Unknown),
            Ok(Err(error)) => Err(Answer::Unreadable(error.into())),
            Err(panic) => Err(Answer::Panicked(panic)),
        }
    }
}
