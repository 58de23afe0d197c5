//! TLS by rustls: host names and certificates are always verified.

use std::io;
use std::path::Path;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::{RustlsConnector, RustlsConnectorConfig};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::transport::amqp::options::AmqpOptions;

/// The certificates of a transport.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    connector: RustlsConnector,
    identified: bool,
}

impl Tls {
    /// Reads the files of the options `ssl_ca_file`, `ssl_cert_file` and `ssl_key_file`.
    pub(super) fn load(options: &AmqpOptions) -> Result<Self, String> {
        let roots = match &options.ssl_ca_file {
            // Only these: who names an authority does not trust all others.
            Some(path) => RustlsConnectorConfig::default()
                .with_parsable_certificates(certificates("ssl_ca_file", path)?),
            None => RustlsConnectorConfig::new_with_native_certs()
                .map_err(|error| format!("the certificates of the system: {error}"))?,
        };
        let connector = match (&options.ssl_cert_file, &options.ssl_key_file) {
            (Some(cert), Some(key)) => {
                let certificates = certificates("ssl_cert_file", cert)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| format!("ssl_key_file {}: {error}", key.display()))?;
                roots.connector_with_single_cert(certificates, key)
            }
            _ => roots.connector_with_no_client_auth(),
        };
        let identified = options.ssl_cert_file.is_some();
        connector.map(|connector| Self { connector, identified }).map_err(|error| format!("TLS: {error}"))
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

fn certificates(option: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |why: String| format!("{option} {}: {why}", path.display());
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong(error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(certificates)
}
