//! TLS by rustls: host names and certificates are always verified.

use std::error::Error;
use std::io;
use std::path::Path;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::{RustlsConnector, RustlsConnectorConfig};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Cause;
use crate::transport::TransportError;
use crate::transport::amqp::options::AmqpOptions;

/// The certificates of a transport.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    connector: RustlsConnector,
    identified: bool,
}

impl Tls {
    /// Reads the files of the options `ssl_ca_file`, `ssl_cert_file` and `ssl_key_file`.
    pub(super) fn load(options: &AmqpOptions) -> Result<Self, TransportError> {
        let roots = match &options.ssl_ca_file {
            // Only these: who names an authority does not trust all others.
            Some(path) => RustlsConnectorConfig::default()
                .with_parsable_certificates(certificates("ssl_ca_file", path)?),
            None => RustlsConnectorConfig::new_with_native_certs()
                .map_err(|error| wrong("ssl", format!("the certificates of the system: {error}"), error))?,
        };
        let connector = match (&options.ssl_cert_file, &options.ssl_key_file) {
            (Some(cert), Some(key)) => {
                let certificates = certificates("ssl_cert_file", cert)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| unreadable("ssl_key_file", key, error))?;
                roots.connector_with_single_cert(certificates, key)
            }
            _ => roots.connector_with_no_client_auth(),
        };
        let identified = options.ssl_cert_file.is_some();
        match connector {
            Ok(connector) => Ok(Self { connector, identified }),
            // Of what was read, only a certificate and a key of ours can be refused here.
            Err(error) => Err(wrong("ssl_cert_file", format!("it cannot be used: {error}"), error)),
        }
    }

    /// Whether this client has a certificate to show.
    pub(super) fn identified(&self) -> bool {
        self.identified
    }

    /// Does the handshake with `host` on a connected stream.
    pub(super) async fn secure<S>(
        &self,
        stream: AsyncTcpStream<S>,
        host: &str,
    ) -> io::Result<AsyncTcpStream<S>>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        stream.into_rustls(&self.connector, host).await
    }
}

fn certificates(option: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(option, path, error))?;
    if certificates.is_empty() {
        let why = format!("{}: there is no certificate in it", path.display());
        return Err(TransportError::Certificate { option, why, source: None });
    }
    Ok(certificates)
}

/// What is wrong with a file; that it cannot be read is an error of the system.
fn unreadable(option: &'static str, path: &Path, error: pem::Error) -> TransportError {
    let why = format!("{}: {error}", path.display());
    match error {
        pem::Error::Io(error) => wrong(option, why, error),
        error => wrong(option, why, error),
    }
}

fn wrong(option: &'static str, why: String, error: impl Error + Send + Sync + 'static) -> TransportError {
    TransportError::Certificate { option, why, source: Some(Cause::new(error)) }
}
