//! Raw fe2o3-amqp: the library of AMQP 1.0 that this project uses, with nothing above it.
//!
//! * Each side has one connection, with a session to send and one to listen. Requests go to an address, replies to a
//!   node that the router makes up; all callers send by one link.
//! * Messages have the properties and bodies that this project sends. Requests are not settled: the server accepts each when it
//!   has it, and a call waits for that as well as for its reply. Replies are not settled either: the client accepts them.
//! * `serde_json` writes and reads each request and each reply; each call has a random id of its own.
//! * The server executes each request where it has read it.

mod client;
mod link;
mod message;
mod server;

pub(crate) use self::client::client;
pub(crate) use self::server::serve;
