//! The directory with a real Redis, and with what is none.

mod announcing;
mod finding;
mod server;
mod trouble;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use self::server::Server;
use super::*;
use crate::clock::after;
use crate::error::FaultKind;
use crate::random::fraction;

/// For what should come about: far above what it takes.
const LONG: Duration = Duration::from_secs(120);

/// Asks again and again until it is so.
async fn until(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !check().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(LONG, waiting).await.is_ok(), "not in time: {what}");
}

fn directory(options: RedisOptions) -> Redis {
    Redis::new(options, Handle::current())
}

/// Options with which entries are renewed soon.
fn soon(server: &Server) -> RedisOptions {
    RedisOptions { update: Duration::from_millis(100), ..server.options() }
}

fn server(topic: &str, name: &str) -> ServerAddress {
    ServerAddress { exchange: "openstack".into(), topic: topic.into(), server: name.into() }
}

fn at(port: u16) -> PeerAddress {
    PeerAddress::new("127.0.0.1", port).unwrap()
}

/// What is found, or why nothing is. Redis has two seconds for it, which is little on a busy machine: it is asked again if it has
/// not answered.
async fn asked(directory: &Redis, topic: &str, server: Option<&str>) -> Result<Vec<PeerAddress>, Fault> {
    let deadline = after(LONG);
    loop {
        match directory.resolve(topic, server).await {
            Err(fault) if fault.kind == FaultKind::NoAnswer && Instant::now() < deadline => {}
            asked => return asked,
        }
    }
}

async fn found(directory: &Redis, topic: &str, server: Option<&str>) -> Vec<PeerAddress> {
    let mut found = asked(directory, topic, server).await.unwrap();
    found.sort();
    found
}
