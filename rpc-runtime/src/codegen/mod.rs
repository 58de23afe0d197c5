//! The whole contract between the `#[rpc_manager]` macro and this crate. Not for use by hand.

pub mod exception;
#[cfg(feature = "testing")]
mod fake;
pub mod keys;
#[cfg(feature = "notifications")]
pub mod notification;
#[cfg(feature = "objects")]
pub mod object;
mod sent;

pub use std::borrow::Borrow;
pub use std::option::Option;
pub use std::primitive::{bool, str};
pub use std::string::String;

pub use crate::class::{NotAnObject, Of};
pub use crate::client::{
    AsArg, Call, CallOptions, CallOrCast, Cast, Client, Draft, IntoServer, Lend, MaybeSet, OptionOf,
    Prepared, RestArg, any_if_none,
};
pub use crate::context::{Context, ContextOf, RpcContext};
pub use crate::error::{RemoteError, RpcException};
pub use crate::interface::{
    Arg, Decode, Encode, Interface, Kind, Legacy, Method, MethodResult, Old, PinError, SupportsError,
};
pub use crate::pin::VersionPin;
pub use crate::server::{
    Args, Dispatch, Endpoint, Incoming, IntoEndpoint, Outcome, Raised, ServerBuilder, Serves,
};
pub use crate::target::Target;
pub use crate::transport::Transport;
pub use crate::version::Version;
#[cfg(feature = "testing")]
pub use fake::Fake;
pub use sent::NotSent;

#[doc(inline)]
pub use crate::__when_testing as when_testing;

use std::fmt::Display;

use crate::server::Server;

/// An endpoint that answers the methods of `interface` by `dispatch`.
pub fn endpoint(interface: &'static Interface, dispatch: impl Dispatch) -> Endpoint {
    Endpoint::new(interface, dispatch)
}

/// A server of one manager, on the topic of its interface.
pub fn serve<Api, Form>(
    transport: &Transport,
    interface: &Interface,
    server: impl Into<String>,
    manager: impl IntoEndpoint<Api, Form>,
) -> ServerBuilder {
    Server::builder(transport, interface.target().with_server(server)).endpoint(manager.into_endpoint())
}

/// What a route function of the user's returns, whatever its error type.
#[diagnostic::on_unimplemented(
    message = "a route returns `Result<Target, E>`, and this one `{Self}`",
    label = "return `Result<Target, E>`, with any `E` that can be displayed"
)]
pub trait Routed {
    /// Its error as text.
    ///
    /// # Errors
    /// That of the function.
    fn routed(self) -> Result<Target, String>;
}

impl<E: Display> Routed for Result<Target, E> {
    fn routed(self) -> Result<Target, String> {
        self.map_err(|error| error.to_string())
    }
}

/// A value of a type that is written down.
pub fn of_type<T>(value: T) -> T {
    value
}

/// What is generated for tests alone, where this crate is built for them.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// What is generated for tests alone, where this crate is not built for them.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __when_testing {
    ($($tokens:tt)*) => {};
}
