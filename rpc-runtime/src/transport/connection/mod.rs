//! One connection to one of several hosts, kept up for as long as a transport lives, whatever is spoken on it.
//!
//! A driver says how to [`Connect`] and what happens to a [`Connection`]; the [`Supervisor`] does the rest.
//!
//! | Module | What it does |
//! |---|---|
//! | `contract` | what a driver gives |
//! | `supervisor` | connects, watches, reconnects, and tells who uses the connection |
//! | `state` | the states of a connection and what leads from one to another |
//! | `report` | tells users of it: in the status and in the log |
//! | `addresses` | which address of a host is connected to |
//! | `failure` | what kind of failure an error is that came up while connecting |
//! | `jitter` | keeps the clients of a broker from coming back all at once |
//! | `runtime` | the thread that all of it runs on, so that handlers that block can't starve heartbeats |

mod addresses;
mod contract;
pub(super) mod failure;
#[cfg(test)]
mod fake;
mod jitter;
mod report;
mod runtime;
mod state;
mod supervisor;

pub(super) use self::addresses::{Suspects, first_to_answer, lookup};
pub(super) use self::contract::{Connect, ConnectFailure, Connection, Event};
pub(super) use self::jitter::jittered;
pub(super) use self::runtime::OwnRuntime;
pub(super) use self::state::Backoff;
pub(super) use self::supervisor::{Supervisor, Up, View};
