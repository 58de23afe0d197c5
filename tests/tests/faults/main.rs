//! The fault campaign: what becomes of calls, casts and notifications when something happens to the broker, to the
//! network or to a process.
//!
//! Each test has a process of its own, and checks the ledgers of its lanes and that nothing is left
//! behind. `tests/FAULTS.md` says what is kept and what can be lost under each fault.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod accounts;
mod alarms;
mod cluster;
mod connections;
mod hostile;
mod network;
mod notifications;
mod processes;
mod queues;
mod restarts;
mod rights;
mod servers;

use std::time::Duration;

use anyhow::Result;
use rpc_tests::campaign::{Kind, Outcome, Running};
use rpc_tests::{Broker, Vhost, until};

/// Options with which connections are missed and made again in a time that a test can wait for.
const QUICK: [&str; 3] = ["heartbeat_timeout_threshold=2", "connect_timeout=3", "kombu_reconnect_delay=0.1"];

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Result<Vhost> {
    Broker::shared()?.vhost(name).await
}

/// The names of the connections of a virtual host.
async fn connections(vhost: &Vhost) -> Result<Vec<String>> {
    let mut names: Vec<_> =
        vhost.connections().await?.into_iter().map(|connection| connection.name).collect();
    names.sort();
    Ok(names)
}

/// Waits until a cast is not taken in time, and its sender is told so in these words.
async fn told(lane: &Running, words: &str) -> Result<()> {
    let what = format!("senders are told of {words:?}");
    until(&what, async || match lane.request(Kind::Cast, Duration::from_millis(500), 0.0).await? {
        Outcome::NotSent(why) | Outcome::Unclear(why) if why.contains(words) => Ok(Some(())),
        _ => Ok(None),
    })
    .await
}
