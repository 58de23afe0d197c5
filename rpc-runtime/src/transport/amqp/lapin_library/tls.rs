//! TLS by rustls: host names and certificates are always verified.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::RustlsConnector;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Cause;
use crate::transport::TransportError;
use crate::transport::amqp::options::{AmqpOptions, TlsVersion};

/// The certificates of a transport.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    connector: RustlsConnector,
    identified: bool,
}

impl Tls {
    /// Reads the files of the options `ssl_ca_file`, `ssl_cert_file` and `ssl_key_file`.
    pub(super) fn load(options: &AmqpOptions) -> Result<Self, TransportError> {
        let versions = match options.ssl_version {
            TlsVersion::Negotiated => rustls::DEFAULT_VERSIONS,
            TlsVersion::Tls12 => &[&rustls::version::TLS12],
        };
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(versions)
            .map_err(|error| wrong("ssl", format!("TLS: {error}"), error))?
            .with_root_certificates(roots(options)?);
        let config = match (&options.ssl_cert_file, &options.ssl_key_file) {
            (Some(cert), Some(key)) => {
                let certificates = certificates("ssl_cert_file", cert)?;
                let key = PrivateKeyDer::from_pem_file(key)
                    .map_err(|error| unreadable("ssl_key_file", key, error))?;
                config
                    .with_client_auth_cert(certificates, key)
                    .map_err(|error| wrong("ssl_cert_file", format!("it cannot be used: {error}"), error))?
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
fn roots(options: &AmqpOptions) -> Result<RootCertStore, TransportError> {
    let (option, whose, certificates) = match &options.ssl_ca_file {
        // Only these: who names an authority does not trust all others.
        Some(path) => ("ssl_ca_file", path.display().to_string(), certificates("ssl_ca_file", path)?),
        None => ("ssl", "the system".to_owned(), rustls_native_certs::load_native_certs().certs),
    };
    let mut roots = RootCertStore::empty();
    // Some systems have certificates that nobody can read; the others count.
    let (_, ignored) = roots.add_parsable_certificates(certificates);
    if ignored > 0 {
        tracing::warn!("{ignored} certificates of {whose} cannot be used");
    }
    if roots.is_empty() {
        let why = format!("no certificate of {whose} can be used");
        return Err(TransportError::Certificate { option, why, source: None });
    }
    Ok(roots)
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
