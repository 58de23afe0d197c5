//! Opens connections.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fe2o3_amqp::Connection as Library;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::types::definitions::Fields;
use fe2o3_amqp::types::primitives::{Symbol, Value};
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout, timeout_at};

use super::super::address::Addressing;
use super::super::names;
use super::super::options::{Amqp1Options, Mechanism};
use super::super::stream::{Corked, Security, Stream, Tap, Tapped};
use super::{Peer, failure, porter};
use crate::clock::after;
use crate::transport::TransportError;
use crate::transport::connection::failure::{tcp, tls};
use crate::transport::connection::{Connect, ConnectFailure, Suspects, first_to_answer, lookup};
use crate::transport::failure::FailureKind;
use crate::transport::url::Host;

/// The largest frame that this side takes. Longer messages come in several.
const FRAME_MAX: u32 = 64 << 10;

/// How many sessions there may be on a connection, but for one.
const CHANNEL_MAX: u16 = 255;

/// How long to listen for why a peer has hung up.
const LISTEN: Duration = Duration::from_secs(2);

/// Connects to the hosts of a transport.
pub(in super::super) struct Connector {
    options: Arc<Amqp1Options>,
    /// That of the URL, if it has one.
    vhost: Option<String>,
    security: Security,
    suspects: Suspects,
}

impl Connector {
    /// Reads the certificates; fails if they are needed and cannot be used.
    pub(in super::super) fn new(
        options: Arc<Amqp1Options>,
        vhost: Option<String>,
    ) -> Result<Self, TransportError> {
        let security = Security::of(options.tls.as_ref())?;
        Ok(Self { options, vhost, security, suspects: Suspects::default() })
    }

    async fn open(&self, host: &Host) -> Result<Peer, ConnectFailure> {
        let deadline = after(self.options.connect_timeout);
        match self.open_by(host, deadline).await {
            // In TLS 1.3 a peer refuses a certificate after the handshake, and its word may be lost when it resets the
            // connection because of what was sent since. So ask again, and only listen.
            Err(failure) if failure.kind == FailureKind::Network && self.options.tls.is_some() => {
                let listened = timeout(LISTEN, self.listen(host, deadline)).await.unwrap_or(None);
                Err(listened.filter(|failure| failure.kind.is_hopeless()).unwrap_or(failure))
            }
            outcome => outcome,
        }
    }

    /// A stream to a host, secured if it is to be.
    async fn dial(&self, host: &Host, deadline: Instant) -> Result<(SocketAddr, Stream), ConnectFailure> {
        let addresses = self.in_time(deadline, "to the name lookup", lookup(host)).await?;
        let dialed = first_to_answer(self.suspects.order(addresses), TcpStream::connect);
        let dialed = dialed.map_err(|error| tcp(&error));
        let (address, stream) = self.in_time(deadline, "from the port", dialed).await?;
        // Until it has shown that it speaks AMQP.
        self.suspects.add(address);
        let identified = self.security.identified;
        let secured = self.security.connected(stream, host.name()).map_err(|error| tls(&error, identified));
        let stream = self.in_time(deadline, "to the TLS handshake", secured).await?;
        Ok((address, stream))
    }

    /// Why a host hangs up that nothing is said to.
    async fn listen(&self, host: &Host, deadline: Instant) -> Option<ConnectFailure> {
        let mut stream = match self.dial(host, deadline).await {
            Ok((_, stream)) => stream,
            Err(failure) => return Some(failure),
        };
        stream.read_u8().await.err().map(|error| tls(&error, self.security.identified))
    }

    async fn open_by(&self, host: &Host, deadline: Instant) -> Result<Peer, ConnectFailure> {
        let identified = self.security.identified;
        let (address, stream) = self.dial(host, deadline).await?;
        let (stream, tap) = Tapped::new(stream);
        let guard = CutGuard(Some(Arc::clone(&tap)));
        let process = names::process();
        let node = names::node();
        let container = self.options.container_name.clone();
        let builder = Library::builder()
            .container_id(container.unwrap_or_else(|| names::container(&node, &process)))
            .hostname(self.hostname(host))
            .sasl_hostname(self.hostname(host))
            .sasl_profile(self.profile(host))
            .max_frame_size(FRAME_MAX)
            .channel_max(CHANNEL_MAX)
            .properties(properties(&node, &process));
        // The peer is told half of it, as the protocol asks for.
        let builder = match self.options.idle_timeout {
            Some(idle) => builder.idle_time_out(u32::try_from(idle.as_millis()).unwrap_or(u32::MAX)),
            None => builder,
        };
        let opened = builder
            .open_with_stream(Corked::new(stream))
            .map_err(|error| failure::open(error, host.user(), &tap.beginning(), identified));
        let handle = self.in_time(deadline, "to the AMQP handshake", opened).await?;
        self.suspects.clear(address);
        let form = self.options.addressing_mode.for_peer(tap.product().as_deref());
        let addressing = Addressing::new(&self.options, self.vhost.as_deref(), form);
        let (asks, asked) = mpsc::channel(16);
        let (ending, ended) = watch::channel(None);
        tokio::spawn(porter(handle, asked, Arc::clone(&tap), ending));
        guard.disarm();
        Ok(Peer { addressing, asks, tap, ended, silence: self.options.idle_timeout })
    }

    /// The result of one step of connecting, or that there was no answer `to` it by `deadline`.
    async fn in_time<T>(
        &self,
        deadline: Instant,
        to: &str,
        step: impl Future<Output = Result<T, ConnectFailure>>,
    ) -> Result<T, ConnectFailure> {
        timeout_at(deadline, step).await.unwrap_or_else(|_| {
            let limit: Duration = self.options.connect_timeout;
            let why = format!("not connected within {limit:?}: no answer {to}");
            Err(ConnectFailure { kind: FailureKind::TimedOut, why })
        })
    }

    /// As what the peer is spoken to: as its virtual host, if addresses do not say it.
    fn hostname<'a>(&'a self, host: &'a Host) -> &'a str {
        match &self.vhost {
            Some(vhost) if !self.options.pseudo_vhost => vhost,
            _ => host.name(),
        }
    }

    fn profile(&self, host: &Host) -> SaslProfile {
        match self.options.mechanism(host) {
            Mechanism::Plain => {
                SaslProfile::Plain { username: host.user().to_owned(), password: host.password().to_owned() }
            }
            Mechanism::Anonymous => SaslProfile::Anonymous,
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("vhost", &self.vhost).finish_non_exhaustive()
    }
}

impl Connect<Peer> for Connector {
    fn connect<'a>(&'a self, host: &'a Host, _: &'a str) -> BoxFuture<'a, Result<Arc<Peer>, ConnectFailure>> {
        async move { self.open(host).await.map(Arc::new) }.boxed()
    }
}

/// What this side says of itself: what Python says, and what it is.
fn properties(node: &str, process: &str) -> Fields {
    let pid = i32::try_from(std::process::id()).unwrap_or_default();
    let mut fields = Fields::new();
    for (name, value) in [
        ("process", Value::String(process.to_owned())),
        ("pid", Value::Int(pid)),
        ("node", Value::String(node.to_owned())),
        ("product", Value::String(env!("CARGO_PKG_NAME").to_owned())),
        ("version", Value::String(env!("CARGO_PKG_VERSION").to_owned())),
    ] {
        fields.insert(Symbol::from(name), value);
    }
    fields
}

/// Cuts a connection that did not come about: the client library may wait on it for ever.
struct CutGuard(Option<Arc<Tap>>);

impl CutGuard {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for CutGuard {
    fn drop(&mut self) {
        if let Some(tap) = &self.0 {
            tap.cut("it was given up");
        }
    }
}
