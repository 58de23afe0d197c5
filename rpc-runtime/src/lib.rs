//! Typed RPC over AMQP, wire-compatible with Python's oslo.messaging.

mod client;
#[doc(hidden)]
pub mod codegen;
mod context;
mod error;
mod interface;
mod server;
mod target;
mod transport;
mod version;
pub mod wire;

pub use client::{Call, CallOptions, Cast, IntoServer, MaybeSet, VersionPin};
pub use context::{Context, RpcContext};
pub use error::{CallError, RemoteError, RpcError, RpcException};
pub use interface::{Arg, CastResult, Interface, Kind, Method, MethodResult, Old, RpcArg};
pub use server::{Endpoint, FromAbsent, RequestInfo, Server, ServerBuilder, ServerError, ShutdownError};
pub use target::Target;
#[cfg(feature = "amqp")]
pub use transport::options::{AmqpOptions, Compression, OptionError};
pub use transport::url::{Host, Scheme, TransportUrl, UrlError};
pub use transport::{Transport, TransportBuilder, TransportError};
pub use version::{Version, VersionError};

#[cfg(feature = "macros")]
pub use rpc_macros::{RpcException, rpc_manager};
