//! The values of the options that a URL's query has.

use std::path::PathBuf;

use super::error::TransportError;

/// The options of transports as a whole, which no driver looks at.
pub(super) const OF_ALL: [&str; 2] = ["control_exchange", "rpc_response_timeout"];

/// The files of TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct TlsFiles {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) cert_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
    pub(super) crl_file: Option<PathBuf>,
}

impl TlsFiles {
    /// What they are called.
    pub(super) const NAMES: [&str; 4] = ["ssl_ca_file", "ssl_cert_file", "ssl_key_file", "ssl_crl_file"];

    /// Takes an option of one of the names, and leaves others alone.
    pub(super) fn take(&mut self, name: &str, value: &str) -> Result<(), TransportError> {
        let file = match name {
            "ssl_ca_file" => &mut self.ca_file,
            "ssl_cert_file" => &mut self.cert_file,
            "ssl_key_file" => &mut self.key_file,
            "ssl_crl_file" => &mut self.crl_file,
            _ => return Ok(()),
        };
        if value.is_empty() {
            return Err(wrong(name, value, "the path of a file"));
        }
        *file = Some(value.into());
        Ok(())
    }

    /// Refuses half of an identity.
    pub(super) fn check(&self) -> Result<(), TransportError> {
        if self.cert_file.is_some() == self.key_file.is_some() {
            return Ok(());
        }
        Err(TransportError::Setting("options ssl_cert_file and ssl_key_file need each other".to_owned()))
    }
}

/// A whole number of this range.
pub(super) fn number(name: &str, value: &str, least: u32, most: u32) -> Result<u32, TransportError> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| digits && (least..=most).contains(number));
    number.ok_or_else(|| wrong(name, value, &format!("a whole number from {least} to {most}")))
}

/// An option has a value that it can't have.
pub(super) fn wrong(name: &str, value: &str, expected: &str) -> TransportError {
    TransportError::Setting(format!("option {name}={value:?}: expected {expected}"))
}
