//! RabbitMQ: what [`Driver`] asks for, over AMQP 0-9-1 in oslo.messaging's manner.
//!
//! * `topology` says what is declared, as data; `declare` puts it on the broker.
//! * `broker` is all that is asked of a client library; `lapin_broker` is the one in use.
//! * `state` and `supervisor` keep a connection: one to send, and one to listen, made when first needed.
//! * `publisher` sends on a confirm channel and, with `confirms`, finds out what became of each message.
//! * `consumer` keeps a listener consuming; `acks` settles its deliveries.
//!
//! Everything runs on one worker thread of its own, so that handlers that block can't starve heartbeats.

mod acks;
mod broker;
mod confirms;
mod consumer;
mod declare;
mod lapin_broker;
mod message;
mod publisher;
mod state;
mod supervisor;
mod topology;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, join};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::Instant;

use self::broker::Broker;
use self::consumer::{Consuming, Consumption};
use self::lapin_broker::LapinBroker;
use self::publisher::Publisher;
use self::supervisor::{Purpose, Supervisor};
use self::topology::{Topology, check_name, fanout_prefix, unique_queue};
use super::driver::{
    ConnectError, Driver, ListenOptions, Listener, Outgoing, PublishError, Replies, Route, ServerAddress,
};
use super::options::AmqpOptions;
use super::url::{Host, TransportUrl};

use crate::clock::after;

/// How much of the time to close is kept for the connections, after what was queued has been sent.
const GOODBYE: Duration = Duration::from_secs(1);

/// The transport to one RabbitMQ cluster.
///
/// Dropping it cuts the connections; `close` before loses nothing.
#[derive(Debug)]
pub(crate) struct AmqpDriver {
    broker: Arc<dyn Broker>,
    hosts: Vec<Host>,
    options: Arc<AmqpOptions>,
    send: Supervisor,
    listen: OnceLock<Supervisor>,
    /// Requests and everything else that goes to topics.
    requests: Publisher,
    /// Apart from the requests, so that replies never wait behind them.
    replies: Publisher,
    /// How long the transport may take to listen: as long as it was given to connect.
    patience: Duration,
    runtime: OwnRuntime,
}

impl AmqpDriver {
    /// Connects to one of the hosts of `url`, trying them in turn until `deadline`.
    ///
    /// `options` are final: those of the query of `url` are not looked at.
    ///
    /// # Errors
    ///
    /// If the options cannot be used, or no host could be connected to; names each host and why.
    pub(crate) async fn connect(
        url: &TransportUrl,
        options: AmqpOptions,
        deadline: Instant,
    ) -> Result<Self, ConnectError> {
        let began = Instant::now();
        options.check().map_err(|error| ConnectError(error.to_string()))?;
        if url.hosts().is_empty() {
            return Err(ConnectError(format!("{url} names no host")));
        }
        let runtime = OwnRuntime::new()?;
        let handle = runtime.handle();
        let broker: Arc<dyn Broker> =
            Arc::new(LapinBroker::new(url.vhost(), &options).map_err(ConnectError)?);
        let options = Arc::new(options);
        let hosts = url.hosts().to_vec();
        let send = Supervisor::start(Purpose::Send, broker.clone(), hosts.clone(), &options, handle);
        let requests = Publisher::start(send.links(), options.clone(), handle);
        let replies = Publisher::start(send.links(), options.clone(), handle);
        let patience = deadline.saturating_duration_since(began);
        let listen = OnceLock::new();
        let driver = Self { broker, hosts, options, send, listen, requests, replies, patience, runtime };
        driver.send.connected(deadline).await.map_err(ConnectError)?;
        Ok(driver)
    }

    async fn consume(&self, topology: Topology, prefetch: u16) -> Result<Consuming, ConnectError> {
        let handle = self.runtime.handle();
        let listen = self.listen.get_or_init(|| {
            Supervisor::start(Purpose::Listen, self.broker.clone(), self.hosts.clone(), &self.options, handle)
        });
        let consumption = Consumption {
            links: listen.links(),
            topology,
            prefetch: if prefetch == 0 { self.options.rabbit_qos_prefetch_count } else { prefetch },
            pause: self.options.kombu_reconnect_delay,
            max_body: self.options.max_body,
        };
        consumption.start(handle, after(self.patience)).await
    }
}

impl Driver for AmqpDriver {
    fn publish(&self, mut message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        if let Route::Reply { .. } = message.route {
            message.mandatory &= self.options.direct_mandatory_flag;
            return self.replies.clone().publish(message).boxed();
        }
        self.requests.clone().publish(message).boxed()
    }

    fn listen(
        &self,
        address: ServerAddress,
        options: ListenOptions,
    ) -> BoxFuture<'_, Result<Listener, ConnectError>> {
        Box::pin(async move {
            let fanout_queue = unique_queue(&fanout_prefix(&address.topic));
            let topology = Topology::server(&address, &fanout_queue, &self.options);
            check_name("exchange", &address.exchange).map_err(ConnectError)?;
            for consumer in &topology.consumers {
                check_name("queue", &consumer.queue).map_err(ConnectError)?;
            }
            let Consuming { deliveries, stop } = self.consume(topology, options.prefetch).await?;
            Ok(Listener { deliveries, stop: Arc::new(stop) })
        })
    }

    fn listen_for_replies(&self) -> BoxFuture<'_, Result<Replies, ConnectError>> {
        Box::pin(async move {
            let queue = unique_queue("reply");
            let topology = Topology::replies(&queue, &self.options);
            let Consuming { deliveries, .. } = self.consume(topology, 0).await?;
            Ok(Replies { queue, deliveries })
        })
    }

    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let left = deadline.saturating_duration_since(Instant::now());
            let flushed = deadline - left.min(GOODBYE.min(left / 2));
            join(self.requests.close(flushed), self.replies.close(flushed)).await;
            let listen = async {
                if let Some(listen) = self.listen.get() {
                    listen.close(deadline).await;
                }
            };
            join(self.send.close(deadline), listen).await;
        })
    }
}

impl Drop for AmqpDriver {
    fn drop(&mut self) {
        // Before the runtime goes: the threads of the client library end with their sockets.
        self.send.kill();
        if let Some(listen) = self.listen.get() {
            listen.kill();
        }
    }
}

/// A runtime that may be dropped anywhere, also inside another one.
#[derive(Debug)]
struct OwnRuntime {
    /// Taken when dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl OwnRuntime {
    fn new() -> Result<Self, ConnectError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("rpc-amqp")
            .enable_all()
            .build()
            .map_err(|error| ConnectError(format!("cannot start a thread: {error}")))?;
        let handle = runtime.handle().clone();
        Ok(Self { runtime: Some(runtime), handle })
    }

    fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The usual way waits for its threads, which panics within async code.
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
