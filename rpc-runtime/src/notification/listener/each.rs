//! Notifications handled one by one.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::handler::{Answer, Handler, Offer};
use super::meta::Meta;
use super::verdict::IntoVerdict;
use crate::context::RpcContext;
use crate::notification::typed::RpcNotification;
use crate::receiving::Fenced;

/// A function that takes one at a time.
pub(super) struct Each<C, E, F> {
    handler: Arc<F>,
    takes: PhantomData<fn(C, E)>,
}

impl<C, E, F> Each<C, E, F> {
    pub(super) fn new(handler: F) -> Self {
        Self { handler: Arc::new(handler), takes: PhantomData }
    }
}

impl<C, E, F, Fut> Handler for Each<C, E, F>
where
    C: RpcContext,
    E: RpcNotification + Send + 'static,
    F: Fn(C, E, Meta) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoVerdict> + Send + 'static,
{
    fn handle(self: Arc<Self>, offers: Vec<Arc<Offer>>) -> BoxFuture<'static, Vec<Answer>> {
        async move {
            let mut answers = Vec::with_capacity(offers.len());
            for offer in offers {
                answers.push(match offer.read::<C, E>() {
                    Ok((context, event, meta)) => self.one(context, event, meta).await,
                    Err(answer) => answer,
                });
            }
            answers
        }
        .boxed()
    }
}

impl<C, E, F, Fut> Each<C, E, F>
where
    C: RpcContext,
    E: RpcNotification + Send + 'static,
    F: Fn(C, E, Meta) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoVerdict> + Send + 'static,
{
    async fn one(&self, context: C, event: E, meta: Meta) -> Answer {
        let handler = Arc::clone(&self.handler);
        let run = async move { Answer::from(handler(context, event, meta).await.into_verdict()) };
        // What it says when it is dropped after that was printed, and changes nothing.
        let (answer, _) = Fenced::new(run.boxed()).await;
        answer.unwrap_or_else(Answer::Panicked)
    }
}
