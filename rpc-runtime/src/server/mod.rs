//! The server side: endpoints, workers, acknowledgement, duplicates, heartbeats, replies, shutdown.

mod acknowledge;
mod builder;
mod claims;
mod counters;
mod dispatch;
mod duplicates;
mod endpoint;
mod error;
mod execution;
mod forwarder;
mod handler;
mod heartbeats;
mod incoming;
mod lifecycle;
mod log;
mod memory;
mod observer;
mod panics;
mod phase;
mod reader;
mod receiver;
mod replier;
mod requests;
mod setup;
mod stop_reason;

pub use acknowledge::{Acknowledge, DeadLetters};
pub use builder::ServerBuilder;
pub use counters::Counters;
pub use endpoint::{Dispatch, Endpoint};
pub use error::{ServerError, ShutdownError};
pub use incoming::{Args, FromAbsent, Incoming, Outcome, Raised, outcome, outcome_expecting};
pub use lifecycle::Server;
pub use observer::RequestInfo;
pub use stop_reason::StopReason;

#[cfg(test)]
mod tests;
