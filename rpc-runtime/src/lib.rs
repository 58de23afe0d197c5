//! Typed RPC over AMQP, wire-compatible with Python's oslo.messaging.

mod error;
mod interface;
mod target;
mod transport;
mod version;
pub mod wire;

pub use error::{CallError, RemoteError, RpcError, RpcException};
pub use interface::{Arg, CastResult, Interface, Kind, Method, MethodResult, Old, RpcArg};
pub use target::Target;
#[cfg(feature = "amqp")]
pub use transport::options::{AmqpOptions, Compression, OptionError};
pub use transport::url::{Host, Scheme, TransportUrl, UrlError};
pub use version::{Version, VersionError};

#[cfg(feature = "macros")]
pub use rpc_macros::{RpcException, rpc_manager};
