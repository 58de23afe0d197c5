//! What the bytes of a connection go over: TCP, or TLS on it.

use std::io;
use std::sync::Arc;

use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::peer::undelayed;
use crate::transport::TransportError;
use crate::transport::query::TlsFiles;
use crate::transport::tls::{Given, ONLY_13};

/// Either of the two.
pub(super) type Stream = Box<dyn Io>;

/// What a connection needs of it.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Io for S {}

/// Whether and how connections are secured.
#[derive(Clone)]
pub(super) enum Security {
    None,
    Tls {
        client: TlsConnector,
        /// None if there is no certificate that a server could show.
        server: Option<TlsAcceptor>,
    },
}

impl Security {
    /// By the files of the options; none of them is asked for if there are no options.
    pub(super) fn of(tls: Option<&TlsFiles>) -> Result<Self, TransportError> {
        let Some(TlsFiles { ca_file, cert_file, key_file, crl_file }) = tls else { return Ok(Self::None) };
        let given = Given {
            ca_file,
            ca_pem: None,
            cert_file,
            cert_pem: None,
            key_file,
            key_pem: None,
            crl_file,
            crl_pem: None,
            versions: ONLY_13,
        };
        let client = TlsConnector::from(Arc::new(given.client()?));
        let server = match cert_file {
            Some(_) => Some(TlsAcceptor::from(Arc::new(given.server()?))),
            None => None,
        };
        Ok(Self::Tls { client, server })
    }

    /// Why servers cannot be called by it, if they cannot.
    pub(super) fn lacks_for_servers(&self) -> Option<&'static str> {
        match self {
            Self::Tls { server: None, .. } => {
                Some("a server shows a certificate, which ssl_cert_file and ssl_key_file have to name")
            }
            _ => None,
        }
    }

    /// Secures a connection to a host.
    pub(super) async fn connected(&self, stream: TcpStream, host: &str) -> io::Result<Stream> {
        let stream = undelayed(stream)?;
        match self {
            Self::None => Ok(Box::new(stream)),
            Self::Tls { client, .. } => {
                let name = ServerName::try_from(host.to_owned())
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
                Ok(Box::new(client.connect(name, stream).await?))
            }
        }
    }

    /// Secures a connection that was taken.
    pub(super) async fn accepted(&self, stream: TcpStream) -> io::Result<Stream> {
        let stream = undelayed(stream)?;
        match self {
            Self::None => Ok(Box::new(stream)),
            Self::Tls { server: Some(server), .. } => Ok(Box::new(server.accept(stream).await?)),
            Self::Tls { server: None, .. } => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }
}

impl std::fmt::Debug for Security {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Tls { .. } => "Tls",
        })
    }
}
