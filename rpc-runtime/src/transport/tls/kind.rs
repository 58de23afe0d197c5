//! What kind of failure an error of TLS is.

use rustls::{AlertDescription, CertificateError, InvalidMessage};

use crate::transport::failure::FailureKind;

/// `identified` says whether this side has a certificate to show.
pub(in crate::transport) fn kind_of(error: &rustls::Error, identified: bool) -> FailureKind {
    match error {
        rustls::Error::InvalidCertificate(error) => certificate_kind(error),
        rustls::Error::AlertReceived(alert) => alert_kind(*alert, identified),
        rustls::Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => FailureKind::NotTls,
        _ => FailureKind::TlsFailed,
    }
}

fn certificate_kind(error: &CertificateError) -> FailureKind {
    match error {
        CertificateError::UnknownIssuer => FailureKind::UnknownAuthority,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            FailureKind::WrongHostName
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => FailureKind::CertificateExpired,
        CertificateError::Revoked => FailureKind::CertificateRevoked,
        CertificateError::UnknownRevocationStatus => FailureKind::RevocationUnknown,
        _ => FailureKind::BadCertificate,
    }
}

/// What the other side does not like: apart from `CertificateRequired`, which is of TLS 1.3, it says the same of
/// a certificate that is missing and of one that is wrong.
fn alert_kind(alert: AlertDescription, identified: bool) -> FailureKind {
    match alert {
        AlertDescription::CertificateRequired => FailureKind::ClientCertificateMissing,
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied => {
            if identified {
                FailureKind::ClientCertificateRefused
            } else {
                FailureKind::ClientCertificateMissing
            }
        }
        _ => FailureKind::TlsFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_certificate_is_meant() {
        let kind = |alert, identified| kind_of(&rustls::Error::AlertReceived(alert), identified);
        assert_eq!(kind(AlertDescription::UnknownCA, true), FailureKind::ClientCertificateRefused);
        assert_eq!(kind(AlertDescription::BadCertificate, false), FailureKind::ClientCertificateMissing);
        assert_eq!(kind(AlertDescription::CertificateRequired, true), FailureKind::ClientCertificateMissing);
        assert_eq!(kind(AlertDescription::ProtocolVersion, false), FailureKind::TlsFailed);
    }
}
