//! What a peer reports line by line until it ends.

use anyhow::Result;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::limits::PEERS_PATIENCE;
use crate::peer::Peer;

/// What it reports next, called `what`; fails if that is nothing.
pub(super) async fn next<T: DeserializeOwned>(peer: &mut Peer, what: &str) -> Result<T> {
    let event = peer.read(PEERS_PATIENCE).await?;
    parse(peer, event, what)
}

/// Stops the peer; what it reported that was not asked for yet, and why it did not end in an orderly way.
pub(super) async fn stop<T: DeserializeOwned>(mut peer: Peer, what: &str) -> Result<(Vec<T>, Result<()>)> {
    let (mut events, mut ended) = peer.stop().await;
    let last = json!({"event": "stopped"});
    if events.last() == Some(&last) {
        events.pop();
    } else if ended.is_ok() {
        ended = Err(peer.failure("it ended without a word"));
    }
    Ok((parse_all(&peer, events, what)?, ended))
}

/// Kills the peer as a crash would; what it had reported that was not asked for yet.
pub(super) async fn kill<T: DeserializeOwned>(mut peer: Peer, what: &str) -> Result<Vec<T>> {
    let events = peer.kill().await?;
    parse_all(&peer, events, what)
}

fn parse_all<T: DeserializeOwned>(peer: &Peer, events: Vec<Value>, what: &str) -> Result<Vec<T>> {
    events.into_iter().map(|event| parse(peer, event, what)).collect()
}

fn parse<T: DeserializeOwned>(peer: &Peer, event: Value, what: &str) -> Result<T> {
    let wrong = peer.failure(&format!("expected {what}, got {event}"));
    T::deserialize(event).map_err(|error| wrong.context(error))
}
