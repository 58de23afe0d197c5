//! What no URL says of TLS: certificates and keys that are in memory, and a configuration of one's own.

#[cfg(feature = "rustls-config")]
use std::sync::Arc;

use super::AmqpOptions;
#[cfg(feature = "rustls-config")]
use super::in_memory::OwnConfig;

impl AmqpOptions {
    /// The authorities that may have signed the broker's certificate, in PEM: as `ssl_ca_file`, without a file.
    ///
    /// ```
    /// use rpc_runtime::AmqpOptions;
    ///
    /// # fn from_the_vault(_: &str) -> String { String::new() }
    /// let options = AmqpOptions::default()
    ///     .ssl_ca_pem(from_the_vault("ca"))
    ///     .ssl_cert_pem(from_the_vault("cert"), from_the_vault("key"));
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn ssl_ca_pem(mut self, authorities: impl Into<Vec<u8>>) -> Self {
        self.tls.ca = Some(authorities.into().into());
        self
    }

    /// The certificate that identifies this client, followed by those that its authority has it from if there are any, and
    /// its private key, both in PEM: as `ssl_cert_file` and `ssl_key_file`, without files.
    #[must_use]
    pub fn ssl_cert_pem(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.tls.cert = Some(certificate.into().into());
        self.tls.key = Some(key.into().into());
        self
    }

    /// Lists of certificates that were revoked, in PEM: as `ssl_crl_file`, without a file.
    #[must_use]
    pub fn ssl_crl_pem(mut self, lists: impl Into<Vec<u8>>) -> Self {
        self.tls.crl = Some(lists.into().into());
        self
    }

    /// TLS as this configuration of [`rustls`](crate::rustls) has it, for what no option says: keys in hardware, ciphers, a
    /// verifier of one's own. No other option of TLS but `ssl` goes with it, and what it does not verify nobody does. With the
    /// feature `rustls-config`; a new major version of rustls is one of this crate then.
    #[cfg(feature = "rustls-config")]
    #[must_use]
    pub fn rustls_config(mut self, config: impl Into<Arc<rustls::ClientConfig>>) -> Self {
        self.tls.config = Some(OwnConfig(config.into()));
        self
    }

    /// Whether this client has a certificate to show.
    pub(crate) fn identified(&self) -> bool {
        #[cfg(feature = "rustls-config")]
        if let Some(OwnConfig(config)) = &self.tls.config {
            return config.client_auth_cert_resolver.has_certs();
        }
        self.ssl_cert_file.is_some() || self.tls.cert.is_some()
    }

    /// Two options that exclude each other, if there are such.
    pub(super) fn two_of_tls(&self) -> Option<[&'static str; 2]> {
        let tls = &self.tls;
        let both = [
            ("ssl_ca_file", self.ssl_ca_file.is_some(), "ssl_ca_pem", tls.ca.is_some()),
            ("ssl_cert_file", self.ssl_cert_file.is_some(), "ssl_cert_pem", tls.cert.is_some()),
            ("ssl_key_file", self.ssl_key_file.is_some(), "ssl_cert_pem", tls.cert.is_some()),
            ("ssl_crl_file", self.ssl_crl_file.is_some(), "ssl_crl_pem", tls.crl.is_some()),
        ];
        #[cfg(feature = "rustls-config")]
        if tls.config.is_some() {
            let version = self.ssl_version != super::TlsVersion::Negotiated;
            let set =
                both.iter().flat_map(|&(file, in_file, pem, in_memory)| [(file, in_file), (pem, in_memory)]);
            let set = set.chain([("ssl_version", version)]).find(|(_, set)| *set);
            if let Some((option, _)) = set {
                return Some([option, "rustls_config"]);
            }
        }
        both.into_iter().find(|(_, file, _, pem)| *file && *pem).map(|(file, _, pem, _)| [file, pem])
    }
}
