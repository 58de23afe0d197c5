//! What the fakes of managers are made of.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::error::RemoteError;
use crate::interface::Interface;
use crate::lock::lock;
use crate::server::{Incoming, Outcome};

type Answer = dyn Fn(Incoming) -> BoxFuture<'static, Outcome> + Send + Sync;

/// What the methods of a fake answer, by their names on the wire; clones share it.
#[derive(Clone, Default)]
pub struct Fake(Arc<Mutex<HashMap<&'static str, Arc<Answer>>>>);

impl Fake {
    /// Has `run` answer a method from now on, with the user's `answer`.
    pub fn give<A, R>(
        &self,
        method: &'static str,
        answer: A,
        run: impl Fn(Arc<A>, Incoming) -> R + Send + Sync + 'static,
    ) where
        A: Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        let answer = Arc::new(answer);
        let given = Arc::new(move |incoming| run(Arc::clone(&answer), incoming).boxed());
        lock(&self.0).insert(method, given);
    }

    /// What the method was given for an answer, and an exception if it was given none.
    ///
    /// # Errors
    /// That, or the answer.
    ///
    /// # Cancel safety
    /// Dropping the future drops that of the answer.
    pub async fn dispatch(&self, interface: &'static Interface, incoming: Incoming) -> Outcome {
        let method = interface.method(incoming.method()).map_or("", |method| method.name);
        let answer = lock(&self.0).get(method).cloned();
        match answer {
            Some(answer) => answer(incoming).await,
            None => {
                let text = format!("the fake was given no answer for {method}()");
                Err(RemoteError::new("rpc_runtime", "NotExecuted", text).into())
            }
        }
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(lock(&self.0).keys()).finish()
    }
}
