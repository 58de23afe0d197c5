//! The request context: who asks, on whose behalf, in which request.
//!
//! | File | What it does |
//! |---|---|
//! | `rpc_context` | what a type has to do to be a context |
//! | `request` | the context that services have, and its way into messages and out of them |
//! | `accessors` | its fields by name and type |
//! | `changes` | makes one, and changed copies of it |
//! | `store` | its fields in one text |
//! | `names` | under which names services look for one thing |
//! | `masked` | its fields as they are printed, without secrets |

mod accessors;
mod changes;
mod masked;
mod names;
mod read_deleted;
mod request;
mod rpc_context;
mod store;
#[cfg(test)]
mod tests;

pub use read_deleted::ReadDeleted;
pub use request::Context;
pub use rpc_context::{ContextOf, RpcContext};
