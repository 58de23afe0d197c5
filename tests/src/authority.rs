//! Certificates of a test's own.

use std::path::Path;

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};

/// An authority, which signs certificates and writes them down.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, in PEM.
    pub certificate: String,
}

impl Authority {
    /// One of this name.
    pub fn new(name: &str) -> Result<Self> {
        let mut params = named(name, Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate })
    }

    /// Writes `NAME.pem` and `NAME.key` for one host into `dir`.
    pub fn sign(&self, dir: &Path, name: &str, host: &str) -> Result<()> {
        self.sign_as(dir, name, named(name, vec![host.to_owned()])?)
    }

    /// What it signs with.
    #[must_use]
    pub fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }

    /// The same for whatever the parameters say.
    pub fn sign_as(&self, dir: &Path, name: &str, params: CertificateParams) -> Result<()> {
        let key = KeyPair::generate()?;
        let signed = params.signed_by(&key, &self.issuer)?;
        std::fs::write(dir.join(format!("{name}.pem")), signed.pem())?;
        std::fs::write(dir.join(format!("{name}.key")), key.serialize_pem())?;
        Ok(())
    }
}

/// Every certificate has a name of its own: one that is named like its issuer passes for a root.
pub fn named(name: &str, hosts: Vec<String>) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
