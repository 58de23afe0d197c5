//! The client side: requests, options, pins, and the replies that are waited for.

mod address;
mod as_arg;
mod call;
mod destination;
mod draft;
mod options;
mod parts;
mod prepared;
mod sending;
mod values;
mod waiting;
mod way;

use std::sync::Arc;

pub use as_arg::{ArgForm, AsArg, Lend, OptionOf};
pub use call::{Call, CallOrCast, Cast};
pub use destination::{AnyIfNone, IntoServer, MaybeServer, any_if_none};
pub use draft::Draft;
pub use options::CallOptions;
pub use prepared::Prepared;
pub use values::{MaybeSet, RestArg};

use self::parts::Parts;
use crate::context::RpcContext;
use crate::interface::{Interface, Method, SupportsError};
use crate::pin::VersionPin;
use crate::transport::Transport;

/// What every generated client holds: a transport, its interface, a pin and options.
///
/// Cloning is one reference count.
#[derive(Debug, Clone)]
pub struct Client {
    parts: Arc<Parts>,
}

impl Client {
    /// A client of `interface`, unpinned, with the default options.
    #[must_use]
    pub fn new(transport: &Transport, interface: &'static Interface) -> Self {
        let (transport, pin) = (transport.clone(), VersionPin::unpinned());
        let (options, topic) = (CallOptions::default(), interface.topic.into());
        Self { parts: Arc::new(Parts { transport, interface, pin, options, topic }) }
    }

    /// The same client, pinned.
    #[must_use]
    pub fn pinned(&self, pin: VersionPin) -> Self {
        Self { parts: Arc::new(Parts { pin, ..(*self.parts).clone() }) }
    }

    /// The same client with these options before those that it has.
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        let options = options.over(&self.parts.options);
        let topic = options.topic.as_deref().unwrap_or(self.parts.interface.topic).into();
        Self { parts: Arc::new(Parts { options, topic, ..(*self.parts).clone() }) }
    }

    /// Starts a request; the pin in force now decides its version.
    pub fn request<C: RpcContext>(&self, method: &'static Method, context: &C) -> Draft {
        Draft::new(Arc::clone(&self.parts), method, context)
    }

    /// Whether the pin in force allows to send the method of that name on the wire.
    ///
    /// # Errors
    /// The interface has no such method.
    pub fn supports(&self, method: &str) -> Result<bool, SupportsError> {
        self.parts.interface.supports(self.parts.pin.get(), method)
    }

    /// Whether the pin in force allows to send an argument of that name on the wire.
    ///
    /// # Errors
    /// The interface has no such method, or the method no such argument.
    pub fn supports_argument(&self, method: &str, argument: &str) -> Result<bool, SupportsError> {
        self.parts.interface.supports_argument(self.parts.pin.get(), method, argument)
    }
}

#[cfg(test)]
mod tests;
