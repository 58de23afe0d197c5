//! The server side: endpoints, workers, duplicates, heartbeats, replies, shutdown.

mod builder;
mod dispatch;
mod duplicates;
mod endpoint;
mod handle;
mod incoming;
mod replier;
mod worker;

pub use builder::{ServerBuilder, ServerError};
pub use endpoint::{Dispatch, Endpoint};
pub use handle::{Server, ShutdownError};
pub use incoming::{Args, FromAbsent, Incoming, Outcome, Raised, outcome, outcome_expecting};
pub use worker::RequestInfo;

#[cfg(test)]
mod tests;
