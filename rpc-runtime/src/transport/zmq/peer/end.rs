//! Why a connection has ended.

use std::io;
use std::time::Duration;

use super::super::zmtp::ProtocolError;
use crate::error::{Fault, FaultKind};

/// Why there is no connection to a peer any more, or never was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum End {
    #[error("this side has closed the connection")]
    Closed,
    /// Between two messages.
    #[error("the peer has closed the connection")]
    Left,
    #[error("the peer has closed the connection within a message")]
    Cut,
    #[error("the peer has closed the connection before it was ready")]
    NeverReady,
    #[error("the peer was not ready within {0:?}")]
    NotInTime(Duration),
    #[error("nothing was heard of the peer for {0:?}")]
    Silent(Duration),
    /// Carries the words of the peer.
    #[error("the peer has ended the connection: {0}")]
    Refused(String),
    #[error("the peer does not speak as it should: {0}")]
    Protocol(#[from] ProtocolError),
    /// It speaks ZMTP well.
    #[error("the peer does not keep to what was agreed: {0}")]
    Foul(#[from] Foul),
    /// What this side would say of itself is nothing that peers take.
    #[error("no peer would take what this side says of itself: {0}")]
    Unfit(ProtocolError),
    /// Carries the words of the system.
    #[error("the connection was lost: {0}")]
    Lost(String),
}

/// How a peer breaks the rules that hold above ZMTP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Foul(pub(crate) String);

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<End> for Fault {
    fn from(end: End) -> Self {
        let kind = match end {
            End::Closed => FaultKind::Closed,
            End::Unfit(_) => FaultKind::Unusable,
            _ => FaultKind::NotConnected,
        };
        Fault::new(kind, end.to_string())
    }
}
