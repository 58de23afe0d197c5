//! Keeps one listener consuming: declares, consumes, hands on deliveries, and starts again whenever the link,
//! the channel or a queue is lost.

use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{BoxStream, select_all};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::acks::Acks;
use super::broker::{BrokerError, Channel, Incoming, Link};
use super::declare::{declare, mistakes_durability};
use super::retry::Retry;
use super::supervisor::{Links, Up};
use super::topology::{Step, Topology};
use crate::lock::lock;
use crate::rare_log::RareLog;
use crate::transport::driver::{ConnectError, Delivery, Inbox, Settle, Settler, StopListening};

/// The prefetch limit where none is asked for. The client library buffers without bound whatever the broker
/// sends, so there has to be one; early acknowledgement makes it go unnoticed.
const UNLIMITED: u16 = 1024;

/// How long stopping may take at most: what is not done then, the broker does when the channel is gone.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How many messages are handed on before anything else is looked at.
const AT_ONCE: usize = 64;

/// How often everything is declared again. The bindings of an exchange go with it when it is deleted, and the
/// broker tells nobody: without this, no message would find the queues until the next reconnect.
const REDECLARE: Duration = Duration::from_secs(10);

/// What a listener is made of.
pub(super) struct Consumption {
    pub(super) links: Links,
    pub(super) topology: Topology,
    /// 0 is no limit.
    pub(super) prefetch: u16,
    /// How long to wait before a queue is consumed from again, for the first time.
    pub(super) pause: Duration,
    /// Longer messages are rejected.
    pub(super) max_body: usize,
}

/// Ends a listener; dropping it does not.
#[derive(Debug)]
pub(super) struct Stop {
    ask: watch::Sender<Asked>,
    /// Turns true once nothing more is handed on.
    paused: watch::Receiver<bool>,
    ended: watch::Receiver<()>,
}

/// Where deliveries go.
pub(super) enum To {
    /// To a server, which may be busy; when it drops the other end, the listener stops.
    Server(mpsc::Sender<Delivery>),
    Inbox(Inbox),
}

impl To {
    /// Resolves when nobody receives any more.
    async fn closed(&self) {
        match self {
            Self::Server(sender) => sender.closed().await,
            Self::Inbox(_) => pending().await,
        }
    }

    /// Hands a delivery on; gives it back if there is no room.
    fn take(&self, delivery: Delivery) -> Option<Delivery> {
        match self {
            // If nobody receives, the listener stops.
            Self::Server(sender) => match sender.try_send(delivery) {
                Err(TrySendError::Full(delivery)) => Some(delivery),
                Ok(()) | Err(TrySendError::Closed(_)) => None,
            },
            Self::Inbox(inbox) => {
                inbox(delivery);
                None
            }
        }
    }

    async fn wait_for_room(&self, delivery: Delivery) {
        if let Self::Server(sender) = self {
            // An error means that the receiver was dropped, which stops this listener.
            let _ = sender.send(delivery).await;
        }
    }
}

/// What a listener is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    /// Consume.
    Go,
    /// Hand on no more, keep the channel.
    Pause,
    Stop,
}

impl StopListening for Stop {
    fn pause(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.ask.send_if_modified(|asked| {
                let first = *asked == Asked::Go;
                *asked = Asked::Pause.max(*asked);
                first
            });
            // An error means that the task has ended.
            let _ = timeout(STOP_LIMIT, self.paused.clone().wait_for(|paused| *paused)).await;
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.ask.send_replace(Asked::Stop);
            // The task holds the sender until it ends, and sends nothing.
            let _ = timeout(STOP_LIMIT, self.ended.clone().changed()).await;
        })
    }
}

impl Consumption {
    /// Resolves once every queue is declared and consumed from; fails at once if the broker refuses that, and
    /// at `deadline` if there is no connection.
    pub(super) async fn start(
        self,
        to: To,
        handle: &Handle,
        deadline: Instant,
    ) -> Result<Stop, ConnectError> {
        let (ask, asked) = watch::channel(Asked::Go);
        let (pausing, paused) = watch::channel(false);
        let (ending, ended) = watch::channel(());
        let (ready, started) = oneshot::channel();
        let links = self.links.clone();
        let session = Session {
            retry: Retry::new(self.pause),
            steps: Mutex::new(self.topology.steps.clone()),
            what: self,
            to,
            asked,
            pausing,
            ready: Some(ready),
            oversized: RareLog::default(),
        };
        handle.spawn(async move {
            session.run().await;
            drop(ending);
        });
        let stop = Stop { ask, paused, ended };
        match timeout_at(deadline, started).await {
            Ok(Ok(Ok(()))) => Ok(stop),
            Ok(Ok(Err(error))) => Err(ConnectError(error.to_string())),
            Ok(Err(_)) => Err(ConnectError("the transport is closed".to_owned())),
            Err(_) => {
                let why = links.trouble().unwrap_or_else(|| "the broker does not answer".to_owned());
                Err(ConnectError(format!("not listening in time: {why}")))
            }
        }
    }

    pub(super) fn effective_prefetch(&self) -> u16 {
        if self.prefetch == 0 { UNLIMITED } else { self.prefetch }
    }
}

/// What comes from each queue, and `None` for each that has ended.
type Streams = BoxStream<'static, Option<(Arc<str>, Incoming)>>;

/// How a channel was left.
enum End {
    Lost(BrokerError),
    Stopped,
}

struct Session {
    what: Consumption,
    to: To,
    asked: watch::Receiver<Asked>,
    pausing: watch::Sender<bool>,
    /// Told of the first success, or of a refusal before it.
    ready: Option<oneshot::Sender<Result<(), BrokerError>>>,
    retry: Retry,
    /// What is declared: what was asked for, as far as it is known to be possible.
    steps: Mutex<Vec<Step>>,
    oversized: RareLog,
}

impl Session {
    async fn run(mut self) {
        let mut links = self.what.links.clone();
        let mut epoch = None;
        loop {
            let up = tokio::select! {
                biased;
                () = self.stopped() => return,
                // What it had delivered went back with the channel.
                () = self.told(Asked::Pause) => {
                    self.pausing.send_replace(true);
                    return self.stopped().await;
                }
                up = links.up() => up,
            };
            let Ok(up) = up else { return };
            if epoch.replace(up.epoch) != Some(up.epoch) {
                // Maybe another broker, and certainly one whose channels are all there.
                self.retry.restart();
                *lock(&self.steps) = self.what.topology.steps.clone();
            }
            let error = match self.serve(&up).await {
                End::Stopped => return,
                End::Lost(error) => error,
            };
            match (&error, self.ready.take()) {
                (BrokerError::Refused(..), Some(ready)) => {
                    let _ = ready.send(Err(error));
                    return;
                }
                (_, ready) => self.ready = ready,
            }
            // A connection that is lost or closed has its own line in the log.
            let gone = match &error {
                BrokerError::Lost(_) => links.turns_out_gone(up.epoch).await,
                BrokerError::Refused(..) => !links.has(up.epoch),
            };
            if gone {
                continue;
            }
            let (pause, news) = self.retry.fails(&error);
            match news {
                true => tracing::warn!("not consuming from {}: {error}", self.name()),
                false => tracing::debug!("still not consuming from {}: {error}", self.name()),
            }
            tokio::select! {
                () = self.stopped() => return,
                () = self.told(Asked::Pause) => {}
                () = sleep(pause) => {}
                () = links.gone(up.epoch) => {}
            }
        }
    }

    /// Waits for the word to stop, or for the receiver of the deliveries to be dropped.
    async fn stopped(&self) {
        tokio::select! {
            () = self.told(Asked::Stop) => {}
            () = self.to.closed() => {}
        }
    }

    /// Waits until this or more is asked.
    async fn told(&self, what: Asked) {
        // The handle may be dropped without a word.
        if self.asked.clone().wait_for(|asked| *asked >= what).await.is_err() {
            pending::<()>().await;
        }
    }

    /// The queues, for the log.
    fn name(&self) -> String {
        let queues: Vec<&str> =
            self.what.topology.consumers.iter().map(|consumer| &*consumer.queue).collect();
        queues.join(", ")
    }

    /// Consumes on one channel for as long as it is good.
    async fn serve(&mut self, up: &Up) -> End {
        let (channel, mut streams) = match self.consume(&*up.link).await {
            Ok(consuming) => consuming,
            Err(error) => return End::Lost(error),
        };
        match self.ready.take() {
            Some(ready) => drop(ready.send(Ok(()))),
            None => tracing::info!("consuming again from {}", self.name()),
        }
        self.retry.works();
        let (acks, mut failed) = Acks::start(channel.clone(), self.what.effective_prefetch());
        let mut links = self.what.links.clone();
        let mut stopped = pin!(self.stopped());
        let mut paused = pin!(self.told(Asked::Pause));
        let mut gone = pin!(links.gone(up.epoch));
        let mut declared = pin!(self.keep_declared(&*up.link));
        let end = 'serving: loop {
            let mut next = tokio::select! {
                biased;
                () = &mut stopped => break End::Stopped,
                () = &mut paused => tokio::select! {
                    biased;
                    () = &mut stopped => break End::Stopped,
                    () = self.rest(&*channel, streams, &acks) => break End::Stopped,
                    error = &mut failed => break unsettled(error),
                    () = &mut gone => break End::Lost(lost()),
                },
                error = &mut failed => break unsettled(error),
                error = &mut declared => break End::Lost(error),
                incoming = streams.next() => incoming,
                () = &mut gone => break End::Lost(lost()),
            };
            let mut taken = 1;
            let full = loop {
                // What this channel has delivered and nobody settled is redelivered.
                let Some(Some((queue, incoming))) = next else {
                    break 'serving End::Lost(BrokerError::Lost("a consumer has ended".to_owned()));
                };
                let full = self.hand_on(queue, incoming, &acks);
                if full.is_some() || taken == AT_ONCE {
                    break full;
                }
                // What is there already goes with it: to select anew for each message costs more than to take it.
                match streams.next().now_or_never() {
                    Some(further) => next = further,
                    None => break None,
                }
                taken += 1;
            };
            if let Some(delivery) = full {
                tokio::select! {
                    biased;
                    () = self.to.wait_for_room(delivery) => {}
                    () = &mut stopped => break End::Stopped,
                    error = &mut failed => break unsettled(error),
                    () = &mut gone => break End::Lost(lost()),
                }
            }
        };
        if let End::Lost(_) = &end {
            acks.lose();
        }
        match &end {
            End::Stopped => self.leave(&*up.link, &*channel, &acks).await,
            End::Lost(_) if self.what.links.has(up.epoch) => channel.close().await,
            End::Lost(_) => {}
        }
        end
    }

    /// Declares everything, then consumes on a new channel.
    async fn consume(&self, link: &dyn Link) -> Result<(Arc<dyn Channel>, Streams), BrokerError> {
        self.declare(link).await?;
        let channel = link.open(false).await?;
        channel.prefetch(self.what.effective_prefetch()).await?;
        let mut streams = Vec::new();
        for consumer in &self.what.topology.consumers {
            let stream = channel.consume(consumer).await?;
            // The end of each stream has to be seen, which merging would hide.
            let queue = consumer.queue.clone();
            let stream = stream.map(move |incoming| Some((queue.clone(), incoming)));
            streams.push(stream.chain(futures::stream::iter([None])));
        }
        let streams = match <[_; 1]>::try_from(streams) {
            Ok([stream]) => stream.boxed(),
            Err(streams) => select_all(streams).boxed(),
        };
        Ok((channel, streams))
    }

    /// Declares everything, and remembers what could not be as it was asked for: each time to find out costs a
    /// channel.
    async fn declare(&self, link: &dyn Link) -> Result<(), BrokerError> {
        let mut steps = lock(&self.steps).clone();
        let declared = declare(link, &mut steps).await;
        if declared.as_ref().is_err_and(mistakes_durability) {
            // What was joined is not there any more.
            steps = self.what.topology.steps.clone();
        }
        *lock(&self.steps) = steps;
        declared
    }

    /// Declares everything again and again, until a queue turns out to have no consumer: RabbitMQ can forget those
    /// of a quorum queue that begin while it has no leader, and says so to nobody.
    async fn keep_declared(&self, link: &dyn Link) -> BrokerError {
        let mut retry = Retry::new(REDECLARE);
        let mut pause = REDECLARE;
        loop {
            sleep(pause).await;
            pause = match self.declare_again(link).await {
                Ok(None) => {
                    retry.restart();
                    REDECLARE
                }
                Ok(Some(queue)) => return BrokerError::Lost(format!("the consumer of {queue} is forgotten")),
                Err(error) => {
                    // What is consumed from is there; who can't be reached is told by the broker.
                    tracing::debug!("not declared again: {}: {error}", self.name());
                    retry.fails(&error).0
                }
            }
        }
    }

    /// Declares everything; the first queue that nobody consumes from.
    async fn declare_again(&self, link: &dyn Link) -> Result<Option<Arc<str>>, BrokerError> {
        self.declare(link).await?;
        let channel = link.open(false).await?;
        let mut forgotten = None;
        for consumer in &self.what.topology.consumers {
            if channel.consumers(&consumer.queue).await? == 0 {
                forgotten.get_or_insert(consumer.queue.clone());
            }
        }
        channel.close().await;
        Ok(forgotten)
    }

    /// Stops the consumers, returns what was not handed on, and waits to be stopped.
    async fn rest(&self, channel: &dyn Channel, mut streams: Streams, acks: &Arc<Acks>) {
        if let Err(error) = self.cancel(channel).await {
            tracing::debug!("pausing: {error}");
        }
        // Each stream ends once it has yielded what came before the broker's answer.
        while let Some(incoming) = streams.next().await {
            if let Some((_, incoming)) = incoming {
                Settle::new(acks.clone(), incoming.tag).reject(true);
            }
        }
        self.pausing.send_replace(true);
        self.stopped().await;
    }

    async fn cancel(&self, channel: &dyn Channel) -> Result<(), BrokerError> {
        for consumer in &self.what.topology.consumers {
            channel.cancel(&consumer.tag).await?;
        }
        Ok(())
    }

    /// Hands a message on; gives it back if there is no room for it.
    fn hand_on(&self, queue: Arc<str>, incoming: Incoming, acks: &Arc<Acks>) -> Option<Delivery> {
        let Incoming { tag, body, content_type, compression, redelivered, history } = incoming;
        let settle = Settle::new(acks.clone(), tag);
        if body.len() > self.what.max_body {
            let (size, limit) = (body.len(), self.what.max_body);
            let name = self.name();
            match self.oversized.admit() {
                Some(left_out) => tracing::warn!(
                    left_out,
                    "a message from {name} was rejected: {size} bytes, max_body={limit}"
                ),
                None => tracing::debug!("a message from {name} was rejected: {size} bytes, max_body={limit}"),
            }
            settle.reject(false);
            return None;
        }
        self.to.take(Delivery { body, content_type, compression, redelivered, history, queue, settle })
    }

    /// Stops in good order: no more deliveries, pending verdicts written, the rest requeued.
    async fn leave(&self, link: &dyn Link, channel: &dyn Channel, acks: &Acks) {
        let leaving = async {
            // Those of a paused listener are stopped already, which the broker does not mind.
            if let Err(error) = self.cancel(channel).await {
                return tracing::debug!("stopping to consume: {error}");
            }
            acks.written().await;
            channel.close().await;
            if let Some(queue) = &self.what.topology.own_queue
                && let Ok(channel) = link.open(false).await
            {
                // If it fails, the queue expires.
                let _ = channel.delete_queue(queue).await;
                channel.close().await;
            }
        };
        if timeout(STOP_LIMIT, leaving).await.is_err() {
            tracing::debug!("stopping to consume from {} took too long", self.name());
        }
    }
}

/// No verdict reaches the broker by this channel any more: without it, what it has delivered is delivered again.
fn unsettled(error: Result<BrokerError, oneshot::error::RecvError>) -> End {
    End::Lost(error.unwrap_or_else(|_| BrokerError::Lost("nothing is acknowledged any more".to_owned())))
}

fn lost() -> BrokerError {
    BrokerError::Lost("the connection is lost".to_owned())
}

#[cfg(test)]
#[path = "consumer_tests.rs"]
mod tests;
