//! What kind of failure an error is that came up while connecting.

use std::io;

use super::contract::ConnectFailure;
use crate::transport::failure::FailureKind;
use crate::transport::tls::kind_of;

/// An error of the socket.
pub(in crate::transport) fn tcp(error: &io::Error) -> ConnectFailure {
    let kind = match error.kind() {
        io::ErrorKind::ConnectionRefused => FailureKind::ConnectionRefused,
        io::ErrorKind::TimedOut => FailureKind::TimedOut,
        _ => FailureKind::Network,
    };
    ConnectFailure { kind, why: error.to_string() }
}

/// An error of the TLS stream; `identified` says whether this side has a certificate to show.
pub(in crate::transport) fn tls(error: &io::Error, identified: bool) -> ConnectFailure {
    let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref()) else { return tcp(error) };
    let kind = kind_of(inner, identified);
    // The library has no word of its own for some kinds.
    let why = match kind {
        FailureKind::NotTls => format!("it does not speak TLS: {error}"),
        FailureKind::CertificateRevoked => format!("its certificate was revoked (ssl_crl_file): {error}"),
        FailureKind::RevocationUnknown => {
            format!("its authority has no list of revoked certificates (ssl_crl_file): {error}")
        }
        FailureKind::ClientCertificateMissing => format!("it wants a certificate (ssl_cert_file): {error}"),
        FailureKind::ClientCertificateRefused => {
            format!("it refuses the certificate of ssl_cert_file: {error}")
        }
        _ => error.to_string(),
    };
    ConnectFailure { kind, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_socket() {
        for (error, kind) in [
            (io::ErrorKind::ConnectionRefused, FailureKind::ConnectionRefused),
            (io::ErrorKind::TimedOut, FailureKind::TimedOut),
            (io::ErrorKind::ConnectionReset, FailureKind::Network),
        ] {
            assert_eq!(tls(&error.into(), false).kind, kind);
        }
    }
}
