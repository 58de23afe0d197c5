//! Raw ZeroMQ: the library zeromq, with a DEALER that calls and a ROUTER that answers.
//!
//! * Frames and bodies are those that this project sends, but for the sixth frame, which says how far requests were taken:
//!   here nobody hears of it. Nothing is lost by anything but the loss of the connection in either.
//! * `serde_json` writes and reads each request and each reply; each call has a random id of its own.
//! * The server executes each request where it has read it.

mod client;
mod message;
mod server;

pub(crate) use self::client::client;
pub(crate) use self::server::serve;
