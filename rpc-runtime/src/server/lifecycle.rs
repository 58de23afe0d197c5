//! A running server, and how it ends.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::counters::{Counters, Tally};
use super::error::ServerError;
use super::heartbeats::Heartbeats;
use super::log::Log;
use super::receiver::{Finishes, Receiver};
use super::replier::Replier;
use super::requests::Requests;
use super::setup::Setup;
use crate::clock::after;
use crate::contained::contained;
use crate::receiving::{
    Acknowledge, Claims, Duplicates, Ending, Forgotten, Forwarder, Memory, Order, Phase, Reader,
    ShutdownError, StopReason, Stopped, stop_listening,
};
use crate::target::Target;
use crate::text::printable;
use crate::transport::TransportError;
use crate::transport::driver::{Delivery, ServerAddress, StopListening};

/// How long handlers that were cut off at the deadline have to send their failure.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A running server. Dropping it stops the taking of requests at once, which is warned of in the log; handlers that run then
/// finish by themselves, and with [`Acknowledge::Late`] acknowledge their requests.
/// [`shutdown`](Self::shutdown) waits for them, and [`stopped`](Self::stopped) tells of a server that ends
/// by itself; [`run`](Self::run) does both for a process that is one server.
#[derive(Debug)]
#[must_use = "a server ends when it is dropped: keep it and shut it down, or `run` it"]
pub struct Server {
    target: Target,
    /// The same for logs: a name may have any characters.
    who: Arc<str>,
    phase: watch::Sender<Phase>,
    workers: Arc<Semaphore>,
    worker_count: u32,
    replier: Arc<Replier>,
    stop: Arc<dyn StopListening>,
    receiving: Option<JoinHandle<mpsc::Receiver<Delivery>>>,
    stopped: Stopped,
    acknowledge: Acknowledge,
    tally: Arc<Tally>,
    shutdown_within: Duration,
}

impl Server {
    /// Declares its queues and starts to receive.
    pub(super) async fn start(setup: Setup) -> Result<Self, ServerError> {
        let Setup { transport, target, endpoints, listen, observer, acknowledge, .. } = setup;
        let address = ServerAddress {
            exchange: target.exchange().map_or_else(|| transport.control_exchange(), Into::into),
            topic: target.topic().into(),
            server: target.server().unwrap_or_default().into(),
        };
        let forwarder = setup.dead_letters.as_ref();
        let log = Arc::<Log>::default();
        let (phase, phases) = watch::channel(Phase::Serve);
        let forwarder = forwarder.map(|dead| {
            let ServerAddress { exchange, topic, .. } = &address;
            Arc::new(Forwarder::new(&transport, exchange, topic, dead, &log.received, phases.clone()))
        });
        let listener =
            transport.driver().listen(address.into(), listen).await.map_err(TransportError::from)?;
        let worker_count = u32::try_from(setup.workers.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let workers = Arc::new(Semaphore::new(worker_count as usize));
        let tally = Arc::<Tally>::default();
        let memory = setup.memory / 2;
        let replier = Arc::new(Replier::new(&transport, memory, Arc::clone(&tally), Arc::clone(&log)));
        let (format, limits) = (transport.driver().format(), transport.limits());
        let memory = Memory::new(memory);
        let reader = Reader::new(format, limits, memory.clone());
        let requests = Requests {
            endpoints,
            format,
            limits,
            observer,
            forwarder,
            heartbeats: Heartbeats::new(&transport, &replier),
            replier: Arc::clone(&replier),
            memory,
            panics: setup.panics,
            forgotten: Forgotten::default(),
            log,
            phases,
            tally: Arc::clone(&tally),
        };
        let receiver = Receiver {
            requests: Arc::new(requests),
            order: match acknowledge {
                Acknowledge::Early => Order::Early(Duplicates::new(setup.duplicates)),
                Acknowledge::Late => Order::Late(Claims::new(setup.duplicates)),
            },
            workers: Arc::clone(&workers),
            worker_count,
            stop: Arc::clone(&listener.stop),
            delivery_limit: transport.driver().delivery_limit(),
            finishes: Finishes::over(transport.driver().abilities()),
            is_leaving: false,
            reader,
        };
        let who: Arc<str> = printable(&target.to_string()).into();
        let (ending, stopped) = Ending::new(Arc::clone(&who), phase.subscribe(), transport.watch());
        let receiving = tokio::spawn(receiver.run(listener.deliveries, ending));
        tracing::info!(target = %who, "serving");
        Ok(Self {
            target,
            who,
            phase,
            workers,
            worker_count,
            replier,
            stop: listener.stop,
            receiving: Some(receiving),
            stopped,
            acknowledge,
            tally,
            shutdown_within: setup.shutdown_within,
        })
    }

    /// What the server listens to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Its target, for logs.
    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    pub(super) fn shutdown_within(&self) -> Duration {
        self.shutdown_within
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// Waits until the server takes no more requests, and tells why: for a supervisor, as a server whose
    /// transport is closed, or that fails, ends without anybody having asked.
    ///
    /// It says nothing of the handlers that run then: [`shutdown`](Self::shutdown) waits for those, also
    /// after this. Any number may wait, before and after the fact, and the future lives on when the server
    /// is shut down or dropped.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    ///
    /// ```
    /// use std::time::Duration;
    /// use rpc_runtime::Server;
    ///
    /// async fn serve(server: Server, asked: impl Future<Output = ()>) -> Result<(), String> {
    ///     let end = tokio::select! {
    ///         reason = server.stopped() => Err(format!("the server has stopped: {reason}")),
    ///         () = asked => Ok(()),
    ///     };
    ///     server.shutdown(Duration::from_secs(30)).await.map_err(|error| error.to_string())?;
    ///     end
    /// }
    /// ```
    pub fn stopped(&self) -> impl Future<Output = StopReason> + Send + use<> {
        self.stopped.reason()
    }

    /// Waits until no handler runs and no reply is on its way.
    #[cfg(test)]
    pub(super) async fn idle(&self) {
        // The receiving task holds one permit while it waits for the next message.
        drop(self.workers.acquire_many(self.worker_count - 1).await);
        self.replier.drained(after(Duration::from_secs(3600))).await;
    }

    /// Stops taking requests, lets those that run finish for at most `within`, sends their replies.
    ///
    /// Requests that no handler had started go back to their queue; on a bus without queues they are executed as well.
    /// The server's own queues stay, except for the one of fanouts, so what arrives meanwhile waits for the next server. With
    /// [`Acknowledge::Late`] a request whose reply the broker has not taken by then goes back, too.
    ///
    /// # Errors
    /// [`ShutdownError`] if handlers were still running after `within`: they are cut off, and
    /// their callers get a failure that says so. With [`Acknowledge::Late`] their requests go back
    /// to their queue instead.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done is like dropping the server: handlers that run then, and were not cut
    /// off yet, finish by themselves, and nothing is executed twice.
    pub async fn shutdown(mut self, within: Duration) -> Result<(), ShutdownError> {
        let deadline = after(within);
        self.phase.send_replace(Phase::Drain);
        let late = self.acknowledge == Acknowledge::Late;
        // Left in its place until all is done: if this future is dropped, so is the server, as if by itself.
        let mut receiving = self.receiving.as_mut();
        if !late {
            if let Some(receiving) = receiving.as_deref_mut() {
                // It ends at once if the broker answers; a panic in it would end it as well.
                drop(timeout_at(deadline, receiving).await);
            }
            stop_listening(&*self.stop, &self.who, deadline).await;
        }
        // The handlers run meanwhile: a broker that does not answer costs them nothing of their time. Nor are their workers taken
        // before, as what was delivered may still need one.
        let finished = timeout_at(deadline, self.workers.acquire_many(self.worker_count)).await;
        let finished = finished.is_ok_and(|permits| permits.is_ok());
        let cut_off =
            if finished { 0 } else { self.worker_count as usize - self.workers.available_permits() };
        self.phase.send_replace(Phase::Abort);
        let last = deadline.max(Instant::now()) + if cut_off == 0 { Duration::ZERO } else { LAST_WORDS };
        // A worker is given back once its reply has a slot, so after the workers the replies.
        drop(timeout_at(last, self.workers.acquire_many(self.worker_count)).await);
        self.replier.drained(last).await;
        if late && let Some(receiving) = receiving {
            // What is acknowledged late is acknowledged by the channel that this one keeps open and then stops.
            let ended = timeout_at(last, &mut *receiving).await;
            if !matches!(ended, Ok(Ok(_))) {
                receiving.abort();
                stop_listening(&*self.stop, &self.who, last).await;
            }
        }
        self.receiving = None;
        tracing::info!(target = %self.who, cut_off, "stopped");
        ShutdownError::unless_none(cut_off)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(receiving) = self.receiving.take() {
            // Not aborted: what it has acknowledged is to be executed. What a shutdown has cut off stays so.
            self.phase.send_modify(|phase| *phase = Phase::Leave.max(*phase));
            // One that has stopped by itself was in the log then.
            if !receiving.is_finished() {
                contained(
                    || tracing::warn!(target = %self.who, "dropped before it was shut down, a server ends"),
                );
            }
        }
    }
}
