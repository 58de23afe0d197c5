//! Keeps one listener consuming: declares, consumes, hands on deliveries, and starts again whenever the link,
//! the channel or a queue is lost.

mod stream;

use std::future::pending;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::stream::{Doubt, is_there};
use super::acks::Acks;
use super::declare::{costs_the_connection, declare, is_mistaken};
use super::intake::{Intake, To};
use super::library::{BrokerError, Channel, Consuming, Link, Links, Up};
use super::position::Position;
use super::retry::Retry;
use super::topology::{Consume, Topology, give_up_cancelling, refuses_cancelling};
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::text::printable;
use crate::transport::connection::jittered;
use crate::transport::driver::{CLOSED, Settler, StopListening};

/// The prefetch limit where none is asked for. Whatever the broker sends has to be kept until it is taken, so there has
/// to be one; early acknowledgement makes it go unnoticed.
const UNLIMITED: u16 = 1024;

/// How long stopping may take at most: what is not done then, the broker does when the channel is gone.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What a listener is made of.
pub(super) struct Consumption {
    pub(super) links: Links,
    pub(super) topology: Topology,
    /// 0 is no limit.
    pub(super) prefetch: u16,
    /// How long to wait before a queue is consumed from again, for the first time.
    pub(super) pause: Duration,
    /// How often everything is declared again.
    pub(super) redeclare: Duration,
    /// Of longer messages servers get no more than whose they are.
    pub(super) max_body: usize,
}

/// Ends a listener; so does dropping it.
#[derive(Debug)]
pub(super) struct Stop {
    ask: watch::Sender<Asked>,
    /// Turns true once nothing more is handed on.
    paused: watch::Receiver<bool>,
    ended: watch::Receiver<()>,
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

impl Drop for Stop {
    fn drop(&mut self) {
        self.ask.send_replace(Asked::Stop);
    }
}

/// A listener that has begun to declare what it needs; dropping it ends that.
pub(super) struct Starting {
    stop: Stop,
    links: Links,
    started: oneshot::Receiver<Result<(), BrokerError>>,
    /// What the last attempt has failed with.
    failed: watch::Receiver<Option<BrokerError>>,
}

impl Starting {
    /// Resolves once every queue is declared and consumed from; fails at once if the broker refuses that, and
    /// at `deadline` if there is no connection. What has failed leaves nothing behind.
    pub(super) async fn done(self, deadline: Instant) -> Result<Stop, Fault> {
        let Self { stop, links, started, failed } = self;
        match timeout_at(deadline, started).await {
            Ok(Ok(Ok(()))) => Ok(stop),
            Ok(Ok(Err(error))) => Err(error.into()),
            Ok(Err(_)) => Err(Fault::new(FaultKind::Closed, CLOSED)),
            Err(_) => {
                let silent = || Fault::new(FaultKind::NoAnswer, "the broker does not answer");
                let last = || failed.borrow().clone().map(Fault::from);
                let fault = links.fault().or_else(last).unwrap_or_else(silent);
                Err(Fault { why: format!("not listening in time: {}", fault.why), ..fault })
            }
        }
    }
}

impl Consumption {
    /// Begins, in a task of its own.
    pub(super) fn start(self, to: To, handle: &Handle) -> Starting {
        let (ask, asked) = watch::channel(Asked::Go);
        let (pausing, paused) = watch::channel(false);
        let (ending, ended) = watch::channel(());
        let (ready, started) = oneshot::channel();
        let (failing, failed) = watch::channel(None);
        let links = self.links.clone();
        let queues: Vec<&str> = self.topology.consumers.iter().map(|consumer| &*consumer.queue).collect();
        let name = printable(&queues.join(", "));
        let of_stream = self.topology.consumers.iter().any(Consume::is_of_stream);
        let session = Session {
            retry: Retry::new(self.pause),
            possible: Mutex::new(self.topology.clone()),
            what: self,
            name,
            to: Arc::new(to),
            asked,
            pausing,
            ready: Some(ready),
            failing,
            harmful: false,
            position: of_stream.then(Arc::default),
        };
        handle.spawn(async move {
            session.run().await;
            drop(ending);
        });
        Starting { stop: Stop { ask, paused, ended }, links, started, failed }
    }

    pub(super) fn effective_prefetch(&self) -> u16 {
        if self.prefetch == 0 { UNLIMITED } else { self.prefetch }
    }
}

/// What is consumed on one channel.
struct Open {
    channel: Arc<dyn Channel>,
    acks: Arc<Acks>,
    /// Told of the first acknowledgement that can't be written.
    failed: oneshot::Receiver<BrokerError>,
    intake: Arc<Intake>,
    consuming: Vec<Consuming>,
}

/// How a channel was left.
enum End {
    Lost(BrokerError),
    Stopped,
}

struct Session {
    what: Consumption,
    /// The queues, for the log.
    name: String,
    to: Arc<To>,
    asked: watch::Receiver<Asked>,
    pausing: watch::Sender<bool>,
    /// Told of the first success, or of a refusal before it.
    ready: Option<oneshot::Sender<Result<(), BrokerError>>>,
    /// Told of each failure, for who waits for the first success.
    failing: watch::Sender<Option<BrokerError>>,
    retry: Retry,
    /// Whether to try is known to cost the connection.
    harmful: bool,
    /// What is declared and consumed from: what was asked for, as far as it is known to be possible.
    possible: Mutex<Topology>,
    /// How far it has come, if it reads a stream.
    position: Option<Arc<Position>>,
}

impl Session {
    async fn run(mut self) {
        let mut links = self.what.links.clone();
        let mut epoch = None;
        // The connection by which a consumer has ended without a word: was it lost, that is why.
        let mut ended_in = None;
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
            if let Some(position) = &self.position
                && ended_in == Some(up.epoch)
            {
                // Its stream is gone, and another one counts anew. Python does the same.
                position.forget();
            }
            if epoch.replace(up.epoch) != Some(up.epoch) {
                // Maybe another broker, and certainly one whose channels are all there.
                if !self.harmful {
                    self.retry.restart();
                }
                *lock(&self.possible) = self.what.topology.clone();
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
            ended_in = matches!(error, BrokerError::Ended(_)).then_some(up.epoch);
            self.failing.send_replace(Some(error.clone()));
            // Each attempt takes the connection from all who share it.
            self.harmful |= costs_the_connection(&error);
            // A connection that is lost or closed has its own line in the log.
            let gone = match &error {
                BrokerError::Refused(..) if self.harmful => false,
                BrokerError::Refused(..) => !links.has(up.epoch),
                _ => links.turns_out_gone(up.epoch).await,
            };
            if gone {
                continue;
            }
            let (pause, news) = self.retry.fails(&error);
            match news {
                true => tracing::warn!("not consuming from {}: {}", self.name, printable(&error.to_string())),
                false => tracing::debug!("still not consuming from {}: {error}", self.name),
            }
            tokio::select! {
                () = self.stopped() => return,
                () = self.told(Asked::Pause) => {}
                () = sleep(pause) => {}
                () = links.gone(up.epoch), if !self.harmful => {}
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

    /// Consumes on one channel for as long as it is good.
    async fn serve(&mut self, up: &Up) -> End {
        let open = match self.consume(&*up.connection).await {
            Ok(open) => open,
            Err(error) => return End::Lost(error),
        };
        match self.ready.take() {
            Some(ready) => drop(ready.send(Ok(()))),
            None => tracing::info!("consuming again from {}", self.name),
        }
        self.retry.works();
        self.harmful = false;
        let Open { channel, acks, mut failed, intake, mut consuming } = open;
        let mut links = self.what.links.clone();
        let mut stopped = pin!(self.stopped());
        let mut gone = pin!(links.gone(up.epoch));
        let end = tokio::select! {
            biased;
            () = &mut stopped => Some(End::Stopped),
            () = self.told(Asked::Pause) => None,
            error = &mut failed => Some(unsettled(error)),
            error = self.keep_declared(&*up.connection) => Some(End::Lost(error)),
            () = intake.hand_on_held() => Some(End::Stopped),
            // What this channel has delivered and nobody settled is redelivered.
            error = one_ends(&mut consuming) => Some(End::Lost(error)),
            () = &mut gone => Some(End::Lost(lost())),
        };
        let end = match end {
            Some(end) => end,
            None => {
                intake.rest();
                tokio::select! {
                    biased;
                    () = &mut stopped => End::Stopped,
                    () = self.rest(&*channel, &mut consuming) => End::Stopped,
                    error = &mut failed => unsettled(error),
                    () = &mut gone => End::Lost(lost()),
                }
            }
        };
        intake.leave();
        if let End::Lost(_) = &end {
            acks.lose();
        }
        match &end {
            End::Stopped => self.leave(&*up.connection, &*channel, &acks).await,
            End::Lost(_) if self.what.links.has(up.epoch) => channel.close().await,
            End::Lost(_) => {}
        }
        end
    }

    /// Declares everything, then consumes on a new channel.
    async fn consume(&self, link: &dyn Link) -> Result<Open, BrokerError> {
        if let (Some(position), None) = (&self.position, &self.ready) {
            for consumer in &self.what.topology.consumers {
                if !is_there(link, &consumer.queue).await? {
                    // Whoever makes it: all in it is new.
                    position.restart();
                }
            }
        }
        self.declare(link).await?;
        loop {
            match self.open(link).await {
                Err(BrokerError::Refused(_, why))
                    if refuses_cancelling(&why)
                        && give_up_cancelling(&mut lock(&self.possible).consumers) =>
                {
                    tracing::debug!("consuming from {} without an argument: {why}", self.name);
                }
                opened => return opened,
            }
        }
    }

    /// Consumes from all queues on a new channel.
    async fn open(&self, link: &dyn Link) -> Result<Open, BrokerError> {
        let channel = link.open(false).await?;
        let prefetch = self.what.effective_prefetch();
        channel.prefetch(prefetch).await?;
        let (acks, failed) = Acks::start(channel.clone(), prefetch, self.position.is_some());
        let intake = Intake::new(&self.to, acks.clone(), self.what.max_body, self.position.clone());
        let mut consumers = lock(&self.possible).consumers.clone();
        if let Some(position) = &self.position {
            consumers = consumers.into_iter().map(|it| it.starting_at(position.argument())).collect();
        }
        let mut consuming = Vec::new();
        for consumer in &consumers {
            let (intake, queue) = (intake.clone(), consumer.queue.clone());
            let take = Box::new(move |delivery| intake.take(&queue, delivery));
            consuming.push(channel.consume(consumer, take).await?);
        }
        Ok(Open { channel, acks, failed, intake, consuming })
    }

    /// Declares everything, and remembers what could not be as it was asked for: each time to find out costs a
    /// channel.
    async fn declare(&self, link: &dyn Link) -> Result<(), BrokerError> {
        let mut steps = lock(&self.possible).steps.clone();
        let declared = declare(link, &mut steps).await;
        if declared.as_ref().is_err_and(|error| is_mistaken(error, &steps)) {
            // What was joined is not there any more.
            steps = self.what.topology.steps.clone();
        }
        lock(&self.possible).steps = steps;
        declared
    }

    /// Declares everything again and again, until a queue turns out to have no consumer: RabbitMQ can forget those
    /// of a quorum queue that begin while it has no leader, and says so to nobody.
    async fn keep_declared(&self, link: &dyn Link) -> BrokerError {
        let mut retry = Retry::new(self.what.redeclare);
        let mut pause = jittered(self.what.redeclare);
        let mut doubt = self.position.as_ref().and_then(|position| position.next()).map(Doubt::new);
        loop {
            sleep(pause).await;
            pause = match self.declare_again(link, doubt.as_mut()).await {
                Ok(None) => {
                    retry.restart();
                    jittered(self.what.redeclare)
                }
                Ok(Some(why)) => return BrokerError::Lost(why),
                Err(error) => {
                    // What is consumed from is there; who can't be reached is told by the broker.
                    tracing::debug!("not declared again: {}: {error}", self.name);
                    retry.fails(&error).0
                }
            }
        }
    }

    /// Declares everything; why its consumers are of no use, if so.
    async fn declare_again(
        &self,
        link: &dyn Link,
        mut doubt: Option<&mut Doubt>,
    ) -> Result<Option<String>, BrokerError> {
        self.declare(link).await?;
        let channel = link.open(false).await?;
        let mut why = None;
        for consumer in &self.what.topology.consumers {
            let counts = channel.count(&consumer.queue).await?;
            match (&self.position, &mut doubt) {
                (None, _) if counts.consumers == 0 => {
                    why.get_or_insert_with(|| format!("the consumer of {} is forgotten", consumer.queue));
                }
                (Some(position), Some(doubt)) => {
                    let next = position.next();
                    if doubt.is_another(link, consumer, counts.messages, next).await? {
                        position.restart();
                        why.get_or_insert_with(|| {
                            format!("{} is another stream than before", consumer.queue)
                        });
                    }
                }
                _ => {}
            }
        }
        channel.close().await;
        Ok(why)
    }

    /// Stops the consumers, has returned what was not handed on, and waits to be stopped.
    async fn rest(&self, channel: &dyn Channel, consuming: &mut [Consuming]) {
        if let Err(error) = self.cancel(channel).await {
            tracing::debug!("pausing: {error}");
        }
        // Each ends after what came before the broker's answer.
        join_all(consuming.iter_mut().map(Consuming::ended)).await;
        self.pausing.send_replace(true);
        self.stopped().await;
    }

    async fn cancel(&self, channel: &dyn Channel) -> Result<(), BrokerError> {
        for consumer in &self.what.topology.consumers {
            channel.cancel(&consumer.tag).await?;
        }
        Ok(())
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
            tracing::debug!("stopping to consume from {} took too long", self.name);
        }
    }
}

/// Why the first of them has ended.
async fn one_ends(consuming: &mut [Consuming]) -> BrokerError {
    let mut ends: FuturesUnordered<_> = consuming.iter_mut().map(Consuming::ended).collect();
    match ends.next().await {
        Some(error) => error,
        None => pending().await,
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
mod tests;
