//! The client library's streams, with TLS.

use std::io;
use std::sync::Arc;

use futures::io::{AsyncRead, AsyncWrite};
use lapin::AsyncTcpStream;
use lapin::tcp::RustlsConnector;
use rustls::ClientConfig;

use crate::transport::TransportError;
use crate::transport::amqp::options::{AmqpOptions, Pem, TlsVersion};
use crate::transport::tls::{Given, ONLY_12};

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
    let tls = &options.tls;
    let given = Given {
        ca_file: &options.ssl_ca_file,
        ca_pem: tls.ca.as_ref().map(Pem::bytes),
        cert_file: &options.ssl_cert_file,
        cert_pem: tls.cert.as_ref().map(Pem::bytes),
        key_file: &options.ssl_key_file,
        key_pem: tls.key.as_ref().map(Pem::bytes),
        crl_file: &options.ssl_crl_file,
        crl_pem: tls.crl.as_ref().map(Pem::bytes),
        versions: match options.ssl_version {
            TlsVersion::Negotiated => rustls::DEFAULT_VERSIONS,
            TlsVersion::Tls12 => ONLY_12,
        },
    };
    given.client().map(Arc::new)
}
