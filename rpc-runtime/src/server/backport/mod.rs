//! Objects that are newer than their types: between a message and its handler, somebody who knows them makes older ones of
//! them.

mod conductor;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::timeout;

pub use conductor::Conductor;

use super::endpoint::Endpoint;
use super::incoming::{Incoming, Outcome};
use crate::class::ObjectClass;
use crate::context::{Context, RpcContext};
use crate::error::RemoteError;
use crate::object::search::{TooNew, too_new};
use crate::object::{ObjectVersions, RawJson};

/// Who makes older objects of those that are newer than a server's types: see
/// [`ServerBuilder::backport`](crate::ServerBuilder::backport).
pub trait Backport: Send + Sync + 'static {
    /// The object in the version of its class that `versions` has, and what is in it in theirs.
    ///
    /// `object` is as it came; `versions` has its class and all classes below it that the server knows.
    ///
    /// # Errors
    /// What the caller of the request gets.
    ///
    /// # Cancel safety
    /// A server drops the future when its time is over, and gives the answer up.
    fn backport(
        &self,
        context: &Context,
        object: &RawJson,
        versions: &ObjectVersions,
    ) -> impl Future<Output = Result<RawJson, RemoteError>> + Send;
}

/// [`Backport`] without its type.
trait ErasedBackport: Send + Sync {
    fn backport<'a>(
        &'a self,
        context: &'a Context,
        object: &'a RawJson,
        versions: &'a ObjectVersions,
    ) -> BoxFuture<'a, Result<RawJson, RemoteError>>;
}

impl<B: Backport> ErasedBackport for B {
    fn backport<'a>(
        &'a self,
        context: &'a Context,
        object: &'a RawJson,
        versions: &'a ObjectVersions,
    ) -> BoxFuture<'a, Result<RawJson, RemoteError>> {
        Backport::backport(self, context, object, versions).boxed()
    }
}

/// Whom a server asks, and how long.
#[derive(Clone)]
pub(super) struct Backports {
    by: Arc<dyn ErasedBackport>,
    within: Duration,
}

impl Backports {
    pub(super) fn new(by: impl Backport, within: Duration) -> Self {
        Self { by: Arc::new(by), within }
    }

    /// Answers a request; where its method did not run because an object is too new, once more with older objects.
    ///
    /// What comes back is not looked at again: an object that is still too new is an error for the caller.
    pub(super) async fn dispatch(self, endpoint: Endpoint, incoming: Incoming) -> Outcome {
        let again = incoming.clone();
        match endpoint.dispatch(incoming).await {
            Err(raised) if raised.too_new => match self.older(&endpoint, again).await? {
                Some(older) => endpoint.dispatch(older).await,
                None => Err(raised),
            },
            outcome => outcome,
        }
    }

    /// The same request with objects that its types can read; `None` if there is nothing to ask for.
    async fn older(
        &self,
        endpoint: &Endpoint,
        mut incoming: Incoming,
    ) -> Result<Option<Incoming>, Box<RemoteError>> {
        let Some(method) = endpoint.interface().method(incoming.method()) else { return Ok(None) };
        let context = Context::read(incoming.context())
            .map_err(|why| RemoteError::builtin("ValueError", format!("{}(): context {why}", method.name)))?;
        let asking = async {
            // Of a name that is repeated the last value counts.
            let args: BTreeMap<&str, &str> = incoming.args().iter().collect();
            let mut found = BTreeMap::new();
            for (name, text) in args {
                let Some(class) = method.object_in(name) else { continue };
                if let Some(older) = self.older_text(&context, text, class).await? {
                    found.insert(name.to_owned(), older);
                }
            }
            if found.is_empty() {
                return Ok(None);
            }
            incoming.replace(&found)?;
            Ok(Some(incoming))
        };
        timeout(self.within, asking).await.unwrap_or_else(|_| {
            let text = format!(
                "{}(): an object is too new, and nobody made an older one of it in {:?}",
                method.name, self.within
            );
            Err(Box::new(RemoteError::builtin("TimeoutError", text)))
        })
    }

    /// The value with older objects in it; `None` if there are none that are too new.
    async fn older_text(
        &self,
        context: &Context,
        text: &str,
        class: &'static ObjectClass,
    ) -> Result<Option<String>, Box<RemoteError>> {
        let found = too_new(text, class);
        if found.is_empty() {
            return Ok(None);
        }
        let mut older = String::with_capacity(text.len());
        let mut done = 0;
        for TooNew { class, place, .. } in found {
            let versions = class.with_all_below().into_iter().map(|class| (class.name, class.version));
            let versions = ObjectVersions::new(versions).map_err(internal)?;
            let object = RawJson::from_text(&text[place.clone()]).map_err(internal)?;
            let answer = self.by.backport(context, &object, &versions).await?;
            older.push_str(&text[done..place.start]);
            older.push_str(answer.text());
            done = place.end;
        }
        older.push_str(&text[done..]);
        Ok(Some(older))
    }
}

/// What cannot be: the text was JSON before, and versions of classes are checked when they are compiled.
fn internal(error: impl fmt::Display) -> Box<RemoteError> {
    Box::new(RemoteError::builtin("RuntimeError", error.to_string()))
}

impl fmt::Debug for Backports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backports").field("within", &self.within).finish_non_exhaustive()
    }
}
