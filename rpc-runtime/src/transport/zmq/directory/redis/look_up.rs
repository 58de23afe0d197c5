//! Who is in a set, and still there.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::super::peer_address::PeerAddress;
use super::client::Client;
use super::commands::Commands;
use super::error::RedisError;
use super::reply::Reply;
use crate::rare_log::{RareLog, rarely};
use crate::text::printable;

/// How many members are asked for at once.
const AT_ONCE: &[u8] = b"500";

/// How often. More members than that are what nobody has cleared away.
const ROUNDS: usize = 200;

/// How many addresses are wanted: each is a connection.
const MOST: usize = 1024;

/// What is said of replies that no Redis gives.
const ODD: RedisError = RedisError::Foreign("a command has the reply of another one");

/// The addresses in a set whose own keys are there.
pub(super) async fn look_up(
    client: &Client,
    key: &str,
    deadline: Instant,
    log: &RareLog,
) -> Result<Vec<PeerAddress>, RedisError> {
    let mut found = BTreeSet::new();
    let mut cursor = b"0".to_vec();
    for _ in 0..ROUNDS {
        let scan = Commands::one(&[b"SSCAN", key.as_bytes(), &cursor, b"COUNT", AT_ONCE]);
        let (next, members) = scanned(client.ask(&scan, deadline).await?)?;
        for address in there(client, addresses(members), deadline).await? {
            found.insert(address);
        }
        if found.len() >= MOST {
            break;
        }
        if next == b"0" {
            return Ok(found.into_iter().collect());
        }
        cursor = next;
    }
    rarely!(log, warn, "the set {} in Redis is too large to be read to its end", printable(key));
    Ok(found.into_iter().take(MOST).collect())
}

/// Where to go on in a set, and what was there.
fn scanned(replies: Vec<Reply>) -> Result<(Vec<u8>, Vec<Reply>), RedisError> {
    let [reply] = <[Reply; 1]>::try_from(replies).map_err(|_| ODD)?;
    let Reply::Array(parts) = reply.ok()? else { return Err(ODD) };
    match <[Reply; 2]>::try_from(parts) {
        Ok([Reply::Bytes(next), Reply::Array(members)]) => Ok((next, members)),
        _ => Err(ODD),
    }
}

/// What of it is an address, each as it is written and as it is meant.
fn addresses(members: Vec<Reply>) -> Vec<(String, PeerAddress)> {
    let address = |member| {
        let Reply::Bytes(bytes) = member else { return None };
        let text = String::from_utf8(bytes).ok()?;
        let address = text.parse().ok()?;
        Some((text, address))
    };
    members.into_iter().filter_map(address).collect()
}

async fn there(
    client: &Client,
    addresses: Vec<(String, PeerAddress)>,
    deadline: Instant,
) -> Result<Vec<PeerAddress>, RedisError> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let mut exist = Commands::default();
    for (text, _) in &addresses {
        exist.add(&[b"EXISTS", text.as_bytes()]);
    }
    let mut there = Vec::new();
    for ((_, address), reply) in addresses.into_iter().zip(client.ask(&exist, deadline).await?) {
        match reply.ok()? {
            Reply::Integer(0) => {}
            Reply::Integer(_) => there.push(address),
            _ => return Err(ODD),
        }
    }
    Ok(there)
}
