//! What the bytes of a connection go over: TCP, or TLS on it, listened to on their way.

mod corked;
mod frames;
mod shape;
mod shapes;
mod tap;

use std::io;
use std::sync::Arc;

use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub(super) use self::corked::Corked;
pub(super) use self::frames::mechanisms;
pub(super) use self::tap::{Followed, Tap, Tapped};
use crate::transport::TransportError;
use crate::transport::query::TlsFiles;
use crate::transport::tls::Given;

/// Either of the two.
pub(super) type Stream = Box<dyn Io>;

/// What a connection needs of it.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}

/// Whether and how connections are secured.
#[derive(Clone)]
pub(super) struct Security {
    tls: Option<TlsConnector>,
    /// Whether this side has a certificate to show.
    pub(super) identified: bool,
}

impl Security {
    /// By the files of the options; none of them is asked for if there are no options.
    pub(super) fn of(tls: Option<&TlsFiles>) -> Result<Self, TransportError> {
        let Some(TlsFiles { ca_file, cert_file, key_file, crl_file }) = tls else {
            return Ok(Self { tls: None, identified: false });
        };
        let given = Given {
            ca_file,
            ca_pem: None,
            cert_file,
            cert_pem: None,
            key_file,
            key_pem: None,
            crl_file,
            crl_pem: None,
            versions: rustls::DEFAULT_VERSIONS,
        };
        let tls = TlsConnector::from(Arc::new(given.client()?));
        Ok(Self { tls: Some(tls), identified: cert_file.is_some() })
    }

    /// Secures a connection to a host.
    pub(super) async fn connected(&self, stream: TcpStream, host: &str) -> io::Result<Stream> {
        // The client library writes each frame by itself, and the next one would wait for the peer's word on it.
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        Ok(Box::new(tls.connect(name, stream).await?))
    }
}

impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Security").field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}
