//! The server side: endpoints, workers, acknowledgement, duplicates, heartbeats, replies, shutdown.

mod acknowledge;
#[cfg(feature = "objects")]
mod backport;
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
mod objects;
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
#[cfg(feature = "objects")]
pub use backport::{Backport, Conductor};
pub use builder::ServerBuilder;
pub use counters::Counters;
pub use endpoint::{Dispatch, Endpoint};
pub use error::{ServerError, ShutdownError};
pub use incoming::{Args, FromAbsent, Incoming, Outcome, Raised};
pub use lifecycle::Server;
pub use observer::RequestInfo;
pub use stop_reason::StopReason;

#[cfg(test)]
mod tests;
