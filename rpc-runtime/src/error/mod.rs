//! What callers get instead of a result.

mod call;
mod cause;
mod class;
mod fault;
mod reached;
mod remote;
mod rpc;

pub use call::CallError;
pub use cause::Cause;
pub use class::{ExceptionArg, ExceptionClass};
pub(crate) use fault::Fault;
pub use fault::{FaultKind, Refusal};
pub use reached::Reached;
pub use remote::{RemoteError, RpcException};
pub use rpc::RpcError;
