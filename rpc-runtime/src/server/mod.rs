//! The server side: endpoints, workers, heartbeats, replies, shutdown.

#[cfg(feature = "objects")]
mod backport;
mod builder;
mod counters;
mod dispatch;
mod endpoint;
mod error;
mod execution;
mod handler;
mod heartbeats;
mod incoming;
mod lifecycle;
mod log;
mod objects;
mod observer;
mod reading;
mod receiver;
mod replier;
mod requests;
mod run;
mod setup;

#[cfg(feature = "objects")]
pub use backport::{Backport, Conductor};
pub use builder::ServerBuilder;
pub use counters::Counters;
pub use endpoint::{Dispatch, Endpoint, IntoEndpoint, Serves};
pub use error::ServerError;
pub use incoming::{Args, FromAbsent, Incoming, Outcome, Raised};
pub use lifecycle::Server;
pub use observer::RequestInfo;
pub use run::RunError;

#[cfg(test)]
mod tests;
