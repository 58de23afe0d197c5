//! Why there is no connection to a host.

use std::fmt;

use serde::Serialize;

/// A host of the URL and why there is no connection to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{host}: {why}")]
#[non_exhaustive]
pub struct HostFailure {
    /// `host:port`, without user and password.
    pub host: String,
    /// What to match on.
    pub kind: FailureKind,
    /// What to show: the words of the broker, the TLS library or the system, never with a secret.
    pub why: String,
}

impl HostFailure {
    #[cfg(any(feature = "amqp", feature = "amqp1", feature = "zmq"))]
    pub(crate) fn new(host: impl Into<String>, kind: FailureKind, why: impl Into<String>) -> Self {
        Self { host: host.into(), kind, why: why.into() }
    }
}

/// What kind of reason there is for having no connection to a host; in JSON `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// The name of the host has no address.
    NameNotResolved,
    /// Nothing listens on the port.
    ConnectionRefused,
    /// The host, or what listens on its port, did not answer within the option `connect_timeout`.
    TimedOut,
    /// The network failed in another way, or the peer closed the connection without a word.
    Network,
    /// TLS was asked for, and what answered does not speak it; often the port of plain AMQP.
    NotTls,
    /// What answered does not speak AMQP 0-9-1; often the port of TLS.
    NotAmqp,
    /// The broker's certificate is signed by no authority that is trusted (`ssl_ca_file`).
    UnknownAuthority,
    /// The broker's certificate is for other names than that in the URL.
    WrongHostName,
    /// The broker's certificate is not valid any more, or not yet.
    CertificateExpired,
    /// The broker's certificate, or that of an authority which it has it from, was revoked (`ssl_crl_file`).
    CertificateRevoked,
    /// No list of `ssl_crl_file` is of the authority that signed the broker's certificate, or one which it has it from.
    RevocationUnknown,
    /// The broker's certificate cannot be used for another reason, for example because it is malformed.
    BadCertificate,
    /// The broker wants a certificate of its clients, and none is set (`ssl_cert_file`).
    ClientCertificateMissing,
    /// The broker does not accept the certificate of `ssl_cert_file`.
    ClientCertificateRefused,
    /// TLS failed for another reason, for example because there is no common version.
    TlsFailed,
    /// The broker does not know the user or the password, or the user may not log in from here.
    LoginRefused,
    /// The broker has no vhost of that name.
    VhostNotFound,
    /// The user may not use the vhost.
    VhostRefused,
    /// The broker takes only smaller frames than the 8192 bytes that this side needs (`frame_max` of RabbitMQ).
    FramesTooSmall,
    /// The broker does not want the connection for another reason, for example because there are too many.
    Refused,
    /// The connection was there, and was lost.
    Lost,
}

impl FailureKind {
    /// Whether trying again is of no use before somebody changes the URL, an option, the certificates or the
    /// broker's users and vhosts.
    ///
    /// Once all hosts have failed for such reasons, [`Transport::connect`](crate::Transport::connect) fails at
    /// once. A transport that has been connected goes on trying even so, as what was changed may be changed
    /// back, and logs an error.
    #[must_use]
    pub fn is_hopeless(self) -> bool {
        match self {
            FailureKind::NotTls
            | FailureKind::NotAmqp
            | FailureKind::UnknownAuthority
            | FailureKind::WrongHostName
            | FailureKind::CertificateExpired
            | FailureKind::CertificateRevoked
            | FailureKind::RevocationUnknown
            | FailureKind::BadCertificate
            | FailureKind::ClientCertificateMissing
            | FailureKind::ClientCertificateRefused
            | FailureKind::TlsFailed
            | FailureKind::LoginRefused
            | FailureKind::VhostNotFound
            | FailureKind::VhostRefused
            | FailureKind::FramesTooSmall => true,
            FailureKind::NameNotResolved
            | FailureKind::ConnectionRefused
            | FailureKind::TimedOut
            | FailureKind::Network
            | FailureKind::Refused
            | FailureKind::Lost => false,
        }
    }
}

/// Failures in one line, for an error.
pub(super) struct Listed<'a>(pub(super) &'a [HostFailure]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|failure| write!(f, "; {failure}"))
    }
}
