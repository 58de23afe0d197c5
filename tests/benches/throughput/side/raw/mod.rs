//! Raw lapin, doing for each message what this project has the broker do, and nothing else.
//!
//! * Each side has two connections: one to send and one to listen.
//! * Requests go through a topic exchange, replies to a plain named queue; both are confirmed, persistent
//!   (delivery mode 2) and, but for casts, mandatory. Properties and bodies are those of this project.
//! * The server has a prefetch of 256 and acknowledges each request by itself with `channel.basic_ack`; the
//!   client takes replies without acknowledging them.
//! * All callers publish on one confirm channel. That is the fastest that lapin has, and it is inexact: of
//!   messages that are refused or returned it reports some as taken. Here all are taken.
//! * A listener of notifications acknowledges each by itself as well; in batches, a batch at once.
//! * Nothing is encoded or decoded: ids are copied to and from where they are in ready-made bodies. Only for the
//!   contenders with JSON does `serde_json` write and read each notification, as whoever uses lapin has it do.

mod amqp;
mod client;
mod event;
mod listener;
mod server;
mod template;

pub(crate) use self::client::{Caller, client};
pub(crate) use self::listener::Listener;
pub(crate) use self::server::server;
