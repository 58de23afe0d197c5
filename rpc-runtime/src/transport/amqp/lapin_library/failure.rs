//! What kind of failure an error is that came up while connecting.

use lapin::{Error, ErrorKind};

use crate::transport::connection::ConnectFailure;
use crate::transport::connection::failure::tls;
use crate::transport::failure::FailureKind;

/// AMQP's codes of a refused login and of a refused vhost.
const ACCESS_REFUSED: u16 = 403;
const NOT_ALLOWED: u16 = 530;

/// An error of the AMQP handshake.
pub(super) fn amqp(error: &Error, identified: bool) -> ConnectFailure {
    match error.kind() {
        ErrorKind::IOError(error) => tls(error, identified),
        ErrorKind::ProtocolError(amqp) => {
            let why = amqp.get_message().to_string();
            explained(refusal_kind(amqp.get_id(), &why), why)
        }
        ErrorKind::InvalidProtocolVersion(_) | ErrorKind::ParsingError(_) => {
            explained(FailureKind::NotAmqp, error.to_string())
        }
        _ => ConnectFailure { kind: FailureKind::Network, why: error.to_string() },
    }
}

/// The libraries have no word of their own for some kinds.
fn explained(kind: FailureKind, error: String) -> ConnectFailure {
    let why = match kind {
        FailureKind::NotAmqp => format!("it does not speak AMQP 0-9-1: {error}"),
        FailureKind::FramesTooSmall => format!("its frame_max has to be 8192 bytes or more: {error}"),
        _ => error,
    };
    ConnectFailure { kind, why }
}

/// RabbitMQ has one code for all that is wrong with a vhost, and for limits as well.
fn refusal_kind(code: u16, why: &str) -> FailureKind {
    match code {
        ACCESS_REFUSED => FailureKind::LoginRefused,
        NOT_ALLOWED if why.ends_with("not found") => FailureKind::VhostNotFound,
        // lapin's smallest is twice that of the protocol.
        NOT_ALLOWED if why.contains("frame_max") => FailureKind::FramesTooSmall,
        NOT_ALLOWED if why.contains("refused for user") && !why.contains("limit") => {
            FailureKind::VhostRefused
        }
        _ => FailureKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rabbitmq_refuses() {
        for (code, why, kind) in [
            (403, "ACCESS_REFUSED - Login was refused using ...", FailureKind::LoginRefused),
            (530, "NOT_ALLOWED - vhost nowhere not found", FailureKind::VhostNotFound),
            (530, "NOT_ALLOWED - access to vhost 'v' refused for user 'u'", FailureKind::VhostRefused),
            (
                530,
                "NOT_ALLOWED - access to vhost 'v' refused for user 'u': connection limit (1) is reached",
                FailureKind::Refused,
            ),
            (
                530,
                "NOT_ALLOWED - negotiated frame_max = 8192 is higher than the maximum allowed value (4096)",
                FailureKind::FramesTooSmall,
            ),
            (541, "INTERNAL_ERROR - vhost 'v' is down", FailureKind::Refused),
        ] {
            assert_eq!(refusal_kind(code, why), kind, "{why}");
        }
    }
}
