//! The connection of a transport: how it is made, what happens to it, and its sessions.

mod connector;
mod failure;
mod porter;

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

pub(super) use self::connector::Connector;
use self::porter::{Ask, porter};
pub(super) use self::porter::{Begun, LIMIT};
use super::address::Addressing;
use super::stream::Tap;
use crate::transport::connection::{Connection, Event};

/// How often it is looked whether the peer is still heard.
const LOOK: Duration = Duration::from_millis(250);

/// How long after its sessions it may be known why a connection has ended.
const UNNOTICED: Duration = Duration::from_millis(100);

/// What is said of a connection that this side has cut.
const CUT: &str = "the connection was cut";

/// An open connection.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) addressing: Addressing,
    asks: mpsc::Sender<Ask>,
    tap: Arc<Tap>,
    /// Why it has ended, once it has.
    ended: watch::Receiver<Option<String>>,
    /// After how long without a word it is given up.
    silence: Option<Duration>,
}

impl Peer {
    /// Begins a session; the error says why there is none.
    pub(super) async fn begin(&self) -> Result<Begun, String> {
        let (answer, answered) = oneshot::channel();
        let lost = || self.ended.borrow().clone().unwrap_or_else(|| CUT.to_owned());
        self.asks.send(Ask::Begin(answer)).await.map_err(|_| lost())?;
        answered.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Why the connection has ended, if it has or is about to; else what seemed so.
    pub(super) async fn why_lost(&self, seeming: String) -> String {
        let mut ended = self.ended.clone();
        let ended = timeout(UNNOTICED, ended.wait_for(Option::is_some)).await;
        let why = ended.ok().and_then(Result::ok).and_then(|why| why.clone());
        why.unwrap_or(seeming)
    }
}

impl Connection for Peer {
    fn event(&self) -> BoxFuture<'_, Event> {
        async move {
            let mut ended = self.ended.clone();
            let mut look = interval(LOOK);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    ended = ended.wait_for(Option::is_some) => {
                        let why = ended.ok().and_then(|why| why.clone());
                        return Event::Lost(why.unwrap_or_else(|| CUT.to_owned()));
                    }
                    _ = look.tick() => {
                        if let Some(longest) = self.silence && self.tap.silence() > longest {
                            let why = format!("nothing was heard of the peer for {longest:?} (idle_timeout)");
                            self.tap.cut(&why);
                            return Event::Lost(why);
                        }
                    }
                }
            }
        }
        .boxed()
    }

    fn close(&self, limit: Duration) -> BoxFuture<'_, ()> {
        async move {
            let (answer, answered) = oneshot::channel();
            let goodbye = async {
                if self.asks.send(Ask::Close(answer)).await.is_ok() {
                    let _ = answered.await;
                }
            };
            // Refused or late, it is cut all the same.
            let _ = timeout(limit, goodbye).await;
            self.kill();
        }
        .boxed()
    }

    fn kill(&self) {
        self.tap.cut(CUT);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
    }
}
