//! Notifications handled several at a time.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::handler::{Answer, Handler, Offer};
use super::meta::Meta;
use super::verdict::IntoVerdicts;
use crate::context::RpcContext;
use crate::notification::typed::RpcNotification;
use crate::receiving::Fenced;

/// A function that takes all that were offered together and can be read.
pub(super) struct Together<C, E, F> {
    handler: Arc<F>,
    takes: PhantomData<fn(C, E)>,
}

impl<C, E, F> Together<C, E, F> {
    pub(super) fn new(handler: F) -> Self {
        Self { handler: Arc::new(handler), takes: PhantomData }
    }
}

impl<C, E, F, Fut> Handler for Together<C, E, F>
where
    C: RpcContext,
    E: RpcNotification + Send + 'static,
    F: Fn(Vec<(C, E, Meta)>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoVerdicts> + Send + 'static,
{
    fn handle(self: Arc<Self>, offers: Vec<Arc<Offer>>) -> BoxFuture<'static, Vec<Answer>> {
        async move {
            let mut batch = Vec::with_capacity(offers.len());
            // Of what the batch has, there is no answer yet.
            let answers: Vec<_> = offers
                .into_iter()
                .map(|offer| match offer.read::<C, E>() {
                    Ok(read) => {
                        batch.push(read);
                        None
                    }
                    Err(answer) => Some(answer),
                })
                .collect();
            let mut given = self.all(batch).await.into_iter();
            let missing = || Answer::Failed("there is no verdict".to_owned());
            answers
                .into_iter()
                .map(|answer| answer.or_else(|| given.next()).unwrap_or_else(missing))
                .collect()
        }
        .boxed()
    }
}

impl<C, E, F, Fut> Together<C, E, F>
where
    C: RpcContext,
    E: RpcNotification + Send + 'static,
    F: Fn(Vec<(C, E, Meta)>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: IntoVerdicts> + Send + 'static,
{
    /// An answer for each.
    async fn all(&self, batch: Vec<(C, E, Meta)>) -> Vec<Answer> {
        let count = batch.len();
        if count == 0 {
            return Vec::new();
        }
        let handler = Arc::clone(&self.handler);
        let run = async move { handler(batch).await.into_verdicts(count) };
        // What it says when it is dropped after that was printed, and changes nothing.
        match Fenced::new(run.boxed()).await {
            (Ok(verdicts), _) => verdicts.into_iter().map(Answer::from).collect(),
            (Err(said), _) => vec![Answer::Panicked(said); count],
        }
    }
}
