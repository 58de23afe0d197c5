//! What the connections of a transport are doing, for whoever asks.

use std::fmt;
use std::time::Instant;

use super::failure::HostFailure;

/// What the connections of a transport are doing: [`Transport::status`](crate::Transport::status) at this
/// moment, [`Transport::watch`](crate::Transport::watch) from now on.
///
/// RabbitMQ has the connection `send`, by which requests and replies go out, and from the first server or the first
/// call on the connection `listen`, by which they come in. `memory://` has one connection, `memory`.
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
    #[cfg(feature = "amqp")]
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

/// The overall state in words.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.overall().fmt(f)
    }
}

/// What one connection is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        since: Instant,
    },
    /// The connection is up, and the broker takes no messages because it is short of memory or disk. What is
    /// sent waits until its deadline; what is received is not affected.
    #[non_exhaustive]
    Blocked {
        /// `host:port`.
        host: String,
        /// When the broker said so.
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
