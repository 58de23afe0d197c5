//! A running server, and how it ends.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::acknowledge::Acknowledge;
use super::claims::Claims;
use super::counters::{Counters, Tally};
use super::duplicates::Duplicates;
use super::error::{ServerError, ShutdownError};
use super::forwarder::Forwarder;
use super::panics::panic_text;
use super::phase::Phase;
use super::receiver::{Order, Receiver};
use super::replier::Replier;
use super::requests::Requests;
use super::setup::Setup;
use super::stop_reason::{Ending, StopReason, Stopped};
use crate::clock::after;
use crate::rare_log::RareLog;
use crate::target::Target;
use crate::transport::TransportError;
use crate::transport::driver::{Delivery, ServerAddress, StopListening};

/// How long handlers that were cut off at the deadline have to send their failure.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A running server. Dropping it stops the taking of requests at once; handlers that run then
/// finish by themselves, and with [`Acknowledge::Late`] acknowledge their requests.
/// [`shutdown`](Self::shutdown) waits for them, and [`stopped`](Self::stopped) tells of a server that ends
/// by itself.
#[derive(Debug)]
pub struct Server {
    target: Target,
    phase: watch::Sender<Phase>,
    workers: Arc<Semaphore>,
    worker_count: u32,
    replier: Arc<Replier>,
    stop: Arc<dyn StopListening>,
    receiving: Option<JoinHandle<Option<mpsc::Receiver<Delivery>>>>,
    stopped: Stopped,
    acknowledge: Acknowledge,
    tally: Arc<Tally>,
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
        let forwarder = forwarder.map(|dead| Arc::new(Forwarder::new(&transport, &address, dead)));
        let listener = transport.driver().listen(address, listen).await.map_err(TransportError::from)?;
        let (phase, phases) = watch::channel(Phase::Serve);
        let worker_count = u32::try_from(setup.workers.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let workers = Arc::new(Semaphore::new(worker_count as usize));
        let tally = Arc::<Tally>::default();
        let replier = Arc::new(Replier::new(&transport, Arc::clone(&tally)));
        let requests = Requests {
            endpoints,
            format: transport.driver().format(),
            limits: transport.limits(),
            observer,
            forwarder,
            replier: Arc::clone(&replier),
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
            undecodable: RareLog::default(),
        };
        let (ending, stopped) = Ending::new(target.clone(), phase.subscribe(), transport.watch());
        let receiving = tokio::spawn(async move {
            let outcome = AssertUnwindSafe(receiver.run(listener.deliveries)).catch_unwind().await;
            ending.tell(outcome.as_ref().err().map(|panic| panic_text(&**panic).to_owned()));
            outcome.ok()
        });
        tracing::info!(%target, "serving");
        Ok(Self {
            target,
            phase,
            workers,
            worker_count,
            replier,
            stop: listener.stop,
            receiving: Some(receiving),
            stopped,
            acknowledge,
            tally,
        })
    }

    /// What the server listens to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
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
    /// is shut down or dropped. Dropping it loses nothing.
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
    /// Requests that no handler had started go back to their queue. The server's own queues stay,
    /// except for the one of fanouts, so what arrives meanwhile waits for the next server. With
    /// [`Acknowledge::Late`] a request whose reply the broker has not taken by then goes back, too.
    ///
    /// # Errors
    /// [`ShutdownError`] if handlers were still running after `within`: they are cut off, and
    /// their callers get a failure that says so. With [`Acknowledge::Late`] their requests go back
    /// to their queue instead.
    pub async fn shutdown(mut self, within: Duration) -> Result<(), ShutdownError> {
        let deadline = after(within);
        self.phase.send_replace(Phase::Drain);
        let receiving = self.receiving.take();
        let stream = async {
            // It ends at once if the broker answers; a panic in it would end it as well.
            match receiving {
                Some(receiving) => timeout_at(deadline, receiving).await.ok()?.ok().flatten(),
                None => None,
            }
        };
        // Not the handlers' time: a broker that does not answer must not cost them theirs.
        let stopping = async {
            let stream = stream.await;
            if self.acknowledge == Acknowledge::Late {
                return stream;
            }
            drop(stream);
            self.stop_listening(deadline).await;
            None
        };
        let finished = async {
            let idle = timeout_at(deadline, self.workers.acquire_many(self.worker_count)).await;
            idle.is_ok_and(|permits| permits.is_ok())
        };
        let (stream, finished) = tokio::join!(stopping, finished);
        let cut_off =
            if finished { 0 } else { self.worker_count as usize - self.workers.available_permits() };
        self.phase.send_replace(Phase::Abort);
        let last = deadline.max(Instant::now()) + if cut_off == 0 { Duration::ZERO } else { LAST_WORDS };
        // A worker is given back once its reply has a slot, so after the workers the replies.
        drop(timeout_at(last, self.workers.acquire_many(self.worker_count)).await);
        self.replier.drained(last).await;
        if self.acknowledge == Acknowledge::Late {
            // Only now: what is acknowledged late is acknowledged by this channel.
            self.stop_listening(last).await;
        }
        drop(stream);
        tracing::info!(target = %self.target, cut_off, "stopped");
        if cut_off == 0 { Ok(()) } else { Err(ShutdownError { cut_off }) }
    }

    async fn stop_listening(&self, deadline: Instant) {
        if timeout_at(deadline, self.stop.stop()).await.is_err() {
            tracing::warn!(target = %self.target, "the broker did not confirm in time that consuming has stopped");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.receiving.take().is_some() {
            // Not aborted: what it has acknowledged is to be executed.
            self.phase.send_replace(Phase::Leave);
        }
    }
}
