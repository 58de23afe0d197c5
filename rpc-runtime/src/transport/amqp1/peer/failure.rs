//! What kind of failure an error is that came up while a connection was opened.

use fe2o3_amqp::connection::OpenError;
use fe2o3_amqp::transport;
use fe2o3_amqp::types::definitions::Error;
use fe2o3_amqp::types::sasl::SaslCode;

use super::super::stream::mechanisms;
use super::super::words::{condition, is_unknown, said};
use crate::text::printable;
use crate::transport::connection::ConnectFailure;
use crate::transport::connection::failure::tls;
use crate::transport::failure::FailureKind;

/// How many bytes of what is no AMQP are shown.
const SHOWN: usize = 64;

/// `user` is as whom this side wanted to log in, and `beginning` what the peer has said, if it is not what was expected.
pub(super) fn open(error: OpenError, user: &str, beginning: &[u8], identified: bool) -> ConnectFailure {
    if let Some(why) = foreign(beginning) {
        return ConnectFailure { kind: FailureKind::NotAmqp, why };
    }
    let (kind, why) = match error {
        OpenError::Io(error) | OpenError::TransportError(transport::Error::Io(error)) => {
            return tls(&error, identified);
        }
        OpenError::SaslError { code, .. } => match code {
            SaslCode::Auth if user.is_empty() => {
                (FailureKind::LoginRefused, "it lets in nobody without a user".to_owned())
            }
            SaslCode::Auth => {
                (FailureKind::LoginRefused, format!("it refuses the user {user} or the password"))
            }
            code => (FailureKind::Refused, format!("it cannot log anybody in: {code:?}")),
        },
        OpenError::RemoteClosedWithError(error) => (refusal(&error), said(&error)),
        OpenError::RemoteClosed => (FailureKind::Refused, "it closes the connection at once".to_owned()),
        OpenError::NotImplemented(Some(why)) => {
            let offered = mechanisms(beginning);
            let wanted = if user.is_empty() { "ANONYMOUS" } else { "PLAIN" };
            let why = match offered.is_empty() || offered.iter().any(|name| name == wanted) {
                true => printable(&why),
                false => {
                    let offered = printable(&offered.join(" "));
                    format!("it does not let anybody log in by {wanted}, but by {offered}")
                }
            };
            (FailureKind::LoginRefused, why)
        }
        OpenError::ProtocolHeaderMismatch(_)
        | OpenError::DecodeError(_)
        | OpenError::TransportError(_)
        | OpenError::NotImplemented(None) => {
            (FailureKind::NotAmqp, format!("it does not speak AMQP 1.0: {error}"))
        }
        // What the library says of an open frame that it cannot read.
        OpenError::IllegalState => {
            (FailureKind::Network, "it does not open the connection as it should".to_owned())
        }
        error => (FailureKind::Network, error.to_string()),
    };
    ConnectFailure { kind, why }
}

fn refusal(error: &Error) -> FailureKind {
    match condition(error).as_str() {
        "amqp:unauthorized-access" => FailureKind::LoginRefused,
        _ if is_unknown(error) => FailureKind::VhostNotFound,
        _ => FailureKind::Refused,
    }
}

/// What a peer speaks whose first bytes these are, if it is not AMQP 1.0.
fn foreign(beginning: &[u8]) -> Option<String> {
    let what = match beginning {
        [] => return None,
        [b'A', b'M', b'Q', b'P', 0 | 3, 1, 0, 0, ..] => return None,
        // Cut off, it may still have been that.
        short if b"AMQP".starts_with(&short[..short.len().min(4)]) && short.len() < 8 => return None,
        [b'A', b'M', b'Q', b'P', 0, 0, 9, 1, ..] => "AMQP 0-9-1, for which the URL is rabbit://".to_owned(),
        [b'A', b'M', b'Q', b'P', 2, ..] => "AMQP 1.0 by TLS alone, for which the URL is amqp1s://".to_owned(),
        [0x15, 3, ..] => "TLS, for which the URL is amqp1s://".to_owned(),
        other => {
            let shown = &other[..other.len().min(SHOWN)];
            format!("something else: {:?}", printable(&String::from_utf8_lossy(shown)))
        }
    };
    Some(format!("it does not speak AMQP 1.0, but {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_else_speaks_is_named() {
        for (beginning, said) in [
            (&b"AMQP\0\0\x09\x01"[..], Some("AMQP 0-9-1")),
            (b"HTTP/1.1 400 Bad Request", Some("something else: \"HTTP/1.1 400 Bad Request\"")),
            (b"\x15\x03\x03\0\x02\x02\x28", Some("TLS, for which")),
            (b"AMQP\x03\x01\0\0", None),
            (b"AMQ", None),
            (b"", None),
        ] {
            let why = foreign(beginning);
            assert_eq!(why.is_some(), said.is_some(), "{why:?}");
            assert!(why.zip(said).is_none_or(|(why, said)| why.contains(said)));
        }
    }
}
