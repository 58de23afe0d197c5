//! RabbitMQ: what [`Driver`] asks for, over AMQP 0-9-1 in oslo.messaging's manner.
//!
//! * `topology` says what is declared, as data; `declare` puts it on the broker.
//! * `library` is all that is asked of a client library; `lapin_library` is the one in use.
//! * `unique` ends the names of queues of one listener, with the feature `queue-manager` by `queue_manager` if asked to.
//! * `connection`, beside this, keeps a connection: one to send, and one to listen, made when first needed.
//! * `publisher` has callers send on a confirm channel and, with `confirms`, finds out what became of each message.
//! * `in_flight` bounds how many messages wait for that.
//! * `consumer` keeps a listener consuming, `retry` says when it tries again; `intake` hands on what is delivered,
//!   `acks` settles it; `position` says where a stream is read on.
//!
//! Callers send by themselves, and handlers acknowledge. What comes in is taken on the thread of its connection, which
//! wakes whom it is for. Everything else runs on one worker thread of its own. So handlers that block can't starve
//! heartbeats.

mod acks;
mod confirms;
mod consumer;
mod declare;
mod in_flight;
mod intake;
mod lapin_library;
mod library;
mod message;
mod names;
pub(crate) mod options;
mod position;
mod publisher;
#[cfg(all(feature = "queue-manager", target_os = "linux"))]
mod queue_manager;
mod retry;
mod topology;
mod unique;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, join, join_all, try_join_all};
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use self::consumer::{Consumption, Stop};
use self::declare::declare_by;
#[cfg(feature = "notifications")]
use self::declare::is_missing;
use self::in_flight::InFlight;
use self::intake::To;
use self::lapin_library::LapinLibrary;
use self::library::{Library, Links, Supervisor};
use self::names::{BUS, LISTEN, SEND};
use self::options::AmqpOptions;
use self::publisher::Publisher;
use self::topology::{REPLIES, Topology, check_names, delivery_limit, fanout_prefix, own_steps, queue_steps};
use self::unique::Unique;
use super::abilities::Abilities;
use super::connection::{Backoff, OwnRuntime};
use super::driver::{
    Address, CLOSED, Done, Driver, Forward, ListenOptions, Listener, Outgoing, PublishError, PublishFault,
    ReplyPlace, Route, StopListening, TakeReply,
};
use super::error::TransportError;
use super::settings::Settings;
use super::status::ConnectionStatus;
use super::status_watch::{Board, StatusWatch};
use super::url::{Host, TransportUrl};
use crate::clock::after;
use crate::error::{Fault, FaultKind};
use crate::wire::{Limits, MessageFormat};

/// How much of the time to close is kept for the connections, after what was queued has been sent.
const GOODBYE: Duration = Duration::from_secs(1);

/// The transport to one RabbitMQ cluster.
///
/// Dropping it cuts the connections; `close` before loses nothing.
#[derive(Debug)]
pub(crate) struct AmqpDriver {
    /// First, so that it says that the transport was dropped before the connections say what that means to them.
    status: Board,
    library: Arc<Library>,
    hosts: Vec<Host>,
    options: Arc<AmqpOptions>,
    unique: Arc<Unique>,
    /// The reply queue, once it has a name: that stays, as does the queue.
    reply_queue: Arc<OnceCell<Arc<str>>>,
    send: Supervisor,
    listen: OnceLock<Supervisor>,
    /// Set before anything is closed: nothing may be started then.
    closed: AtomicBool,
    /// Requests and everything else that goes to topics.
    requests: Publisher,
    in_flight: Arc<InFlight>,
    /// Apart from the requests, so that replies never wait behind them.
    replies: Publisher,
    /// How long the transport may take to listen: as long as it was given to connect.
    patience: Duration,
    /// Last, so that it goes last: the threads of the client library end with their sockets, which the
    /// supervisors cut.
    runtime: OwnRuntime,
}

/// What clients and servers take from the options of RabbitMQ; the rest stays as it is.
pub(super) fn settings(options: &AmqpOptions, settings: Settings) -> Settings {
    Settings {
        reply_patience: options.kombu_missing_consumer_retry_timeout,
        prefetch: Some(options.rabbit_qos_prefetch_count).filter(|count| *count > 0),
        limits: Limits { max_body: options.max_body, max_ratio: options.max_ratio, ..settings.limits },
        ..settings
    }
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
    ) -> Result<Self, TransportError> {
        let began = Instant::now();
        options.check()?;
        if url.hosts().is_empty() {
            return Err(TransportError::Setting(format!("{url} names no host")));
        }
        let unique = Unique::new(&options)?;
        let library = LapinLibrary::new(url.vhost(), &options)?;
        let patience = deadline.saturating_duration_since(began);
        let driver = Self::start(Arc::new(library), url.hosts().to_vec(), options, unique, patience)?;
        driver.send.connected(deadline).await?;
        Ok(driver)
    }

    /// Begins to connect.
    fn start(
        library: Arc<Library>,
        hosts: Vec<Host>,
        options: AmqpOptions,
        unique: Unique,
        patience: Duration,
    ) -> Result<Self, TransportError> {
        let runtime = OwnRuntime::new("rpc-amqp")?;
        let handle = runtime.handle();
        let options = Arc::new(options);
        let status = Board::new(BUS, SEND, ConnectionStatus::Connecting);
        let (to, reporter) = (hosts.clone(), status.reporter(SEND));
        let send = Supervisor::start(library.clone(), to, backoff(&options), BUS, reporter, handle);
        let requests = Publisher::start(send.view(), options.clone(), handle);
        let in_flight = Arc::new(InFlight::new(&options, send.view()));
        let replies = Publisher::start(send.view(), options.clone(), handle);
        Ok(Self {
            status,
            library,
            hosts,
            options,
            unique: Arc::new(unique),
            reply_queue: Arc::default(),
            send,
            listen: OnceLock::new(),
            closed: AtomicBool::new(false),
            requests,
            in_flight,
            replies,
            patience,
            runtime,
        })
    }

    /// The connection to listen by, made when it is first asked for.
    fn listening(&self) -> Result<&Supervisor, Fault> {
        let closed = || self.closed.load(Ordering::SeqCst);
        if !closed() {
            let listen = self.listen.get_or_init(|| {
                let (library, hosts) = (self.library.clone(), self.hosts.clone());
                let (reporter, handle) = (self.status.reporter(LISTEN), self.runtime.handle());
                Supervisor::start(library, hosts, backoff(&self.options), BUS, reporter, handle)
            });
            if !closed() {
                return Ok(listen);
            }
            // Closed meanwhile, and maybe by somebody who did not see this connection.
            listen.cut();
        }
        Err(Fault::new(FaultKind::Closed, CLOSED))
    }

    /// Consumes from each queue on a channel of its own: a queue that is lost, or can't be declared again,
    /// neither keeps the others from being consumed nor has what they delivered delivered again.
    async fn consume(&self, topology: &Topology, prefetch: u16) -> Result<Listener, Fault> {
        let deadline = after(self.patience);
        let links = self.listening()?.view();
        let consumption = |part| consumption(links.clone(), part, prefetch, &self.options);
        let consumptions: Vec<_> = topology.parts().into_iter().map(consumption).collect();
        let room = consumptions.first().map_or(1, Consumption::effective_prefetch);
        let (sender, deliveries) = mpsc::channel(usize::from(room));
        let starting = consumptions.into_iter().map(|consumption| {
            consumption.start(To::Server(sender.clone()), self.runtime.handle()).done(deadline)
        });
        // Should one fail, the others end as they are dropped.
        let stops = try_join_all(starting).await?;
        Ok(Listener { deliveries, stop: Arc::new(StopAll(stops)) })
    }
}

impl Driver for AmqpDriver {
    fn name(&self) -> &'static str {
        BUS
    }

    fn format(&self) -> MessageFormat {
        MessageFormat::Envelope
    }

    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn delivery_limit(&self) -> Option<u32> {
        delivery_limit(&self.options)
    }

    fn publish(&self, mut message: Outgoing) -> BoxFuture<'static, Result<(), PublishError>> {
        if let Route::Reply { .. } = message.route {
            message.mandatory &= self.options.direct_mandatory_flag;
            // No more of them than workers, and never held up by requests.
            let (replies, prepared) = (self.replies.clone(), self.replies.prepare(message));
            return Box::pin(async move { replies.send(prepared?, None).await });
        }
        let (requests, in_flight) = (self.requests.clone(), self.in_flight.clone());
        let (deadline, prepared) = (message.deadline, requests.prepare(message));
        Box::pin(async move {
            let prepared = prepared?;
            let place = in_flight.enter(deadline, || requests.is_stalled(&prepared)).await?;
            requests.send(prepared, Some(place)).await
        })
    }

    fn post(&self, mut message: Outgoing, done: Done) {
        let Route::Reply { .. } = message.route else {
            drop(self.runtime.handle().spawn(self.publish(message).map(done)));
            return;
        };
        message.mandatory &= self.options.direct_mandatory_flag;
        self.replies.post(message, done);
    }

    fn forward(&self, message: Forward) -> BoxFuture<'static, Result<(), PublishError>> {
        let (requests, links) = (self.requests.clone(), self.send.view());
        let missing = own_steps(&message.route, &self.options);
        Box::pin(async move {
            let prepared = requests.prepare_forward(message.clone())?;
            let sent = requests.clone().send(prepared, None).await;
            let (Err(PublishError { fault: PublishFault::Unroutable(_), .. }), Some(steps)) =
                (&sent, missing)
            else {
                return sent;
            };
            // Somebody deleted the queue; otherwise the message would come again and again.
            match timeout_at(message.deadline, declare_by(links, steps.into())).await {
                Ok(Ok(())) => {
                    let prepared = requests.prepare_forward(message.clone())?;
                    requests.send(prepared, None).await
                }
                _ => sent,
            }
        })
    }

    #[cfg(feature = "notifications")]
    fn declare(&self, route: &Route) -> BoxFuture<'static, Result<(), Fault>> {
        let (steps, links) = (own_steps(route, &self.options), self.send.view());
        Box::pin(async move {
            let Some(steps) = steps else { return Ok(()) };
            check_names(&steps).map_err(unusable)?;
            declare_by(links, steps.into()).await
        })
    }

    fn listen(&self, address: Address, options: ListenOptions) -> BoxFuture<'_, Result<Listener, Fault>> {
        Box::pin(async move {
            let mut topology = match &address {
                Address::Server(address) => {
                    let prefix = fanout_prefix(&address.topic);
                    let (deadline, runtime) = (after(self.patience), self.runtime.handle());
                    let fanout_queue = match self.options.rabbit_stream_fanout {
                        true => prefix,
                        false => self.unique.queue(&prefix, deadline, runtime).await?,
                    };
                    Topology::server(address, &fanout_queue.into(), &self.options)
                }
                Address::Notifications(address) => Topology::notifications(address, &self.options),
            };
            if let (Some(queue), Some(exchange)) = (&options.dead_letters, address.exchange()) {
                topology.steps.extend(queue_steps(exchange, queue, &self.options));
            }
            check_names(&topology.steps).map_err(unusable)?;
            self.consume(&topology, options.prefetch).await
        })
    }

    #[cfg(feature = "notifications")]
    fn consumers(&self, queue: Arc<str>) -> BoxFuture<'static, Result<Option<u32>, Fault>> {
        let mut links = self.send.view();
        Box::pin(async move {
            let up = links.up().await.map_err(|why| Fault::new(FaultKind::Closed, why))?;
            // On a channel of its own, which a queue that is not there costs.
            let channel = up.connection.open(false).await?;
            match channel.count(&queue).await {
                Ok(counts) => {
                    channel.close().await;
                    Ok(Some(counts.consumers))
                }
                Err(error) if is_missing(&error) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn listen_for_replies(&self, take: TakeReply) -> BoxFuture<'static, Result<Arc<dyn ReplyPlace>, Fault>> {
        let links = self.listening().map(Supervisor::view);
        let (unique, options, name) = (self.unique.clone(), self.options.clone(), self.reply_queue.clone());
        let runtime = self.runtime.handle().clone();
        let starting = async move {
            // Who waits for it has a deadline of its own.
            let for_ever = after(Duration::MAX);
            let named = || unique.queue(REPLIES, for_ever, &runtime).map(|name| name.map(Arc::from));
            let queue = name.get_or_try_init(named).await?.clone();
            let topology = Topology::replies(&queue, &options);
            check_names(&topology.steps).map_err(unusable)?;
            let starting = consumption(links?, topology, 0, &options).start(To::Replies(take), &runtime);
            let stop = starting.done(for_ever).await?;
            Ok(Arc::new(OwnReplies { queue, _stop: stop }) as Arc<dyn ReplyPlace>)
        };
        // It goes on by itself until the future is dropped.
        let mut going_on = JoinSet::new();
        going_on.spawn_on(starting, self.runtime.handle());
        Box::pin(async move {
            let done = going_on.join_next().await.and_then(Result::ok);
            done.unwrap_or_else(|| Err(Fault::new(FaultKind::Closed, CLOSED)))
        })
    }

    fn close(&self, deadline: Instant) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.closed.store(true, Ordering::SeqCst);
            self.in_flight.close();
            let left = deadline.saturating_duration_since(Instant::now());
            let flushed = deadline - left.min(GOODBYE.min(left / 2));
            join(self.requests.close(flushed), self.replies.close(flushed)).await;
            let listen = async {
                if let Some(listen) = self.listen.get() {
                    listen.close(deadline).await;
                }
            };
            join(self.send.close(deadline), listen).await;
            // The connections have said so themselves, unless they were cut.
            self.status.close(CLOSED);
        })
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

/// The reply queue, consumed from until this is dropped. Its name stays: it is declared again wherever the transport
/// connects to.
#[derive(Debug)]
struct OwnReplies {
    queue: Arc<str>,
    _stop: Stop,
}

impl ReplyPlace for OwnReplies {
    fn address(&self) -> Arc<str> {
        Arc::clone(&self.queue)
    }
}

/// How long to wait between attempts to connect.
fn backoff(options: &AmqpOptions) -> Backoff {
    Backoff {
        first: options.rabbit_retry_interval,
        increment: options.rabbit_retry_backoff,
        longest: options.rabbit_interval_max,
    }
}

fn consumption(links: Links, topology: Topology, prefetch: u16, options: &AmqpOptions) -> Consumption {
    Consumption {
        links,
        topology,
        prefetch: if prefetch == 0 { options.rabbit_qos_prefetch_count } else { prefetch },
        pause: options.kombu_reconnect_delay,
        redeclare: options.redeclare_interval,
        max_body: options.max_body,
    }
}

fn unusable(why: String) -> Fault {
    Fault::new(FaultKind::Unusable, why)
}

/// Ends what consumes from the queues of a server.
#[derive(Debug)]
struct StopAll(Vec<Stop>);

impl StopListening for StopAll {
    fn pause(&self) -> BoxFuture<'_, ()> {
        join_all(self.0.iter().map(StopListening::pause)).map(drop).boxed()
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        join_all(self.0.iter().map(StopListening::stop)).map(drop).boxed()
    }
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
