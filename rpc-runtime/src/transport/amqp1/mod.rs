//! AMQP 1.0: routers and brokers that oslo.messaging's driver `amqp` spoke with until version 14.
//!
//! | Module | What it does |
//! |---|---|
//! | `options`, `address` | what the URL says, and what targets are called on the bus |
//! | `stream` | TCP or TLS, and what has to be known of the frames on it beside the client library |
//! | `peer` | the one connection, and its sessions |
//! | `links`, `pauses` | how links are attached, and how long to wait before they are again |
//! | `message` | what a message is on the wire |
//! | `senders` | what goes out |
//! | `replies` | the address that replies come to |
//! | `server` | what comes in for servers |
//! | `words`, `names`, `odd` | what peers say, what things are called, and what is worth a line in the log |
//!
//! Everything runs on one thread of its own, so that handlers that block can't starve heartbeats.

mod address;
mod links;
mod message;
mod names;
mod odd;
mod options;
mod pauses;
mod peer;
mod replies;
mod senders;
mod server;
mod stream;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::time::Instant;

use self::names::{CONNECTION, NAME};
use self::odd::Odd;
pub(crate) use self::options::Amqp1Options;
use self::peer::{Connector, Peer};
use self::replies::{Place, Replies};
use self::senders::Senders;
use super::abilities::Abilities;
use super::connection::{Backoff, OwnRuntime, Supervisor};
use super::driver::{
    Address, CLOSED, Done, Driver, ListenOptions, Listener, Outgoing, PublishError, PublishFault, ReplyPlace,
    TakeReply,
};
use super::error::TransportError;
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use super::url::TransportUrl;
use crate::clock::after;
use crate::error::Fault;
use crate::wire::MessageFormat;

/// How much of the time to close is kept for the connection, after what was queued has been sent.
const GOODBYE: Duration = Duration::from_secs(1);

/// A transport over AMQP 1.0.
///
/// Dropping it cuts the connection; `close` before loses nothing.
#[derive(Debug)]
pub(crate) struct Amqp1Driver {
    /// First, so that it says that the transport was dropped before the connection says what that means to it.
    status: Board,
    connection: Supervisor<Peer>,
    senders: Arc<Senders>,
    replies: Arc<Replies>,
    options: Arc<Amqp1Options>,
    odd: Arc<Odd>,
    /// Set before anything is closed: nothing may be started then.
    closed: AtomicBool,
    /// How long the transport may take to listen: as long as it was given to connect.
    patience: Duration,
    /// Last, so that it goes last.
    runtime: OwnRuntime,
}

impl Amqp1Driver {
    /// Connects to one of the hosts of `url`, trying them in turn until `deadline`.
    ///
    /// # Errors
    /// If the options cannot be used, or no host could be connected to; names each host and why.
    pub(crate) async fn connect(
        url: &TransportUrl,
        options: Amqp1Options,
        deadline: Instant,
    ) -> Result<Self, TransportError> {
        let patience = deadline.saturating_duration_since(Instant::now());
        if url.hosts().is_empty() {
            return Err(TransportError::Setting(format!("{url} names no host")));
        }
        let options = Arc::new(options);
        let vhost = Some(url.vhost()).filter(|vhost| !matches!(*vhost, "" | "/")).map(str::to_owned);
        let connector = Connector::new(Arc::clone(&options), vhost)?;
        let runtime = OwnRuntime::new("rpc-amqp1")?;
        let handle = runtime.handle();
        let status = Board::new(NAME, CONNECTION, ConnectionStatus::Connecting);
        let backoff = Backoff {
            first: options.connection_retry_interval,
            increment: options.connection_retry_backoff,
            longest: options.connection_retry_interval_max,
        };
        let (hosts, reporter) = (url.hosts().to_vec(), status.reporter(CONNECTION));
        let connection = Supervisor::start(Arc::new(connector), hosts, backoff, NAME, reporter, handle);
        let replies = Arc::<Replies>::default();
        let (view, runs_on) = (connection.view(), handle.clone());
        let senders = Arc::new(Senders::new(view, Arc::clone(&options), Arc::clone(&replies), runs_on));
        let (odd, closed) = (Arc::default(), AtomicBool::default());
        let driver = Self { status, connection, senders, replies, options, odd, closed, patience, runtime };
        driver.connection.connected(deadline).await?;
        Ok(driver)
    }

    fn check_open(&self) -> Result<(), PublishFault> {
        if self.closed.load(Ordering::Acquire) { Err(PublishFault::Closed) } else { Ok(()) }
    }
}

impl Driver for Amqp1Driver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn taker(&self) -> &'static str {
        "the peer"
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Amqp1
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            // A broker may, a router does not, and peers do not say which they are.
            stores: false,
            requeues: true,
            counts: false,
            dead_letters: false,
            monitors: true,
            confirms: true,
        }
    }

    fn publish(&self, message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        match self.check_open() {
            Ok(()) => self.senders.publish(message),
            Err(closed) => std::future::ready(Err(closed.into())).boxed(),
        }
    }

    fn post(&self, message: Outgoing, done: Done) {
        match self.check_open() {
            Ok(()) => self.senders.post(message, done),
            Err(closed) => done(Err(closed.into())),
        }
    }

    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        async move {
            self.check_open().map_err(PublishFault::into_fault)?;
            let Address::Server(address) = address else { return Err(self.no_notifications()) };
            let (view, own) = (self.connection.view(), Arc::clone(&self.options));
            let (odd, runtime) = (Arc::clone(&self.odd), self.runtime.handle());
            server::listen(address, &options, view, own, odd, runtime, after(self.patience)).await
        }
        .boxed()
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        if let Err(closed) = self.check_open() {
            return std::future::ready(Err(closed.into_fault())).boxed();
        }
        let (replies, view) = (Arc::clone(&self.replies), self.connection.view());
        let (options, odd) = (Arc::clone(&self.options), Arc::clone(&self.odd));
        let starting = Place::start(replies, view, options, odd, take, self.runtime.handle());
        async move { Ok(Arc::new(starting.await?) as Arc<dyn ReplyPlace>) }.boxed()
    }

    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()> {
        async move {
            self.closed.store(true, Ordering::Release);
            let left = deadline.saturating_duration_since(Instant::now());
            self.senders.close(deadline - left.min(GOODBYE.min(left / 2))).await;
            self.connection.close(deadline).await;
            // The connection has said so itself, unless it was cut.
            self.status.close(CLOSED);
        }
        .boxed()
    }

    fn watch(&self) -> StatusWatch {
        self.status.watch()
    }

    fn runtime(&self) -> Option<Handle> {
        Some(self.runtime.handle().clone())
    }

    fn tasks(&self) -> usize {
        self.runtime.handle().metrics().num_alive_tasks()
    }
}
