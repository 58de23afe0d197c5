//! What a first service needs, to be imported at once: `use rpc_runtime::prelude::*`.
//!
//! | For | Names |
//! |---|---|
//! | an interface | `rpc_manager`, [`Context`], `RpcException` (the derive and the trait), [`RemoteError`] |
//! | a server | [`Transport`], [`Server`], [`RunError`], [`Target`] |
//! | a client | [`CallOptions`], [`CallError`], [`RpcError`], [`VersionPin`] |
//!
//! These and no more, so that what it brings can be seen here. A name that a program has itself goes before it.
//!
//! ```
//! use rpc_runtime::prelude::*;
//!
//! #[rpc_manager(topic = "greeter", version = "1.0")]
//! pub trait Greeter {
//!     #[rpc(call)]
//!     async fn greet(&self, ctx: Context, name: String) -> Result<String, RemoteError>;
//! }
//!
//! struct Desk;
//!
//! impl Greeter for Desk {
//!     async fn greet(&self, _: Context, name: String) -> Result<String, RemoteError> {
//!         Ok(format!("hello {name}"))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = Transport::connect("memory://").await?;
//! let server = GreeterApi::serve(&transport, "host1", Desk).await?;
//! assert_eq!(GreeterApi::new(&transport).greet(&Context::request(), "Alice").await?, "hello Alice");
//! # server.shutdown(std::time::Duration::from_secs(5)).await?;
//! # Ok(())
//! # }
//! ```

pub use crate::client::CallOptions;
pub use crate::context::Context;
pub use crate::error::{CallError, RemoteError, RpcError, RpcException};
pub use crate::pin::VersionPin;
pub use crate::server::{RunError, Server};
pub use crate::target::Target;
pub use crate::transport::Transport;
#[cfg(feature = "macros")]
pub use rpc_macros::{RpcException, rpc_manager};
