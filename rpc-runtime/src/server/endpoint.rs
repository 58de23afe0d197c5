//! A manager ready to be served.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::incoming::{Incoming, Outcome};
use crate::interface::Interface;
use crate::version::Version;

/// One implementation of a Manager trait, to be given to one or more servers.
///
/// Made by `endpoint` of the generated client, and by nothing else. Cloning shares the manager.
#[derive(Clone)]
pub struct Endpoint {
    interface: &'static Interface,
    manager: Arc<dyn ErasedDispatch>,
}

impl Endpoint {
    /// An endpoint that answers the methods of `interface` by `dispatch`.
    pub(crate) fn new(interface: &'static Interface, dispatch: impl Dispatch) -> Self {
        Self { interface, manager: Arc::new(dispatch) }
    }

    /// What the endpoint offers.
    #[must_use]
    pub fn interface(&self) -> &'static Interface {
        self.interface
    }

    /// Whether a request with this namespace and version is for this endpoint.
    pub(super) fn serves(&self, namespace: Option<&str>, version: Version) -> bool {
        self.interface.namespace == namespace && self.interface.accepts(version)
    }

    pub(super) fn dispatch(&self, incoming: Incoming) -> BoxFuture<'static, Outcome> {
        Arc::clone(&self.manager).dispatch(incoming)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interface { name, version, .. } = self.interface;
        write!(f, "Endpoint({name} {version})")
    }
}

/// How a request finds its method; implemented by generated code.
pub trait Dispatch: Send + Sync + 'static {
    /// Decodes the arguments, runs the method and encodes what it returns.
    fn dispatch(&self, incoming: Incoming) -> impl Future<Output = Outcome> + Send;
}

/// [`Dispatch`] without its type.
trait ErasedDispatch: Send + Sync {
    fn dispatch(self: Arc<Self>, incoming: Incoming) -> BoxFuture<'static, Outcome>;
}

impl<D: Dispatch> ErasedDispatch for D {
    fn dispatch(self: Arc<Self>, incoming: Incoming) -> BoxFuture<'static, Outcome> {
        async move { Dispatch::dispatch(&*self, incoming).await }.boxed()
    }
}
