//! The directory that oslo.messaging 8.1.4 has in Redis, so that its processes and ours find each other.

mod announcer;
mod client;
mod commands;
mod connection;
mod entries;
mod error;
mod keys;
mod look_up;
mod options;
mod reply;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use self::announcer::{Announcer, Order};
use self::client::Client;
use self::entries::Entry;
use self::error::RedisError;
use self::look_up::look_up;
pub(crate) use self::options::{Login, RedisOptions};
use super::Directory;
use super::lease::Lease;
use super::peer_address::PeerAddress;
use crate::error::Fault;
use crate::rare_log::{FEW, RareLog, rarely};
use crate::text::printable;
use crate::transport::driver::ServerAddress;

/// A directory in Redis. It connects when it is first asked something.
///
/// Entries go when their leases do, or with the runtime: then they expire.
pub(crate) struct Redis {
    client: Arc<Client>,
    runtime: Handle,
    /// To the task that keeps the entries; none as long as nothing was announced.
    orders: OnceLock<mpsc::UnboundedSender<Order>>,
    announced: AtomicU64,
    log: RareLog,
    large: RareLog,
}

impl Redis {
    /// One whose entries are kept by a task on this runtime.
    pub(crate) fn new(options: RedisOptions, runtime: Handle) -> Self {
        Self {
            client: Arc::new(Client::new(options)),
            runtime,
            orders: OnceLock::new(),
            announced: AtomicU64::new(0),
            log: RareLog::few(FEW),
            large: RareLog::default(),
        }
    }

    fn orders(&self) -> mpsc::UnboundedSender<Order> {
        let start = || {
            let (sender, orders) = mpsc::unbounded_channel();
            self.runtime.spawn(Announcer::new(Arc::clone(&self.client)).run(orders));
            sender
        };
        self.orders.get_or_init(start).clone()
    }
}

impl Directory for Redis {
    fn resolve<'a>(
        &'a self,
        topic: &'a str,
        server: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<PeerAddress>, Fault>> {
        Box::pin(async move {
            let key = server.map_or_else(|| keys::of_topic(topic), |server| keys::of_server(topic, server));
            look_up(&self.client, &key, Client::deadline(), &self.large).await.map_err(|error| {
                let fault = self.client.fault(&error);
                // What is wrong with the connection, the client has logged.
                if let RedisError::Refused(_) = error {
                    rarely!(self.log, warn, "no servers are found by {}: {fault}", printable(&key));
                }
                fault
            })
        })
    }

    fn announce(&self, server: &ServerAddress, at: &PeerAddress) -> Lease {
        let number = self.announced.fetch_add(1, Ordering::Relaxed);
        let (standing, told) = watch::channel(None);
        let orders = self.orders();
        let entry = Entry::new(&server.topic, &server.server, &at.to_string());
        // Without its task, whose runtime is gone, there is nobody to announce anything.
        let _ = orders.send(Order::Announce { number, entry, standing });
        Lease::new(
            told,
            Box::new(move |done| {
                let _ = orders.send(Order::Withdraw { number, done });
            }),
        )
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("client", &self.client).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
