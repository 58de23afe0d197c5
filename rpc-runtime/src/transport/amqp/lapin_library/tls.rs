//! TLS by rustls: host names and certificates are always verified.

use std::io;
use std::sync::Arc;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::RustlsConnector;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::PrivateKeyDer;

use super::pem::{Source, wrong};
use crate::transport::TransportError;
use crate::transport::amqp::options::{AmqpOptions, TlsVersion};

/// The certificates of a transport.
#[derive(Debug, Clone)]
pub(super) struct Tls {
    connector: RustlsConnector,
    identified: bool,
}

impl Tls {
    /// Reads the files of the options, or what they have in memory.
    pub(super) fn load(options: &AmqpOptions) -> Result<Self, TransportError> {
        Ok(Self { connector: config(options)?.into(), identified: options.identified() })
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

fn config(options: &AmqpOptions) -> Result<Arc<ClientConfig>, TransportError> {
    #[cfg(feature = "rustls-config")]
    if let Some(own) = &options.tls.config {
        return Ok(Arc::clone(&own.0));
    }
    let versions = match options.ssl_version {
        TlsVersion::Negotiated => rustls::DEFAULT_VERSIONS,
        TlsVersion::Tls12 => &[&rustls::version::TLS12],
    };
    let provider = provider();
    let verifier = verifier(options, &provider)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| wrong("ssl", format!("TLS: {error}"), error))?
        .with_webpki_verifier(verifier);
    let certificate =
        Source::open(("ssl_cert_file", &options.ssl_cert_file), ("ssl_cert_pem", &options.tls.cert))?;
    let key = Source::open(("ssl_key_file", &options.ssl_key_file), ("ssl_cert_pem", &options.tls.key))?;
    let (Some(certificate), Some(key)) = (certificate, key) else {
        return Ok(Arc::new(config.with_no_client_auth()));
    };
    // There is at least one.
    let key: PrivateKeyDer<'static> = key.all("private key")?.swap_remove(0);
    let config = config.with_client_auth_cert(certificate.all("certificate")?, key).map_err(|error| {
        wrong(certificate.option, certificate.told(&format!("it cannot be used: {error}")), error)
    })?;
    Ok(Arc::new(config))
}

/// Who says whether the broker is the one of the URL.
fn verifier(
    options: &AmqpOptions,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, TransportError> {
    let builder = WebPkiServerVerifier::builder_with_provider(roots(options)?.into(), Arc::clone(provider));
    let lists = Source::open(("ssl_crl_file", &options.ssl_crl_file), ("ssl_crl_pem", &options.tls.crl))?;
    let Some(lists) = lists else {
        return builder.build().map_err(|error| wrong("ssl", format!("TLS: {error}"), error));
    };
    // Of each authority between the broker and a root there has to be one.
    builder
        .with_crls(lists.all("list of revoked certificates")?)
        .build()
        .map_err(|error| wrong(lists.option, lists.told(&error.to_string()), error))
}

/// That of the process, if it has chosen one.
fn provider() -> Arc<CryptoProvider> {
    let own = || Arc::new(rustls::crypto::ring::default_provider());
    CryptoProvider::get_default().cloned().unwrap_or_else(own)
}

/// The authorities that are trusted.
fn roots(options: &AmqpOptions) -> Result<RootCertStore, TransportError> {
    let source = Source::open(("ssl_ca_file", &options.ssl_ca_file), ("ssl_ca_pem", &options.tls.ca))?;
    let (option, whose, certificates) = match source {
        // Only these: who names an authority does not trust all others.
        Some(source) => (source.option, source.told("it"), source.all("certificate")?),
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
