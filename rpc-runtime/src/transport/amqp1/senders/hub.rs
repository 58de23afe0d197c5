//! What all links share that messages go out by: one session.

use std::sync::Arc;

use fe2o3_amqp::Sender;
use tokio::sync::Mutex;

use super::super::links::{self, NoLink};
use super::super::options::Amqp1Options;
use super::super::peer::{Begun, Peer};
use super::super::replies::Replies;
use crate::transport::connection::{Up, View};

/// Attaches the links of a transport.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) view: View<Peer>,
    pub(super) options: Arc<Amqp1Options>,
    pub(super) replies: Arc<Replies>,
    /// The session, and the connection that it is of. Locked while a link is attached: peers answer an address that they do not
    /// like by ending the session, and then it is known whose it was.
    session: Mutex<Option<(u64, Begun)>>,
}

impl Hub {
    pub(super) fn new(view: View<Peer>, options: Arc<Amqp1Options>, replies: Arc<Replies>) -> Self {
        Self { view, options, replies, session: Mutex::default() }
    }

    /// Attaches a link. To be waited for to the end: the client library ends the session for one that nobody waits for.
    pub(super) async fn attach(&self, up: &Up<Peer>, address: &str) -> Result<Sender, NoLink> {
        let mut held = self.session.lock().await;
        // One that has ended, or is of a connection before.
        let held = match held.take() {
            Some((epoch, begun)) if epoch == up.epoch && !begun.session.is_ended() => {
                held.insert((epoch, begun))
            }
            _ => held.insert((up.epoch, up.connection.begin().await.map_err(NoLink::Lost)?)),
        };
        links::sender(&mut held.1.session, address).await
    }
}
