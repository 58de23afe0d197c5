//! TLS by rustls, for every bus: host names and certificates are always verified.

#[cfg(any(feature = "amqp", feature = "amqp1"))]
mod kind;
mod pem;

use std::path::PathBuf;
use std::sync::Arc;

#[cfg(feature = "zmq")]
use rustls::ServerConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
#[cfg(feature = "zmq")]
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

#[cfg(any(feature = "amqp", feature = "amqp1"))]
pub(super) use self::kind::kind_of;
use self::pem::{Source, wrong};
use super::TransportError;

/// For what cannot speak a newer one.
#[cfg(feature = "amqp")]
pub(super) static ONLY_12: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
/// For what has no peer that is older.
#[cfg(feature = "zmq")]
pub(super) static ONLY_13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// What the options say of TLS, by files or in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) ca_file: &'a Option<PathBuf>,
    pub(super) ca_pem: Option<&'a [u8]>,
    pub(super) cert_file: &'a Option<PathBuf>,
    pub(super) cert_pem: Option<&'a [u8]>,
    pub(super) key_file: &'a Option<PathBuf>,
    pub(super) key_pem: Option<&'a [u8]>,
    pub(super) crl_file: &'a Option<PathBuf>,
    pub(super) crl_pem: Option<&'a [u8]>,
    pub(super) versions: &'static [&'static SupportedProtocolVersion],
}

/// A certificate with those that its authority has it from, and its key.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Given<'_> {
    /// For who connects.
    pub(super) fn client(&self) -> Result<ClientConfig, TransportError> {
        let provider = provider();
        let verifier = self.server_verifier(&provider)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(self.versions)
            .map_err(|error| wrong("ssl", format!("TLS: {error}"), error))?
            .with_webpki_verifier(verifier);
        let Some((certificate, (chain, key))) = self.identity()? else {
            return Ok(config.with_no_client_auth());
        };
        config.with_client_auth_cert(chain, key).map_err(|error| unusable(&certificate, error))
    }

    /// For who is connected to: it has a certificate, and wants one of whoever connects if it is told by which authority.
    #[cfg(feature = "zmq")]
    pub(super) fn server(&self) -> Result<ServerConfig, TransportError> {
        let provider = provider();
        let Some((certificate, (chain, key))) = self.identity()? else {
            let why = "a server has to have a certificate".to_owned();
            return Err(TransportError::Certificate { option: "ssl_cert_file", why, source: None });
        };
        let verifier = match self.ca_file.is_some() || self.ca_pem.is_some() {
            false => Arc::new(NoClientAuth),
            true => {
                let roots = self.roots()?.into();
                let mut builder = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider));
                if let Some(lists) = self.lists()? {
                    builder = builder.with_crls(lists.all("list of revoked certificates")?);
                }
                builder.build().map_err(|error| wrong("ssl", format!("TLS: {error}"), error))?
            }
        };
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(self.versions)
            .map_err(|error| wrong("ssl", format!("TLS: {error}"), error))?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(|error| unusable(&certificate, error))
    }

    fn identity(&self) -> Result<Option<(Source<'_>, Identity)>, TransportError> {
        let certificate = Source::open(("ssl_cert_file", self.cert_file), ("ssl_cert_pem", self.cert_pem))?;
        let key = Source::open(("ssl_key_file", self.key_file), ("ssl_cert_pem", self.key_pem))?;
        let (Some(certificate), Some(key)) = (certificate, key) else { return Ok(None) };
        // There is at least one.
        let key = key.all("private key")?.swap_remove(0);
        let chain = certificate.all("certificate")?;
        Ok(Some((certificate, (chain, key))))
    }

    /// Who says whether the other side is the one of the URL.
    fn server_verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<WebPkiServerVerifier>, TransportError> {
        let roots = self.roots()?.into();
        let builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
        let Some(lists) = self.lists()? else {
            return builder.build().map_err(|error| wrong("ssl", format!("TLS: {error}"), error));
        };
        // Of each authority between the other side and a root there has to be one.
        builder
            .with_crls(lists.all("list of revoked certificates")?)
            .build()
            .map_err(|error| wrong(lists.option, lists.told(&error.to_string()), error))
    }

    fn lists(&self) -> Result<Option<Source<'_>>, TransportError> {
        Source::open(("ssl_crl_file", self.crl_file), ("ssl_crl_pem", self.crl_pem))
    }

    /// The authorities that are trusted.
    fn roots(&self) -> Result<RootCertStore, TransportError> {
        let source = Source::open(("ssl_ca_file", self.ca_file), ("ssl_ca_pem", self.ca_pem))?;
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
}

fn unusable(certificate: &Source<'_>, error: rustls::Error) -> TransportError {
    wrong(certificate.option, certificate.told(&format!("it cannot be used: {error}")), error)
}

/// That of the process, if it has chosen one.
fn provider() -> Arc<CryptoProvider> {
    let own = || Arc::new(rustls::crypto::ring::default_provider());
    CryptoProvider::get_default().cloned().unwrap_or_else(own)
}
