//! What the tests of more than one crate stand on: RabbitMQ nodes of their own, Python peers, and
//! a Rust server like theirs.
//!
//! `tests/run` starts the node that most tests share and makes the Python environment; without
//! it [`Broker::shared`] and the peers say what is missing.

mod broker;
mod program;
mod python;
mod run;
pub mod sample;
mod until;

pub use broker::{Binding, Broker, Connection, Exchange, Node, Queue, Vhost};
pub use program::Program;
pub use python::{Note, PeerBuilder, PythonClient, PythonServer, Raised};
pub use run::run;
pub use until::until;
