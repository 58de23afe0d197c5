//! Keeps one listener consuming: declares, consumes, hands on deliveries, and starts again whenever the link,
//! the channel or a queue is lost.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, select_all};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::acks::Acks;
use super::broker::{BrokerError, Channel, Incoming, Link};
use super::declare::declare;
use super::supervisor::{Links, Up};
use super::topology::Topology;
use crate::transport::driver::{ConnectError, Delivery, Settle, StopListening};

/// The prefetch limit where none is asked for. The client library buffers without bound whatever the broker
/// sends, so there has to be one; early acknowledgement makes it go unnoticed.
const UNLIMITED: u16 = 1024;

/// How long stopping may take at most: what is not done then, the broker does when the channel is gone.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What a listener is made of.
pub(super) struct Consumption {
    pub(super) links: Links,
    pub(super) topology: Topology,
    /// 0 is no limit.
    pub(super) prefetch: u16,
    /// How long to wait before a queue is consumed from again.
    pub(super) pause: Duration,
    /// Longer messages are rejected.
    pub(super) max_body: usize,
}

/// A listener at work.
#[derive(Debug)]
pub(super) struct Consuming {
    pub(super) deliveries: mpsc::Receiver<Delivery>,
    pub(super) stop: Stop,
}

/// Ends a listener; dropping it does not.
#[derive(Debug)]
pub(super) struct Stop {
    ask: watch::Sender<bool>,
    ended: watch::Receiver<()>,
}

impl StopListening for Stop {
    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.ask.send_replace(true);
            // The task holds the sender until it ends, and sends nothing.
            let _ = timeout(STOP_LIMIT, self.ended.clone().changed()).await;
        })
    }
}

impl Consumption {
    /// Resolves once every queue is declared and consumed from; fails at once if the broker refuses that, and
    /// at `deadline` if there is no connection.
    pub(super) async fn start(self, handle: &Handle, deadline: Instant) -> Result<Consuming, ConnectError> {
        let (sender, deliveries) = mpsc::channel(usize::from(self.effective_prefetch()));
        let (ask, asked) = watch::channel(false);
        let (ending, ended) = watch::channel(());
        let (ready, started) = oneshot::channel();
        let links = self.links.clone();
        let session = Session { what: self, deliveries: sender, asked, ready: Some(ready) };
        handle.spawn(async move {
            session.run().await;
            drop(ending);
        });
        let stop = Stop { ask, ended };
        match timeout_at(deadline, started).await {
            Ok(Ok(Ok(()))) => Ok(Consuming { deliveries, stop }),
            Ok(Ok(Err(error))) => Err(ConnectError(error.to_string())),
            Ok(Err(_)) => Err(ConnectError("the transport is closed".to_owned())),
            Err(_) => {
                let why = links.trouble().unwrap_or_else(|| "the broker does not answer".to_owned());
                Err(ConnectError(format!("not listening in time: {why}")))
            }
        }
    }

    fn effective_prefetch(&self) -> u16 {
        if self.prefetch == 0 { UNLIMITED } else { self.prefetch }
    }
}

/// How a channel was left.
enum End {
    Lost(BrokerError),
    Stopped,
}

struct Session {
    what: Consumption,
    deliveries: mpsc::Sender<Delivery>,
    asked: watch::Receiver<bool>,
    /// Told of the first success, or of a refusal before it.
    ready: Option<oneshot::Sender<Result<(), BrokerError>>>,
}

impl Session {
    async fn run(mut self) {
        let mut links = self.what.links.clone();
        loop {
            let up = tokio::select! {
                biased;
                () = self.stopped() => return,
                up = links.up() => up,
            };
            let Ok(up) = up else { return };
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
            if links.has(up.epoch) {
                tracing::warn!("not consuming from {}: {error}", self.name());
                tokio::select! {
                    () = self.stopped() => return,
                    () = sleep(self.what.pause) => {}
                    () = links.gone(up.epoch) => {}
                }
            }
        }
    }

    /// Waits for the word to stop, or for the receiver of the deliveries to be dropped.
    async fn stopped(&self) {
        let mut asked = self.asked.clone();
        let told = async {
            // The handle may be dropped without a word.
            if asked.wait_for(|asked| *asked).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = told => {}
            () = self.deliveries.closed() => {}
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
        let acks = Acks::start(channel.clone());
        let mut links = self.what.links.clone();
        let mut stopped = pin!(self.stopped());
        let mut gone = pin!(links.gone(up.epoch));
        let end = loop {
            let incoming = tokio::select! {
                biased;
                () = &mut stopped => break End::Stopped,
                incoming = streams.next() => incoming,
                () = &mut gone => break End::Lost(lost()),
            };
            // The others are started over with the one that was lost; what they hold is redelivered.
            let Some(Some(incoming)) = incoming else {
                break End::Lost(BrokerError::Lost("a consumer has ended".to_owned()));
            };
            tokio::select! {
                biased;
                () = self.hand_on(incoming, &acks) => {}
                () = &mut stopped => break End::Stopped,
                () = &mut gone => break End::Lost(lost()),
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
    async fn consume(
        &self,
        link: &dyn Link,
    ) -> Result<(Arc<dyn Channel>, BoxStream<'static, Option<Incoming>>), BrokerError> {
        declare(link, &mut self.what.topology.steps.clone()).await?;
        let channel = link.open(false).await?;
        channel.prefetch(self.what.effective_prefetch()).await?;
        let mut streams = Vec::new();
        for consumer in &self.what.topology.consumers {
            let stream = channel.consume(consumer).await?;
            // The end of each stream has to be seen, which merging would hide.
            streams.push(stream.map(Some).chain(futures::stream::iter([None])));
        }
        Ok((channel, select_all(streams).boxed()))
    }

    async fn hand_on(&self, incoming: Incoming, acks: &Arc<Acks>) {
        let Incoming { tag, body, content_type, compression, redelivered } = incoming;
        let settle = Settle::new(acks.clone(), tag);
        if body.len() > self.what.max_body {
            let (size, limit) = (body.len(), self.what.max_body);
            tracing::warn!("a message from {} was rejected: {size} bytes, max_body={limit}", self.name());
            return settle.reject(false);
        }
        // An error means that the receiver was dropped, which stops this listener.
        let _ = self.deliveries.send(Delivery { body, content_type, compression, redelivered, settle }).await;
    }

    /// Stops in good order: no more deliveries, pending verdicts written, the rest requeued.
    async fn leave(&self, link: &dyn Link, channel: &dyn Channel, acks: &Acks) {
        let leaving = async {
            for consumer in &self.what.topology.consumers {
                if let Err(error) = channel.cancel(&consumer.tag).await {
                    return tracing::debug!("stopping to consume: {error}");
                }
            }
            acks.flush().await;
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

fn lost() -> BrokerError {
    BrokerError::Lost("the connection is lost".to_owned())
}
