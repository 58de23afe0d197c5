//! A manager ready to be served.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
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

/// That managers of type `M` serve the interface of a generated client, which implements it.
pub trait Serves<M>: 'static {
    /// What they serve.
    const INTERFACE: &'static Interface;

    /// Decodes the arguments, runs the method of the manager and encodes what it returns.
    fn dispatch(manager: &M, incoming: Incoming) -> impl Future<Output = Outcome> + Send;
}

/// A manager that serves the interface of the client `Api`: by value or in an [`Arc`].
///
/// `Form` says which of both it is, so that nobody has to: the compiler finds the one that fits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no manager for `{Api}`",
    label = "does not implement the trait that `{Api}` was made of",
    note = "a manager is given by value, or shared in an `Arc`"
)]
pub trait IntoEndpoint<Api, Form> {
    /// The manager, ready to be served.
    fn into_endpoint(self) -> Endpoint;
}

/// The [form](IntoEndpoint) of a manager by value.
#[derive(Debug)]
pub enum ByValue {}

/// The [form](IntoEndpoint) of a manager in an [`Arc`].
#[derive(Debug)]
pub enum Shared {}

impl<Api: Serves<M>, M: Send + Sync + 'static> IntoEndpoint<Api, ByValue> for M {
    fn into_endpoint(self) -> Endpoint {
        IntoEndpoint::<Api, Shared>::into_endpoint(Arc::new(self))
    }
}

impl<Api: Serves<M>, M: Send + Sync + 'static> IntoEndpoint<Api, Shared> for Arc<M> {
    fn into_endpoint(self) -> Endpoint {
        Endpoint::new(Api::INTERFACE, Served::<Api, M> { manager: self, api: PhantomData })
    }
}

/// A manager with the client whose interface it serves.
struct Served<Api, M> {
    manager: Arc<M>,
    api: PhantomData<fn() -> Api>,
}

impl<Api: Serves<M>, M: Send + Sync + 'static> Dispatch for Served<Api, M> {
    fn dispatch(&self, incoming: Incoming) -> impl Future<Output = Outcome> + Send {
        Api::dispatch(&self.manager, incoming)
    }
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
