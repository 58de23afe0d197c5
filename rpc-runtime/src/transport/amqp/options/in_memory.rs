//! What options of TLS hold that no URL can say.

use std::fmt;
use std::sync::Arc;

/// Something in PEM. `Debug` has its length alone, as it may be a key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pem(Arc<[u8]>);

impl Pem {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Vec<u8>>> From<T> for Pem {
    fn from(text: T) -> Self {
        Self(text.into().into())
    }
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// The options of TLS that are no texts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TlsOptions {
    pub(crate) ca: Option<Pem>,
    pub(crate) cert: Option<Pem>,
    pub(crate) key: Option<Pem>,
    pub(crate) crl: Option<Pem>,
    #[cfg(feature = "rustls-config")]
    pub(crate) config: Option<OwnConfig>,
}

/// A configuration that the user has made. `Debug` has nothing of it, and each equals itself alone.
#[cfg(feature = "rustls-config")]
#[derive(Clone)]
pub(crate) struct OwnConfig(pub(crate) Arc<rustls::ClientConfig>);

#[cfg(feature = "rustls-config")]
impl PartialEq for OwnConfig {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(feature = "rustls-config")]
impl fmt::Debug for OwnConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientConfig")
    }
}
