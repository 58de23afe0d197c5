//! A running listener, and how it ends.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::attempts::Attempts;
use super::beside_pool;
use super::counters::{ListenerCounters, Tally};
use super::errands::Errands;
use super::error::ListenerError;
use super::log::Log;
use super::notifications::Notifications;
use super::receiver::Receiver;
use super::setup::Setup;
use crate::clock::after;
use crate::receiving::{
    Acknowledge, Claims, Duplicates, Ending, Forgotten, Forwarder, Memory, Order, Phase, Reader,
    ShutdownError, StopReason, Stopped, stop_listening,
};
use crate::transport::TransportError;
use crate::transport::driver::{Address, Delivery, ListenOptions, StopListening};

/// How long there is for what was cut off at the deadline to go back.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A running listener: see [`Listener::builder`]. Dropping it stops the taking of notifications at once; handlers that run
/// then finish by themselves, and their notifications are settled. [`shutdown`](Self::shutdown) waits for them, and
/// [`stopped`](Self::stopped) tells of a listener that ends by itself.
///
/// ```
/// use std::time::Duration;
///
/// use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority, Verdict};
/// use rpc_runtime::{Context, Transport};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let transport = Transport::connect("memory://").await?; // or rabbit://user:password@host:5672/
/// let (heard, mut hears) = tokio::sync::mpsc::unbounded_channel();
/// let endpoint = NotificationEndpoint::new(move |_: Context, event: Notification, meta: Meta| {
///     let told = heard.send((meta.publisher_id, event.event_type().to_owned()));
///     async move { if told.is_ok() { Verdict::Handled } else { Verdict::Requeue } }
/// });
/// let listener = Listener::builder(&transport)
///     .topic("notifications")
///     .endpoint(endpoint.priorities([Priority::Info]))
///     .start()
///     .await?;
///
/// let notifier = Notifier::builder(&transport).publisher_id("compute.host1").build()?;
/// notifier.info(&Context::request(), "compute.instance.create.end", &"i1").await?;
/// let told = hears.recv().await;
/// assert_eq!(told, Some((Some("compute.host1".to_owned()), "compute.instance.create.end".to_owned())));
/// listener.shutdown(Duration::from_secs(30)).await?;
/// # Ok(())
/// # }
/// ```
pub struct Listener {
    /// What the log calls it.
    who: Arc<str>,
    phase: watch::Sender<Phase>,
    workers: Arc<Semaphore>,
    worker_count: u32,
    notifications: Arc<Notifications>,
    stop: Arc<dyn StopListening>,
    receiving: Option<JoinHandle<mpsc::Receiver<Delivery>>>,
    stopped: Stopped,
}

impl Listener {
    /// Declares the queues and starts to receive.
    pub(super) async fn start(setup: Setup) -> Result<Self, ListenerError> {
        let Setup { transport, endpoints, sources, batch, acknowledge, redeliveries, .. } = setup;
        let (who, log) = (Arc::<str>::from(sources.to_string()), Log::default());
        let forwarder = setup.dead_letters.as_ref().zip(sources.dead_letters());
        let (phase, phases) = watch::channel(Phase::Serve);
        let forwarder = forwarder.map(|(dead, (exchange, topic))| {
            Arc::new(Forwarder::new(&transport, exchange, topic, dead, &log.received, phases.clone()))
        });
        let listen = ListenOptions { prefetch: setup.prefetch, dead_letters: setup.dead_topic };
        let listening = transport.driver().listen(Address::Notifications(sources.address()), listen).await;
        let listening = listening.map_err(TransportError::from)?;
        let worker_count = u32::try_from(setup.concurrency.min(Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let workers = Arc::new(Semaphore::new(worker_count as usize));
        let (format, limits) = (transport.driver().format(), transport.limits());
        let memory = Memory::new(setup.memory);
        let notifications = Arc::new(Notifications {
            endpoints,
            on_error: setup.on_error,
            on_unreadable: setup.on_unreadable,
            drained: sources.only_drained(),
            redeliveries,
            format,
            limits,
            memory: memory.clone(),
            forwarder,
            attempts: Attempts::default(),
            errands: Errands::default(),
            forgotten: Forgotten::default(),
            log,
            phases: phases.clone(),
            tally: Arc::<Tally>::default(),
        });
        let (ending, stopped) = Ending::new(Arc::clone(&who), phase.subscribe(), transport.watch());
        let receiver = Receiver {
            transport: transport.clone(),
            notifications: Arc::clone(&notifications),
            order: match acknowledge {
                Acknowledge::Early => Order::Early(Duplicates::new(setup.duplicates)),
                Acknowledge::Late => Order::Late(Claims::new(setup.duplicates)),
            },
            workers: Arc::clone(&workers),
            worker_count,
            stop: Arc::clone(&listening.stop),
            delivery_limit: transport.driver().delivery_limit(),
            reader: Reader::new(format, limits, memory),
            batch,
        };
        let receiving = tokio::spawn(receiver.run(listening.deliveries, ending));
        let beside_pool = sources.beside_pool();
        if !beside_pool.is_empty() {
            tokio::spawn(beside_pool::watch(transport, beside_pool, who.to_string(), phases));
        }
        tracing::info!(target = %who, "listening");
        let receiving = Some(receiving);
        Ok(Self {
            who,
            phase,
            workers,
            worker_count,
            notifications,
            stop: listening.stop,
            receiving,
            stopped,
        })
    }

    /// What it listens to, for logs.
    #[cfg(feature = "service")]
    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> ListenerCounters {
        self.notifications.tally.read()
    }

    /// Waits until the listener takes no more notifications, and tells why: for a supervisor, as a listener whose transport
    /// is closed, or that fails, ends without anybody having asked.
    ///
    /// It says nothing of the handlers that run then: [`shutdown`](Self::shutdown) waits for those, also after this. Any
    /// number may wait, before and after the fact, and the future lives on when the listener is shut down or dropped.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub fn stopped(&self) -> impl Future<Output = StopReason> + Send + use<> {
        self.stopped.reason()
    }

    /// Stops taking notifications, and lets handlers that run finish for at most `within`.
    ///
    /// A batch that is not full is handled as it is. What no handler had started goes back to its queue, and so does at once
    /// what was kept to go back later.
    ///
    /// # Errors
    /// [`ShutdownError`] if handlers were still running after `within`: they are cut off. Their notifications go back to
    /// their queue, or are lost if they were acknowledged early. A batch counts as one.
    ///
    /// # Cancel safety
    /// Dropping the future before it is done is like dropping the listener: handlers that run then, and were not cut off
    /// yet, finish by themselves.
    pub async fn shutdown(mut self, within: Duration) -> Result<(), ShutdownError> {
        let deadline = after(within);
        self.phase.send_replace(Phase::Drain);
        // Left in its place until all is done: if this future is dropped, so is the listener, as if by itself.
        let receiving = self.receiving.as_mut();
        let finished = timeout_at(deadline, self.workers.acquire_many(self.worker_count)).await;
        let finished = finished.is_ok_and(|permits| permits.is_ok());
        let cut_off =
            if finished { 0 } else { self.worker_count as usize - self.workers.available_permits() };
        self.phase.send_replace(Phase::Abort);
        let last = deadline.max(Instant::now()) + if cut_off == 0 { Duration::ZERO } else { LAST_WORDS };
        drop(timeout_at(last, self.workers.acquire_many(self.worker_count)).await);
        self.notifications.errands.over(last).await;
        if let Some(receiving) = receiving
            // What is settled is settled by the channel that this one keeps open and then stops.
            && !matches!(timeout_at(last, &mut *receiving).await, Ok(Ok(_)))
        {
            receiving.abort();
            stop_listening(&*self.stop, &self.who, last).await;
        }
        self.receiving = None;
        tracing::info!(target = %self.who, cut_off, "stopped");
        ShutdownError::unless_none(cut_off)
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listener({})", self.who)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.receiving.take().is_some() {
            // Not aborted: what it has taken is to be handled. What a shutdown has cut off stays so.
            self.phase.send_modify(|phase| *phase = Phase::Leave.max(*phase));
        }
    }
}
