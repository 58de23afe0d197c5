//! The server side: endpoints, workers, acknowledgement, duplicates, heartbeats, replies, shutdown.

mod acknowledge;
mod builder;
mod claims;
mod counters;
mod dispatch;
mod duplicates;
mod endpoint;
mod execution;
mod forwarder;
mod handle;
mod incoming;
mod replier;
mod requests;
mod worker;

pub use acknowledge::{Acknowledge, DeadLetters};
pub use builder::{ServerBuilder, ServerError};
pub use counters::Counters;
pub use endpoint::{Dispatch, Endpoint};
pub use handle::{Server, ShutdownError};
pub use incoming::{Args, FromAbsent, Incoming, Outcome, Raised, outcome, outcome_expecting};
pub use worker::RequestInfo;

#[cfg(test)]
mod tests;
