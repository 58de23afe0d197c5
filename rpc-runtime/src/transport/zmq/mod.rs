//! ZeroMQ without a broker: one TCP connection for each pair of processes, with ZMTP on it.
//!
//! No socket library: one picks the peer by itself, hides that a connection is lost, and cannot say which peer has a
//! message.
//!
//! | Module | What it does |
//! |---|---|
//! | `zmtp` | bytes to frames and commands, and back |
//! | `peer` | one connection, from its first byte to the one reason for its end |
//! | `message`, `served` | what the frames of a message say |
//! | `directory` | where servers may be |
//! | `client` | the servers that are known, and the requests on their way to them |
//! | `server` | the servers of this process, and who calls them |

mod client;
mod directory;
#[cfg(fuzzing)]
mod fuzzing;
mod message;
mod odd;
mod options;
mod ours;
mod peer;
mod served;
mod server;
mod stream;
mod tasks;
mod terms;
#[cfg(test)]
mod tests;
mod zmtp;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::time::{Instant, sleep};

use self::client::Fleet;
use self::directory::{Directory, Fixed, Login, PeerAddress, Redis, RedisOptions};
#[cfg(fuzzing)]
pub use self::fuzzing::{Heard, Zmtp};
pub(crate) use self::options::ZmqOptions;
use self::server::{Doors, Serving};
use self::stream::Security;
use self::tasks::Tasks;
use self::terms::Terms;
use self::zmtp::Limits;
use super::abilities::Abilities;
use super::driver::{
    Address, CLOSED, Done, Driver, ListenOptions, Listener, Outgoing, PublishError, PublishFault, ReplyPlace,
    ReplyQueue, Route, TakeReply,
};
use super::error::TransportError;
use super::failure::{FailureKind, HostFailure};
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use super::url::{Scheme, TransportUrl};
use crate::error::{Fault, FaultKind};
use crate::wire::{MessageFormat, new_id};

/// What the bus is called.
const NAME: &str = "ZeroMQ";

/// What a message has beside its body, of which a request with a long id has the most.
const FRAMES: Limits = Limits { bytes: 4 << 10, frames: 16 };

/// How long after a failure the directory is asked again.
const RETRY: Duration = Duration::from_millis(500);

/// A transport without a broker.
#[derive(Debug)]
pub(crate) struct ZmqDriver {
    fleet: Arc<Fleet>,
    serving: Arc<Serving>,
    tasks: Arc<Tasks>,
    status: Board,
    closed: AtomicBool,
}

impl ZmqDriver {
    /// Waits for nobody but the directory: servers may come later.
    ///
    /// # Errors
    /// The URL has no address where it needs one, or the directory cannot be reached by `deadline`.
    pub(crate) async fn connect(
        url: &TransportUrl,
        options: ZmqOptions,
        deadline: Instant,
    ) -> Result<Self, TransportError> {
        let terms = Terms {
            peers: peer::Options {
                limits: Limits { bytes: options.max_body + FRAMES.bytes, ..FRAMES },
                ..peer::Options::default()
            },
            security: Security::of(options.tls.as_ref())?,
            process: new_id().into(),
        };
        let tasks = Arc::new(Tasks::new());
        let addresses = addresses(url)?;
        let is_listed = matches!(url.scheme(), Scheme::Zmq | Scheme::Zmqs);
        if is_listed {
            check_bare(url)?;
        }
        let directory: Arc<dyn Directory> = match addresses.first() {
            Some(at) if !is_listed => {
                let redis = redis_options(url, at.clone(), &options)?;
                Arc::new(Redis::new(redis, tokio::runtime::Handle::current()))
            }
            _ => Arc::new(Fixed::new(addresses.clone())),
        };
        reached(&*directory, &addresses, deadline).await?;
        let fleet = Fleet::new(
            NAME,
            terms.clone(),
            Arc::clone(&directory),
            Arc::clone(&tasks),
            is_listed,
            options.update,
        );
        let doors = if is_listed { Doors::Shared(addresses.clone()) } else { Doors::OfEach };
        let serving = Arc::new(Serving::new(options, terms, doors, directory, Arc::clone(&tasks)));
        if is_listed {
            fleet.know(&addresses);
        }
        let status = Board::new(NAME, NAME, ConnectionStatus::ready(NAME));
        Ok(Self { fleet, serving, tasks, status, closed: AtomicBool::default() })
    }

    fn check_open(&self) -> Result<(), PublishFault> {
        if self.closed.load(Ordering::Acquire) { Err(PublishFault::Closed) } else { Ok(()) }
    }
}

impl Driver for ZmqDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn taker(&self) -> &'static str {
        "a server"
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Direct
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            stores: false,
            requeues: false,
            counts: false,
            dead_letters: false,
            monitors: true,
            confirms: true,
        }
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        if let Err(closed) = self.check_open() {
            return std::future::ready(Err(closed.into())).boxed();
        }
        match &message.route {
            Route::Reply { queue } => self.serving.reply(queue, message.body, message.deadline),
            _ => Arc::clone(&self.fleet).publish(message).boxed(),
        }
    }

    fn post(&self, message: Outgoing, done: Done) {
        match (self.check_open(), &message.route) {
            (Ok(()), Route::Reply { queue }) => {
                self.serving.post_reply(queue, message.body, message.deadline, done);
            }
            _ => drop(tokio::spawn(self.publish(message).map(done))),
        }
    }

    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        async move {
            self.check_open().map_err(PublishFault::into_fault)?;
            match address {
                Address::Server(address) => self.serving.listen(address, &options).await,
                Address::Notifications(_) => Err(self.no_notifications()),
            }
        }
        .boxed()
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        let opened = self.check_open().map_err(PublishFault::into_fault).map(|()| {
            self.fleet.answer(take);
            // Replies come back by the connection of their request, which no message has to name.
            Arc::new(ReplyQueue(NAME.into())) as Arc<dyn ReplyPlace>
        });
        std::future::ready(opened).boxed()
    }

    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()> {
        self.closed.store(true, Ordering::Release);
        self.status.close(CLOSED);
        async move {
            tokio::join!(self.fleet.close(deadline), self.serving.close(deadline));
            self.tasks.abort();
        }
        .boxed()
    }

    fn watch(&self) -> StatusWatch {
        self.status.watch()
    }

    fn tasks(&self) -> usize {
        self.tasks.count()
    }
}

impl Drop for ZmqDriver {
    fn drop(&mut self) {
        // They hold what they work on, and each other's.
        self.tasks.abort();
    }
}

/// Waits until the directory answers.
async fn reached(
    directory: &dyn Directory,
    addresses: &[PeerAddress],
    deadline: Instant,
) -> Result<(), TransportError> {
    loop {
        let Err(fault) = directory.resolve("-", None).await else { return Ok(()) };
        let kind = match fault.kind {
            FaultKind::Forbidden => FailureKind::LoginRefused,
            FaultKind::NoAnswer => FailureKind::TimedOut,
            FaultKind::NotConnected => FailureKind::Network,
            _ => FailureKind::Refused,
        };
        if kind.is_hopeless() || Instant::now() + RETRY >= deadline {
            let why =
                if kind.is_hopeless() { "the directory refuses" } else { "the directory cannot be reached" };
            let host = addresses.first().map_or_else(String::new, PeerAddress::to_string);
            let failures = vec![HostFailure::new(host, kind, fault.why)];
            return Err(TransportError::NotConnected { transport: NAME, why: why.to_owned(), failures });
        }
        sleep(RETRY).await;
    }
}

/// Whoever writes a password or a virtual host believes that it keeps others out.
fn check_bare(url: &TransportUrl) -> Result<(), TransportError> {
    if url.hosts().iter().any(|host| !host.user().is_empty() || !host.password().is_empty()) {
        let why = "without a broker nobody asks for a user and password: certificates of zmqs:// tell who may connect";
        return Err(TransportError::Setting(why.to_owned()));
    }
    match url.vhost() {
        "/" | "" => Ok(()),
        vhost => {
            let why = format!("the URL has the virtual host {vhost:?}, and there is none without a broker");
            Err(TransportError::Setting(why))
        }
    }
}

fn addresses(url: &TransportUrl) -> Result<Vec<PeerAddress>, TransportError> {
    let of = |host: &super::url::Host| {
        let wrong = || TransportError::Setting(format!("{} is no address of a host", host.address()));
        PeerAddress::new(host.name(), host.port()).ok_or_else(wrong)
    };
    url.hosts().iter().map(of).collect()
}

fn redis_options(
    url: &TransportUrl,
    at: PeerAddress,
    options: &ZmqOptions,
) -> Result<RedisOptions, TransportError> {
    let [host] = url.hosts() else {
        return Err(TransportError::Setting("there is one Redis, so the URL has one host".to_owned()));
    };
    let database = match url.vhost() {
        "/" => 0,
        number => number.parse().map_err(|_| {
            TransportError::Setting(format!("the database {number:?} of the URL is no number"))
        })?,
    };
    let login = Login { user: host.user().to_owned(), password: host.password().to_owned() };
    let (expire, update) = (options.expire, options.update);
    Ok(RedisOptions { login, database, expire, update, ..RedisOptions::new(at) })
}
