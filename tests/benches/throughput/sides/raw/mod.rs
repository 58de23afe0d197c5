//! Raw lapin, doing for each message what this project has the broker do, and nothing else.
//!
//! * Each side has two connections: one to send and one to listen.
//! * Requests go through a topic exchange, replies to a plain named queue; both are confirmed, persistent
//!   (delivery mode 2) and, but for casts, mandatory. Properties and bodies are those of this project.
//! * The server has a prefetch of 256 and acknowledges each request by itself with `channel.basic_ack`; the
//!   client takes replies without acknowledging them.
//! * All callers publish on one confirm channel. That is the fastest that lapin has, and it is inexact: of
//!   messages that are refused or returned it reports some as taken. Here all are taken.
//! * Nothing is encoded or decoded: ids are copied to and from where they are in ready-made bodies.

mod client;
mod server;

use anyhow::{Context, Result};
use lapin::{Connection, ConnectionProperties};
use tokio::runtime::Handle;

use super::amqp::uri;
use super::template::Id;
use crate::content::REPLY_QUEUE;
use crate::role::Role;

pub(super) use self::client::Client;
pub(super) use self::server::Server;

/// The ids in a request, in the order of their numbers: that of the call, that of the message, which this
/// project looks at to find repeats, and that of the reply queue.
const REQUEST_IDS: [(&str, &str); 3] = [("_msg_id", ""), ("_unique_id", ""), ("_reply_q", REPLY_QUEUE)];
const CALL: usize = 0;
const QUEUE: usize = 2;
/// That of the call.
const REPLY_IDS: [(&str, &str); 1] = [("_msg_id", "")];

/// The connections of one side.
struct Connections {
    send: Connection,
    listen: Connection,
}

impl Connections {
    /// What lapin runs runs on `runtime`; the callers and the server do not.
    async fn open(role: &Role, runtime: &Handle) -> Result<Self> {
        let uri = uri(&role.url)?;
        let connect = async || {
            let connecting = Connection::connect_uri(uri.clone(), ConnectionProperties::default());
            anyhow::Ok(runtime.spawn(connecting).await??)
        };
        Ok(Self { send: connect().await?, listen: connect().await? })
    }

    async fn close(&self) {
        for connection in [&self.send, &self.listen] {
            // Fails if a channel is closing already, as that of a task which ended with its queue is.
            let _ = connection.close(200, "OK".into()).await;
        }
    }
}

fn reply_queue(id: &Id) -> Result<String> {
    let id = std::str::from_utf8(id).context("an id is text")?;
    Ok(format!("{REPLY_QUEUE}{id}"))
}
