//! The client side: requests, options, pins, and the replies that are waited for.

mod call;
mod options;
mod pin;
mod request;
mod waiters;

use std::sync::Arc;

pub use call::{Call, Cast};
pub use options::CallOptions;
pub use pin::VersionPin;
pub use request::{IntoServer, MaybeSet, Request};
pub(crate) use waiters::Waiters;

use crate::context::RpcContext;
use crate::interface::{Interface, Method};
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
}

#[cfg(test)]
mod tests;
