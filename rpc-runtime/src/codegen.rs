//! The whole contract between the `#[rpc_manager]` macro and this crate. Not for use by hand.

pub mod exception;

pub use std::borrow::Borrow;
pub use std::sync::Arc;

pub use crate::client::{Call, CallOptions, Cast, Client, IntoServer, MaybeSet, Request, VersionPin};
pub use crate::context::{Context, RpcContext};
pub use crate::error::{RemoteError, RpcException};
pub use crate::interface::{Arg, Interface, Kind, Method, Old};
pub use crate::server::{Args, Dispatch, Endpoint, Incoming, Outcome, outcome};
pub use crate::transport::Transport;
pub use crate::version::Version;
