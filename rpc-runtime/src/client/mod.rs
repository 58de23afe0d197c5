//! The client side: requests, options, pins, and the replies that are waited for.

mod call;
mod options;
mod pin;
mod prepared;
mod request;
mod values;
mod waiters;

use std::sync::Arc;

pub use call::{Call, CallOrCast, Cast};
pub use options::CallOptions;
pub use pin::VersionPin;
pub use prepared::Prepared;
pub use request::Request;
pub use values::{Carries, IntoServer, MaybeSet, RestArg};
pub(crate) use waiters::Waiters;

use crate::context::RpcContext;
use crate::interface::{Interface, Method, SupportsError};
use crate::transport::Transport;

/// What every generated client holds: a transport, its interface, a pin and options.
///
/// Cloning is a few reference counts.
#[derive(Debug, Clone)]
pub struct Client {
    transport: Transport,
    interface: &'static Interface,
    pin: VersionPin,
    options: Arc<CallOptions>,
}

impl Client {
    /// A client of `interface`, unpinned, with the default options.
    #[must_use]
    pub fn new(transport: &Transport, interface: &'static Interface) -> Self {
        Self { transport: transport.clone(), interface, pin: VersionPin::unpinned(), options: Arc::default() }
    }

    /// The same client, pinned.
    #[must_use]
    pub fn pinned(self, pin: VersionPin) -> Self {
        Self { pin, ..self }
    }

    /// The same client with other options; the old ones are forgotten.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self { options: Arc::new(options), ..self.clone() }
    }

    /// Starts a request; the pin in force now decides its version.
    pub fn request<C: RpcContext>(&self, method: &'static Method, context: &C) -> Request {
        Request::new(self.clone(), method, context)
    }

    /// Whether the pin in force allows to send the method of that name on the wire.
    ///
    /// # Errors
    /// The interface has no such method.
    pub fn supports(&self, method: &str) -> Result<bool, SupportsError> {
        self.interface.supports(self.pin.get(), method)
    }

    /// Whether the pin in force allows to send an argument of that name on the wire.
    ///
    /// # Errors
    /// The interface has no such method, or the method no such argument.
    pub fn supports_argument(&self, method: &str, argument: &str) -> Result<bool, SupportsError> {
        self.interface.supports_argument(self.pin.get(), method, argument)
    }
}

#[cfg(test)]
mod tests;
