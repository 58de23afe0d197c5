//! What a caller awaits: a call for its reply, a cast for the broker.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::draft::Draft;
use super::way::{ByCall, ByCast, pass};
use crate::error::{CallError, Cause, RemoteError, RpcError, RpcException};
use crate::interface::MethodResult;
#[cfg(feature = "objects")]
use crate::object::scope::fault_of;
use crate::text::without_value;

// A result that cannot travel is told of by the description of the method, and by what awaits it.
impl Draft {
    /// Waits for the reply.
    pub fn call<R>(self) -> Call<R> {
        Call::new(self.complete())
    }

    /// Waits for the broker only.
    pub fn cast(self) -> Cast {
        Cast::new(self.complete())
    }

    /// Leaves that to the caller.
    pub fn call_or_cast<R>(self) -> CallOrCast<R> {
        CallOrCast::new(self)
    }
}

/// A call that is sent when it is awaited, and resolves with the method's result.
///
/// # Errors
/// [`CallError::Method`] with the method's own error, or [`CallError::Rpc`] with what went wrong
/// on the way, at the latest at the call's timeout.
///
/// # Cancel safety
/// Dropping the future gives the reply up and leaves nothing behind. A request that was not sent by then is not sent
/// any more; one that was is executed all the same, but is not sent again if its connection is lost.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<R> {
    request: Draft,
    result: PhantomData<fn() -> R>,
}

impl<R> Call<R> {
    fn new(request: Draft) -> Self {
        Self { request, result: PhantomData }
    }
}

impl<R: MethodResult> IntoFuture for Call<R> {
    type Output = Result<R::Ok, CallError<R::Err>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let method = self.request.method.name;
            let reply = pass::<ByCall>(&self.request).await?;
            if let Some(remote) = reply.failure {
                return Err(typed(method, remote));
            }
            reply.decode_result().map_err(|error| {
                let (method, why) = (method.to_owned(), without_value(&error));
                RpcError::Decode { method, why, source: cause(error) }.into()
            })
        }
        .boxed()
    }
}

impl<R> fmt::Debug for Call<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}

/// A cast that is sent when it is awaited, and resolves when the broker has taken it.
///
/// # Errors
/// An [`RpcError`], at the latest at the cast's timeout. A cast to a topic without servers is no
/// error unless [`CallOptions::mandatory`](super::CallOptions::mandatory) asks for it.
///
/// # Cancel safety
/// Dropping the future gives the word of the broker up and leaves nothing behind. A request that was not sent by then is
/// not sent any more; one that was is executed all the same, but is not sent again if its connection is lost.
#[derive(Debug)]
#[must_use = "a cast is sent when it is awaited"]
pub struct Cast {
    request: Draft,
}

impl Cast {
    fn new(request: Draft) -> Self {
        Self { request }
    }
}

impl IntoFuture for Cast {
    type Output = Result<(), RpcError>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move { pass::<ByCast>(&self.request).await }.boxed()
    }
}

/// A request that its caller sends as a call or as a cast.
///
/// Nothing is sent before one of the two is awaited.
#[must_use = "say whether this is a `call` or a `cast`, and await it"]
pub struct CallOrCast<R> {
    request: Draft,
    result: PhantomData<fn() -> R>,
}

impl<R> CallOrCast<R> {
    fn new(request: Draft) -> Self {
        Self { request, result: PhantomData }
    }

    /// Waits for the result.
    pub fn call(self) -> Call<R> {
        self.request.call()
    }

    /// Waits for the broker only; the result is dropped by the server.
    pub fn cast(self) -> Cast {
        self.request.cast()
    }
}

impl<R> fmt::Debug for CallOrCast<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallOrCast").field(&self.request).finish()
    }
}

/// What is behind a result that cannot be read: the object that is too new, if it is that.
fn cause(error: serde_json::Error) -> Cause {
    #[cfg(feature = "objects")]
    if let Some(fault) = fault_of(&error) {
        return Cause::new(fault);
    }
    Cause::new(error)
}

/// What an exception is to the caller: the dispatcher's own are the framework's errors, even for a
/// method that declares every exception; then those that the method declares; then the rest.
fn typed<E: RpcException>(method: &str, remote: RemoteError) -> CallError<E> {
    let method = method.to_owned();
    if remote.is_no_such_method() {
        return RpcError::NoSuchMethod { method, message: remote.message }.into();
    }
    if remote.is_unsupported_version() {
        return RpcError::UnsupportedVersion { method, message: remote.message }.into();
    }
    match E::from_remote(&remote) {
        Some(error) => CallError::Method(error),
        None => RpcError::Remote(Box::new(remote)).into(),
    }
}
