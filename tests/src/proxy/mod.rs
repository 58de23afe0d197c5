//! A TCP proxy between clients and a broker, for faults of the network.

mod flow;
mod frames;
mod modern;
mod pump;
mod tap;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

use self::flow::Line;
pub use self::flow::{End, Flow};
pub use self::modern::Modern;
use self::pump::pump;
pub use self::tap::Tap;

/// A proxy to a port of this machine. Dropping it ends its connections.
///
/// What a [`Flow`] does, it does to every connection, present and future, until another one is set.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    upstream: u16,
    lines: Arc<Lines>,
    task: AbortHandle,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the broker.
    ToBroker,
    /// From the broker to the client.
    ToClient,
}

/// What the connections look at.
#[derive(Debug)]
struct Lines {
    to_broker: Line,
    to_client: Line,
    /// Changes when all connections are to end.
    end: watch::Sender<End>,
    /// Changes when all connections are to be forgotten.
    forget: watch::Sender<()>,
    open: AtomicUsize,
    accepted: AtomicUsize,
}

impl Proxy {
    /// Starts a proxy on a free port of 127.0.0.1 to the port `upstream` there.
    ///
    /// It runs on the tokio runtime of the caller.
    pub async fn start(upstream: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let lines = Arc::new(Lines {
            to_broker: Line::new(),
            to_client: Line::new(),
            end: watch::Sender::new(End::Close),
            forget: watch::Sender::new(()),
            open: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        });
        let task = tokio::spawn(accept(listener, upstream, Arc::clone(&lines))).abort_handle();
        Ok(Self { port, upstream, lines, task })
    }

    /// Its port, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The transport URL `url` of the broker, by way of the proxy.
    pub fn through(&self, url: &str) -> String {
        url.replace(&format!("127.0.0.1:{}", self.upstream), &format!("127.0.0.1:{}", self.port))
    }

    /// What happens from now on in `direction`.
    pub fn set(&self, direction: Direction, flow: Flow) {
        self.lines.of(direction).flow.send_replace(flow);
    }

    /// Passes everything again, both ways.
    pub fn resume(&self) {
        self.set(Direction::ToBroker, Flow::Pass);
        self.set(Direction::ToClient, Flow::Pass);
    }

    /// Ends all connections; new ones are taken.
    pub fn end_connections(&self, end: End) {
        self.lines.end.send_replace(end);
    }

    /// Loses what comes by the connections that there are, both ways, and tells neither side; new ones are as ever. So a
    /// load balancer or a firewall does that has forgotten them.
    pub fn forget_connections(&self) {
        self.lines.forget.send_replace(());
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.lines.open.load(Ordering::Relaxed)
    }

    /// How many connections there were so far.
    pub fn accepted(&self) -> usize {
        self.lines.accepted.load(Ordering::Relaxed)
    }

    /// How many pieces of what came in `direction` were not simply passed on, ends of connections
    /// included: tells whether a fault has hit anything.
    pub fn affected(&self, direction: Direction) -> usize {
        self.lines.of(direction).affected.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Lines {
    fn of(&self, direction: Direction) -> &Line {
        match direction {
            Direction::ToBroker => &self.to_broker,
            Direction::ToClient => &self.to_client,
        }
    }
}

async fn accept(listener: TcpListener, upstream: u16, lines: Arc<Lines>) {
    // Ends with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                lines.accepted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(connection(client, upstream, Arc::clone(&lines)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(mut client: TcpStream, upstream: u16, lines: Arc<Lines>) {
    let (mut ends, mut forgets) = (lines.end.subscribe(), lines.forget.subscribe());
    let _open = Open::new(&lines.open);
    // A broker that is down: the client finds out as it would without a proxy, a little later.
    let Ok(mut broker) = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream)).await else { return };
    let end = {
        let (from_client, to_client) = client.split();
        let (from_broker, to_broker) = broker.split();
        let up = pump(from_client, to_broker, &lines.to_broker);
        let down = pump(from_broker, to_client, &lines.to_client);
        tokio::select! {
            done = async { tokio::try_join!(up, down) } => Some(done.err().unwrap_or(End::Close)),
            _ = ends.changed() => Some(*ends.borrow()),
            _ = forgets.changed() => None,
        }
    };
    let end = match end {
        Some(end) => end,
        None => tokio::select! {
            () = async { tokio::join!(lose(&mut client), lose(&mut broker)); } => End::Close,
            _ = ends.changed() => *ends.borrow(),
        },
    };
    if end == End::Reset {
        // An error means that the connection is gone already.
        let _ = client.set_zero_linger();
        let _ = broker.set_zero_linger();
    }
}

/// Loses what comes from one side until that gives up.
async fn lose(side: &mut TcpStream) {
    // An error is an end as well.
    let _ = tokio::io::copy(side, &mut tokio::io::sink()).await;
}

/// Counts a connection for as long as it lives.
struct Open<'a>(&'a AtomicUsize);

impl<'a> Open<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
