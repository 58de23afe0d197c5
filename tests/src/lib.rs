//! What the tests of more than one crate stand on: RabbitMQ nodes of their own, a proxy before them,
//! Python peers, and a Rust server like theirs; and [what the benchmarks share](mod@bench).
//!
//! `tests/run` starts the node that most tests share and makes the Python environment; without
//! it [`Broker::shared`] and the peers say what is missing.

pub mod amqp1;
pub mod authority;
pub mod bench;
mod broker;
pub mod campaign;
mod freeze;
pub mod limits;
pub mod pairing;
mod peer;
mod program;
pub mod proxy;
mod python;
mod redis;
mod reservation;
mod run;
pub mod sample;
pub mod shop;
mod until;

pub use broker::{
    Alarm, Binding, Broker, Channel, Cluster, Connection, Exchange, Node, Queue, Topology, Vhost,
};
pub use peer::Peer;
pub use program::Program;
pub use python::{
    Emitted, Ended, Heard, HeardOne, Note, PeerBuilder, PythonClient, PythonCompute, PythonListener,
    PythonLoad, PythonNotifier, PythonOptions, PythonReader, PythonRules, PythonServer, Raised, Registered,
    python,
};
pub use redis::Redis;
pub use reservation::Reservation;
pub use run::run;
pub use until::{until, until_found, until_within};

/// The examples in the documentation of the macros.
#[cfg(doctest)]
mod macros {
    #[doc = include_str!("../../rpc-macros/src/docs/rpc_manager.md")]
    mod rpc_manager {}
    #[doc = include_str!("../../rpc-macros/src/docs/rpc_exception.md")]
    mod rpc_exception {}
    #[doc = include_str!("../../rpc-macros/src/docs/versioned_object.md")]
    mod versioned_object {}
    #[doc = include_str!("../../rpc-macros/src/docs/rpc_notification.md")]
    mod rpc_notification {}
}
