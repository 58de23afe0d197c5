//! What a virtual host has, to be compared with another one.

use anyhow::Result;

use super::state::{Binding, Exchange, Queue};
use super::vhost::Vhost;

/// The queues, exchanges and bindings of a virtual host, without what differs from run to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Topology {
    /// The queues, without what is in motion; of the random part of a name there is a `*`.
    pub queues: Vec<Queue>,
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
    /// The bindings.
    pub bindings: Vec<Binding>,
}

impl Topology {
    /// As it is now.
    pub async fn of(vhost: &Vhost) -> Result<Self> {
        let mut queues = vhost.queues().await?;
        for queue in &mut queues {
            queue.name = without_hex(&queue.name);
            // What is in motion, and for quorum queues only counted every few seconds.
            (queue.messages, queue.messages_unacknowledged, queue.consumers) = (0, 0, 0);
            queue.arguments.sort_by(|one, other| one.0.cmp(&other.0));
        }
        let mut bindings = vhost.bindings().await?;
        for binding in &mut bindings {
            binding.queue = without_hex(&binding.queue);
        }
        Ok(Self { queues, exchanges: vhost.exchanges().await?, bindings })
    }
}

/// `reply_0123..` as `reply_*`: the 32 digits are random.
fn without_hex(name: &str) -> String {
    match name.rsplit_once('_') {
        Some((prefix, hex)) if hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{prefix}_*")
        }
        _ => name.to_owned(),
    }
}
