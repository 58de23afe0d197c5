//! What the connections of a transport are doing, for whoever asks.

use std::fmt;
use std::time::Instant;

use serde::Serialize;
use serde::ser::{SerializeMap as _, SerializeStruct as _, Serializer};

use super::failure::HostFailure;
use crate::seconds;

/// What the connections of a transport are doing: [`Transport::status`](crate::Transport::status) at this
/// moment, [`Transport::watch`](crate::Transport::watch) from now on.
///
/// RabbitMQ has the connection `send`, by which requests and replies go out, and from the first server or the first
/// call on the connection `listen`, by which they come in. `memory://` has one connection, `memory`.
///
/// As JSON, for a page of an operator:
///
/// ```json
/// {
///   "transport": "RabbitMQ",
///   "connections": {
///     "send": {"state": "ready", "host": "rabbit1:5672", "since": 12.5},
///     "listen": {
///       "state": "reconnecting",
///       "attempt": 2,
///       "last": {"host": "rabbit1:5672", "kind": "connection_refused", "why": "Connection refused"},
///       "next_try": 0.75
///     }
///   }
/// }
/// ```
///
/// Times are in seconds, counted from when it is written: `since` is how long ago that was, and
/// `next_try` how long it is until then, 0 while the attempt is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    transport: &'static str,
    /// By name, in the order in which they were made; there is at least one.
    connections: Vec<(&'static str, ConnectionStatus)>,
}

impl Status {
    pub(super) fn new(transport: &'static str, connection: &'static str, status: ConnectionStatus) -> Self {
        Self { transport, connections: vec![(connection, status)] }
    }

    /// What the bus of the transport is called: `RabbitMQ`, `memory`.
    #[must_use]
    pub fn transport(&self) -> &'static str {
        self.transport
    }

    /// The connections and their names, in the order in which they were made.
    pub fn connections(&self) -> impl Iterator<Item = (&'static str, &ConnectionStatus)> {
        self.connections.iter().map(|(name, status)| (*name, status))
    }

    /// The connection of this name; `None` if it is not made yet, or there is none of that name.
    #[must_use]
    pub fn connection(&self, name: &str) -> Option<&ConnectionStatus> {
        self.connections().find(|(known, _)| *known == name).map(|(_, status)| status)
    }

    /// The state of the transport as a whole: that of the connection that is worse off. From good to bad:
    /// ready, blocked, connecting, reconnecting, closed.
    #[must_use]
    pub fn overall(&self) -> &ConnectionStatus {
        // There is at least one.
        let mut worst = &self.connections[0].1;
        for (_, status) in &self.connections[1..] {
            if status.rank() > worst.rank() {
                worst = status;
            }
        }
        worst
    }

    /// Whether every connection that is needed is there and takes messages.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.overall(), ConnectionStatus::Ready { .. })
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.overall(), ConnectionStatus::Closed { .. })
    }

    /// Notes what a connection is doing, which may be new; whether that is news. Closed is the last word,
    /// whatever a connection goes through while it is taken down.
    #[cfg(any(feature = "amqp", feature = "amqp1"))]
    pub(super) fn note(&mut self, name: &'static str, now: ConnectionStatus) -> bool {
        match self.connections.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) if *known == now || matches!(known, ConnectionStatus::Closed { .. }) => false,
            Some((_, known)) => {
                *known = now;
                true
            }
            None => {
                self.connections.push((name, now));
                true
            }
        }
    }

    /// Closes all connections; whether they were not.
    pub(super) fn close(&mut self, reason: &str) -> bool {
        let open = !self.is_closed();
        if open {
            self.connections.iter_mut().for_each(|(_, status)| *status = ConnectionStatus::closed(reason));
        }
        open
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut status = serializer.serialize_struct("Status", 2)?;
        status.serialize_field("transport", self.transport)?;
        status.serialize_field("connections", &ByName(&self.connections))?;
        status.end()
    }
}

/// Connections as a map.
struct ByName<'a>(&'a [(&'static str, ConnectionStatus)]);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, status) in self.0 {
            map.serialize_entry(name, status)?;
        }
        map.end()
    }
}

/// The overall state in words.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.overall().fmt(f)
    }
}

/// What one connection is doing. For its JSON see [`Status`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ConnectionStatus {
    /// The first attempt is under way.
    Connecting,
    /// The connection is up and takes messages.
    #[non_exhaustive]
    Ready {
        /// `host:port`; `memory` for `memory://`.
        host: String,
        /// When the connection came up.
        #[serde(serialize_with = "seconds::since")]
        since: Instant,
    },
    /// The connection is up, and the broker takes no messages because it is short of memory or disk. What is
    /// sent waits until its deadline; what is received is not affected.
    #[non_exhaustive]
    Blocked {
        /// `host:port`.
        host: String,
        /// When the broker said so.
        #[serde(serialize_with = "seconds::since")]
        since: Instant,
        /// The broker's words.
        reason: String,
    },
    /// There is no connection, and the next attempt comes by itself.
    #[non_exhaustive]
    Reconnecting {
        /// How many attempts have failed since the last good connection.
        attempt: u32,
        /// What happened last: the loss of the connection, or an attempt that failed.
        last: HostFailure,
        /// When the next attempt begins; one that lies in the past is under way.
        #[serde(serialize_with = "seconds::until")]
        next_try: Instant,
    },
    /// The transport was closed or dropped.
    #[non_exhaustive]
    Closed {
        /// By what.
        reason: String,
    },
}

impl ConnectionStatus {
    pub(super) fn ready(host: impl Into<String>) -> Self {
        Self::Ready { host: host.into(), since: tokio::time::Instant::now().into_std() }
    }

    pub(super) fn closed(reason: &str) -> Self {
        Self::Closed { reason: reason.to_owned() }
    }

    fn rank(&self) -> u8 {
        match self {
            ConnectionStatus::Ready { .. } => 0,
            ConnectionStatus::Blocked { .. } => 1,
            ConnectionStatus::Connecting => 2,
            ConnectionStatus::Reconnecting { .. } => 3,
            ConnectionStatus::Closed { .. } => 4,
        }
    }
}

/// The state in words, without times.
impl fmt::Display for ConnectionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectionStatus::Connecting => write!(f, "connecting"),
            ConnectionStatus::Ready { host, .. } => write!(f, "connected to {host}"),
            ConnectionStatus::Blocked { host, reason, .. } => write!(f, "blocked by {host}: {reason}"),
            ConnectionStatus::Reconnecting { attempt, last, .. } => {
                write!(f, "reconnecting after {attempt} attempts, {last}")
            }
            ConnectionStatus::Closed { reason } => write!(f, "{reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::transport::FailureKind;

    #[tokio::test(start_paused = true)]
    async fn json() {
        let now = tokio::time::Instant::now().into_std();
        let (host, reason) = ("rabbit1:5672".to_owned(), "memory".to_owned());
        let last = HostFailure { host: host.clone(), kind: FailureKind::NotTls, why: "no TLS".to_owned() };
        let next_try = now + Duration::from_millis(2250);
        let ready = ConnectionStatus::Ready { host: host.clone(), since: now };
        let blocked = ConnectionStatus::Blocked { host, since: now, reason };
        let reconnecting = ConnectionStatus::Reconnecting { attempt: 2, last, next_try };
        tokio::time::advance(Duration::from_millis(1500)).await;
        let json = |status: &ConnectionStatus| serde_json::to_value(status).unwrap();
        assert_eq!(json(&ready), json!({"state": "ready", "host": "rabbit1:5672", "since": 1.5}));
        let expected = json!({"state": "blocked", "host": "rabbit1:5672", "since": 1.5, "reason": "memory"});
        assert_eq!(json(&blocked), expected);
        let last = json!({"host": "rabbit1:5672", "kind": "not_tls", "why": "no TLS"});
        let expected = json!({"state": "reconnecting", "attempt": 2, "last": last, "next_try": 0.75});
        assert_eq!(json(&reconnecting), expected);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(json(&reconnecting)["next_try"], 0.0);
        assert_eq!(json(&ConnectionStatus::Connecting), json!({"state": "connecting"}));
        let status = Status::new("bus", "send", ConnectionStatus::closed("done"));
        let expected =
            json!({"transport": "bus", "connections": {"send": {"state": "closed", "reason": "done"}}});
        assert_eq!(serde_json::to_value(&status).unwrap(), expected);
    }
}
