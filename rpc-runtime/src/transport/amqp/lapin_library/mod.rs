//! The client library lapin behind [`Library`](super::library::Library): the only place that names it.
//!
//! lapin's own recovery stays off, every operation has a limit, and every connection can be cut by its
//! socket, which ends lapin's thread whatever state it is in.

// Where a short read is the last one until there is a new event: elsewhere a connection would go deaf.
#[cfg(not(any(
    target_os = "android",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "illumos",
    target_os = "ios",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
)))]
compile_error!(
    "the feature `amqp` needs a system with epoll or kqueue, see the README; memory:// works without it"
);

mod channel;
mod deliveries;
mod error;
mod failure;
mod filter;
mod probe;
mod runtime;
mod socket;
mod stream;
mod thread;
mod tls;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use async_rs::Runtime;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{AsyncReadExt, StreamExt, TryFutureExt};
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo, SASLMechanism};
use lapin::{AsyncTcpStream, Connection, ConnectionProperties, Event};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use self::channel::LapinChannel;
use self::error::{lapin_error, limited};
use self::filter::Filter;
use self::runtime::Kit;
use self::socket::KillSwitch;
use self::stream::Socket;
use self::thread::{Calling, Thread};
use self::tls::Tls;
use super::library::{BrokerError, Channel, Link};
use super::topology::check_name;
use crate::clock::after;
use crate::lock::lock;
use crate::transport::TransportError;
use crate::transport::amqp::options::{AmqpOptions, LoginMethod};
use crate::transport::connection::failure::{tcp, tls as tls_failure};
use crate::transport::connection::{
    Connect, ConnectFailure, Connection as Kept, Event as Happens, Suspects, first_to_answer, lookup,
};
use crate::transport::failure::FailureKind;
use crate::transport::url::Host;

/// A channel that the broker closes costs lapin its number for good, and the broker grants 2047: long before
/// they run out, the connection is replaced.
pub(in crate::transport::amqp) const MAX_CHANNEL_ERRORS: u32 = 100;

/// The largest frame that is asked for, which is RabbitMQ's own default. lapin keeps room for 64 of them, and takes no
/// larger ones. Not less: what a message has of headers is in one frame, and others may send as much as this.
const FRAME_MAX: u32 = 128 << 10;

/// How often the state is looked at, should an event be missed, and the thread called, should a call be.
const LOOK: Duration = Duration::from_secs(1);

/// How long after a loss its reason may come.
const MOMENT: Duration = Duration::from_millis(20);

/// How long to listen for why a broker has closed a connection, and to ask it.
const LISTEN: Duration = Duration::from_secs(2);

/// Connects by lapin, on the tokio runtime of the caller.
#[derive(Debug)]
pub(in crate::transport::amqp) struct LapinLibrary {
    vhost: String,
    heartbeat: Duration,
    limit: Duration,
    login: SASLMechanism,
    tls: Option<Tls>,
    suspects: Suspects,
    /// What names are for, in place of the resolver.
    #[cfg(test)]
    names: Option<Vec<SocketAddr>>,
    /// Whether tokio keeps the socket, as with a lapin that goes another way.
    #[cfg(test)]
    by_tokio: bool,
}

impl LapinLibrary {
    /// Reads the certificates; fails if they are needed and cannot be used.
    pub(in crate::transport::amqp) fn new(
        vhost: &str,
        options: &AmqpOptions,
    ) -> Result<Self, TransportError> {
        check_name("vhost", vhost).map_err(TransportError::Setting)?;
        Ok(Self {
            vhost: vhost.to_owned(),
            heartbeat: options.heartbeat_timeout_threshold,
            limit: options.connect_timeout,
            login: match options.rabbit_login_method {
                LoginMethod::Plain => SASLMechanism::Plain,
                LoginMethod::AmqPlain => SASLMechanism::AMQPlain,
                LoginMethod::External => SASLMechanism::External,
            },
            tls: options.ssl.then(|| Tls::load(options)).transpose()?,
            suspects: Suspects::default(),
            #[cfg(test)]
            names: None,
            #[cfg(test)]
            by_tokio: false,
        })
    }

    async fn open_link(&self, host: &Host, name: &str) -> Result<LapinLink, ConnectFailure> {
        let deadline = after(self.limit);
        let thread = Thread::new();
        let runtime = Runtime::new(Kit::new(thread.clone()));
        let addresses = self.in_time(deadline, "to the name lookup", self.lookup(host)).await?;
        let addresses = self.suspects.order(addresses);
        let kill = KillSwitch::default();
        // Dropped on every way out but the good one: lapin's thread ends with the socket.
        let guard = KillGuard(Some(kill.clone()));
        let dial = async || {
            let connect = |address| Socket::connect(address, thread.clone());
            let stream = first_to_answer(addresses.clone(), connect).map_err(|it| tcp(&it));
            let (address, stream) = self.in_time(deadline, "from the port", stream).await?;
            // Until it has shown that there is a broker.
            self.suspects.add(address);
            if let Some(settings) = stream.settings() {
                let socket = socket::prepare(&settings, self.heartbeat);
                kill.arm(socket.map_err(|error| tcp(&error))?);
            }
            let stream = AsyncTcpStream::Plain(stream);
            let Some(tls) = &self.tls else { return Ok((address, stream)) };
            let secured = tls.secure(stream, host.name()).map_err(|it| tls_failure(&it, tls.identified()));
            Ok((address, self.in_time(deadline, "to the TLS handshake", secured).await?))
        };
        let (address, stream) = dial().await?;
        let stream = StdMutex::new(Some(AsyncTcpStream::Plain(Filter::new(stream))));
        let owner = thread.clone();
        #[cfg(test)]
        let owner = if self.by_tokio { Thread::new() } else { owner };
        let connection = Connection::connector(
            self.uri(host),
            runtime.clone(),
            // lapin asks once, as its recovery is off.
            async move |_, _| {
                silence_thread();
                owner.takes_over();
                let stream = lock(&stream).take();
                stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected).into())
            },
            properties(name),
        );
        let identified = self.tls.as_ref().is_some_and(Tls::identified);
        let connection = Calling { future: Box::pin(connection), thread: thread.clone() };
        let connection = connection.map_err(|error| failure::amqp(&error, identified));
        let connection = match self.in_time(deadline, "to the AMQP handshake", connection).await {
            Ok(connection) => connection,
            Err(failure) if failure.kind == FailureKind::Network => {
                kill.now();
                // In TLS 1.3 a broker refuses a certificate after the handshake, and its word may be lost when it
                // resets the connection because of what was sent since. So ask again, and first only listen.
                let listened = async {
                    let mut byte = [0];
                    let read = dial().await?.1.read(&mut byte).await;
                    Err(read.map_or_else(|error| tls_failure(&error, identified), |_| failure.clone()))
                };
                let listened: Result<(), _> = match &self.tls {
                    Some(_) => timeout(LISTEN, listened).await.unwrap_or_else(|_| Err(failure.clone())),
                    None => Err(failure.clone()),
                };
                if let Some(why) = listened.err().filter(|it| it.kind.is_hopeless()) {
                    return Err(why);
                }
                let asked = async {
                    let (_, mut stream) = dial().await?;
                    probe::ask(&mut stream, self.login, host).await.map_err(|error| tcp(&error))
                };
                let asked = timeout(LISTEN, asked).await;
                return Err(asked.ok().and_then(Result::ok).flatten().unwrap_or_else(|| failure.clone()));
            }
            Err(failure) => return Err(failure),
        };
        guard.disarm();
        self.suspects.clear(address);
        let events = Mutex::new(connection.events_listener().boxed());
        Ok(LapinLink { connection, thread, events, kill, errors: Arc::default() })
    }

    async fn lookup(&self, host: &Host) -> Result<Vec<SocketAddr>, ConnectFailure> {
        #[cfg(test)]
        if let Some(addresses) = &self.names {
            return Ok(addresses.clone());
        }
        lookup(host).await
    }

    /// The result of one step of connecting, or that there was no answer `to` it by `deadline`.
    async fn in_time<T>(
        &self,
        deadline: Instant,
        to: &str,
        step: impl Future<Output = Result<T, ConnectFailure>>,
    ) -> Result<T, ConnectFailure> {
        timeout_at(deadline, step).await.unwrap_or_else(|_| {
            let why = format!("not connected within {:?}: no answer {to}", self.limit);
            Err(ConnectFailure { kind: FailureKind::TimedOut, why })
        })
    }

    fn uri(&self, host: &Host) -> AMQPUri {
        AMQPUri {
            // TLS is up before lapin sees the socket.
            scheme: AMQPScheme::AMQP,
            authority: AMQPAuthority {
                userinfo: AMQPUserInfo {
                    username: host.user().to_owned(),
                    password: host.password().to_owned(),
                },
                host: host.name().to_owned(),
                port: host.port(),
            },
            vhost: self.vhost.clone(),
            query: AMQPQueryString {
                heartbeat: u16::try_from(self.heartbeat.as_secs()).ok(),
                frame_max: Some(FRAME_MAX),
                auth_mechanism: Some(self.login),
                ..AMQPQueryString::default()
            },
        }
    }
}

impl Connect<dyn Link> for LapinLibrary {
    fn connect<'a>(
        &'a self,
        host: &'a Host,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Arc<dyn Link>, ConnectFailure>> {
        Box::pin(async move {
            let link = self.open_link(host, name).await?;
            Ok(Arc::new(link) as Arc<dyn Link>)
        })
    }
}

/// Ends all logging of the calling thread, which is lapin's own when this is called: it logs messages that are
/// returned, body and all, and a body may hold tokens. What happens to a connection is logged by its supervisor.
fn silence_thread() {
    // The guard would end the silence; the thread ends instead.
    std::mem::forget(tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::new()));
}

/// lapin adds the capabilities that are needed: `consumer_cancel_notify` and `connection.blocked`.
fn properties(purpose: &str) -> ConnectionProperties {
    let process = std::env::args_os()
        .next()
        .and_then(|path| Some(std::path::Path::new(&path).file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "unknown".to_owned());
    let name = format!("{process}:{}:{}", std::process::id(), uuid::Uuid::new_v4());
    ConnectionProperties::default()
        .with_connection_name(name.into())
        .with_client_property("product".into(), env!("CARGO_PKG_NAME").into())
        .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into())
        .with_client_property("purpose".into(), purpose.into())
}

struct KillGuard(Option<KillSwitch>);

impl KillGuard {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for KillGuard {
    fn drop(&mut self) {
        if let Some(kill) = &self.0 {
            kill.now();
        }
    }
}

struct LapinLink {
    connection: Connection,
    thread: Arc<Thread>,
    events: Mutex<BoxStream<'static, Event>>,
    kill: KillSwitch,
    /// How many channels were closed by an error.
    errors: Arc<AtomicU32>,
}

impl fmt::Debug for LapinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LapinLink").field("status", self.connection.status()).finish_non_exhaustive()
    }
}

impl Link for LapinLink {
    fn open(&self, confirm: bool) -> BoxFuture<'_, Result<Arc<dyn Channel>, BrokerError>> {
        Box::pin(async move {
            if self.errors.load(Ordering::Relaxed) > MAX_CHANNEL_ERRORS {
                self.kill();
                return Err(BrokerError::Lost("too many channel errors on this connection".to_owned()));
            }
            let channel = limited(&self.thread, "channel.open", self.connection.create_channel()).await?;
            if confirm {
                limited(&self.thread, "confirm.select", channel.confirm_select(Default::default())).await?;
            }
            Ok(Arc::new(LapinChannel::new(channel, self.thread.clone(), self.errors.clone()))
                as Arc<dyn Channel>)
        })
    }
}

impl Kept for LapinLink {
    fn event(&self) -> BoxFuture<'_, Happens> {
        Box::pin(async move {
            let mut events = self.events.lock().await;
            let mut why = None;
            while self.connection.status().connected() {
                let event = tokio::select! {
                    biased;
                    event = timeout(LOOK, events.next()) => event,
                    // lapin tells nobody if it panics.
                    () = self.thread.ended() => break,
                };
                match event {
                    Ok(Some(Event::ConnectionBlocked(reason))) => return Happens::Blocked(reason),
                    Ok(Some(Event::ConnectionUnblocked)) => return Happens::Unblocked,
                    Ok(None) => break,
                    // Errors of channels come here as well.
                    Ok(Some(Event::Error(error))) => why = Some(lapin_error(&error).to_string()),
                    Err(_) => {
                        self.thread.finds_log();
                        self.thread.call();
                    }
                    Ok(Some(_)) => {}
                }
            }
            // lapin says why after that it is so.
            while let Ok(Some(event)) = timeout(MOMENT, events.next()).await {
                if let Event::Error(error) = event {
                    why = Some(lapin_error(&error).to_string());
                }
            }
            Happens::Lost(why.unwrap_or_else(|| "the connection was closed".to_owned()))
        })
    }

    fn close(&self, limit: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // Refused or late, the socket is cut all the same.
            let goodbye = self.connection.close(200, "OK".into());
            let goodbye = Calling { future: Box::pin(goodbye), thread: &*self.thread };
            let _ = timeout(limit, goodbye).await;
            self.kill();
        })
    }

    fn kill(&self) {
        self.kill.now();
    }
}

impl Drop for LapinLink {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests;
