//! TLS by rustls: host names and certificates are always verified.

use std::io;
use std::path::Path;
use std::sync::Arc;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::RustlsConnector;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::transport::amqp::options::{AmqpOptions, TlsVersion};

/// The certificates of a transport.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    connector: RustlsConnector,
    identified: bool,
}

impl Tls {
    /// Reads the files of the options `ssl_ca_file`, `ssl_cert_file` and `ssl_key_file`.
    pub(super) fn load(options: &AmqpOptions) -> Result<Self, String> {
        let versions = match options.ssl_version {
            TlsVersion::Negotiated => rustls::DEFAULT_VERSIONS,
            TlsVersion::Tls12 => &[&rustls::version::TLS12],
        };
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .map_err(|error| format!("TLS: {error}"))?
            .with_root_certificates(roots(options)?);
        let config = match (&options.ssl_cert_file, &options.ssl_key_file) {
            (Some(cert), Some(key)) => {
                let certificates = certificates("ssl_cert_file", cert)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| format!("ssl_key_file {}: {error}", key.display()))?;
                config.with_client_auth_cert(certificates, key).map_err(|error| format!("TLS: {error}"))?
            }
            _ => config.with_no_client_auth(),
        };
        Ok(Self { connector: config.into(), identified: options.ssl_cert_file.is_some() })
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

/// That of the process, if it has chosen one.
fn provider() -> Arc<CryptoProvider> {
    let own = || Arc::new(rustls::crypto::ring::default_provider());
    CryptoProvider::get_default().cloned().unwrap_or_else(own)
}

/// The authorities that are trusted.
fn roots(options: &AmqpOptions) -> Result<RootCertStore, String> {
    let (whose, certificates) = match &options.ssl_ca_file {
        // Only these: who names an authority does not trust all others.
        Some(path) => (path.display().to_string(), certificates("ssl_ca_file", path)?),
        None => ("the system".to_owned(), rustls_native_certs::load_native_certs().certs),
    };
    let mut roots = RootCertStore::empty();
    // Some systems have certificates that nobody can read; the others count.
    let (_, ignored) = roots.add_parsable_certificates(certificates);
    if ignored > 0 {
        tracing::warn!("{ignored} certificates of {whose} cannot be used");
    }
    if roots.is_empty() { Err(format!("no certificate of {whose} can be used")) } else { Ok(roots) }
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
