//! Why Redis has no answer.

use std::io;
use std::time::Duration;

use super::super::peer_address::PeerAddress;
use crate::error::{Fault, FaultKind};
use crate::text::printable;

/// Something that was not to be had from Redis. What it wrote is shortened and printable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RedisError {
    #[error("cannot be connected to: {0}")]
    Connect(String),
    #[error("is cut off: {0}")]
    Lost(String),
    /// With all that has to be done before it can answer.
    #[error("has not answered within {0:?}")]
    Silent(Duration),
    #[error("does not speak the protocol of Redis: {0}")]
    Foreign(&'static str),
    #[error("does not log this process in: {0}")]
    Login(String),
    #[error("says {0}")]
    Refused(String),
}

impl RedisError {
    pub(super) fn lost(error: &io::Error) -> Self {
        Self::Lost(error.to_string())
    }

    /// What an error reply says.
    pub(super) fn refused(text: &str) -> Self {
        Self::Refused(printable(text))
    }

    /// The same for users, with the address of Redis.
    pub(super) fn fault(&self, at: &PeerAddress) -> Fault {
        let kind = match self {
            Self::Connect(_) | Self::Lost(_) | Self::Foreign(_) => FaultKind::NotConnected,
            Self::Silent(_) => FaultKind::NoAnswer,
            Self::Login(_) => FaultKind::Forbidden,
            Self::Refused(text) => match text.split(' ').next() {
                Some("NOAUTH" | "NOPERM") => FaultKind::Forbidden,
                Some("WRONGTYPE") => FaultKind::Conflict,
                _ => FaultKind::Refused,
            },
        };
        Fault::new(kind, format!("Redis at {at} {self}"))
    }
}
