//! What a call can give instead of its result.

use super::remote::{RemoteError, RpcException};
use super::rpc::RpcError;

/// The outcome of a call that is not its result: either the method's own error or an [`RpcError`].
///
/// A manager that calls another service passes its errors on by `?` if its own error is a
/// [`RemoteError`], and else by one line that says what becomes of them:
///
/// ```
/// use rpc_runtime::{CallError, Context, RemoteError, RpcException, rpc_manager};
///
/// #[rpc_manager(client = ImageApi, topic = "image", version = "1.0", error = RemoteError)]
/// pub trait ImageManager {
///     #[rpc(call)]
///     async fn size(&self, ctx: Context, image: u64) -> Result<u64, RemoteError>;
/// }
///
/// #[derive(Debug, thiserror::Error, RpcException)]
/// #[exception(module = "disk.exception")]
/// pub enum DiskError {
///     #[error("no space for {bytes} bytes")]
///     NoSpace { bytes: u64 },
///     #[error(transparent)]
///     #[exception(other)]
///     Other(RemoteError),
/// }
///
/// struct Disk {
///     images: ImageApi,
/// }
///
/// impl Disk {
///     /// Any error as it came.
///     async fn measure(&self, ctx: Context, image: u64) -> Result<u64, RemoteError> {
///         Ok(self.images.size(&ctx, image).await?)
///     }
///
///     /// Any error as one of the disk's.
///     async fn copy(&self, ctx: Context, image: u64) -> Result<u64, DiskError> {
///         self.images.size(&ctx, image).await.map_err(|error| DiskError::Other(error.into_remote()))
///     }
///
///     /// The image's own errors as errors of the disk; for the rest, the caller of this decides.
///     async fn try_copy(&self, ctx: &Context, image: u64) -> Result<u64, CallError<DiskError>> {
///         self.images.size(ctx, image).await.map_err(|error| error.map_method(DiskError::Other))
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError<E> {
    /// The server answered with an error that the method declares.
    #[error(transparent)]
    Method(E),
    /// Anything else.
    #[error(transparent)]
    Rpc(#[from] RpcError),
}

impl<E> CallError<E> {
    /// The method's own error, if it is one.
    pub fn method(&self) -> Option<&E> {
        match self {
            CallError::Method(error) => Some(error),
            CallError::Rpc(_) => None,
        }
    }

    /// The framework's error, if it is one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            CallError::Method(_) => None,
            CallError::Rpc(error) => Some(error),
        }
    }

    /// The same with the method's own error turned into another one.
    pub fn map_method<F>(self, with: impl FnOnce(E) -> F) -> CallError<F> {
        match self {
            CallError::Method(error) => CallError::Method(with(error)),
            CallError::Rpc(error) => CallError::Rpc(error),
        }
    }
}

impl<E: RpcException> CallError<E> {
    /// The exception that says the same, for the caller of a method that made this call: the method's
    /// own error as it is, and anything else as [`RpcError::into_remote`] has it.
    pub fn into_remote(self) -> RemoteError {
        match self {
            CallError::Method(error) => error.to_remote(),
            CallError::Rpc(error) => error.into_remote(),
        }
    }
}

impl<E: RpcException> From<CallError<E>> for RemoteError {
    /// As [`CallError::into_remote`] does it, so that `?` passes the outcome of a call on.
    fn from(error: CallError<E>) -> Self {
        error.into_remote()
    }
}
