//! Keeps one connection up: connects, watches, reconnects to the next host, and tells everybody who uses it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::broker::{Broker, Link, LinkEvent};
use super::state::{Backoff, Happening, Machine, State};
use crate::transport::options::AmqpOptions;
use crate::transport::url::Host;

/// What is said when the transport was closed on purpose.
const CLOSED: &str = "the transport is closed";

/// What one connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Send,
    Listen,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Send => "send",
            Purpose::Listen => "listen",
        }
    }
}

/// A connection for as long as the transport lives.
#[derive(Debug)]
pub(super) struct Supervisor {
    status: watch::Receiver<Status>,
    /// Set once: when the connection has to be closed.
    close_by: watch::Sender<Option<Instant>>,
}

/// The state of a connection and, if it is up, the connection.
#[derive(Debug, Clone)]
struct Status {
    state: State,
    link: Option<Arc<dyn Link>>,
    /// For each host why it could not be connected to, the last time it was tried.
    failures: BTreeMap<String, String>,
}

/// The view that users of the connection have.
#[derive(Debug, Clone)]
pub(super) struct Links(watch::Receiver<Status>);

/// A connection that can be used.
#[derive(Debug, Clone)]
pub(super) struct Up {
    pub(super) epoch: u64,
    pub(super) link: Arc<dyn Link>,
}

impl Supervisor {
    /// Starts to connect to `hosts`, in random order, on the runtime of `handle`.
    pub(super) fn start(
        purpose: Purpose,
        broker: Arc<dyn Broker>,
        mut hosts: Vec<Host>,
        options: &AmqpOptions,
        handle: &Handle,
    ) -> Self {
        hosts.sort_by_cached_key(|_| uuid::Uuid::new_v4());
        let machine = Machine::new(Backoff {
            hosts: u32::try_from(hosts.len()).unwrap_or(u32::MAX),
            first: options.rabbit_retry_interval,
            increment: options.rabbit_retry_backoff,
            longest: options.rabbit_interval_max,
        });
        let status = Status { state: machine.state.clone(), link: None, failures: BTreeMap::new() };
        let (status_sender, status) = watch::channel(status);
        let (close_by, closing) = watch::channel(None);
        let keeper = Keeper { purpose, broker, hosts, machine, status: status_sender, closing };
        handle.spawn(keeper.run());
        Self { status, close_by }
    }

    pub(super) fn links(&self) -> Links {
        Links(self.status.clone())
    }

    /// Waits for the first connection; the error names every host that was tried and why it failed.
    pub(super) async fn connected(&self, deadline: Instant) -> Result<(), String> {
        let why = match timeout_at(deadline, self.links().up()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(reason)) => reason,
            Err(_) => "no connection in time".to_owned(),
        };
        let failures = self.status.borrow().failures.clone();
        if failures.is_empty() {
            return Err(format!("RabbitMQ: {why}"));
        }
        let hosts: Vec<_> = failures.iter().map(|(host, why)| format!("{host}: {why}")).collect();
        Err(format!("RabbitMQ: {why}; {}", hosts.join("; ")))
    }

    /// Closes the connection, in good order if `deadline` allows.
    pub(super) async fn close(&self, deadline: Instant) {
        self.close_by.send_replace(Some(deadline));
        let mut status = self.status.clone();
        let closed = status.wait_for(|status| matches!(status.state, State::Closed { .. }));
        // An error is an end as well: the runtime is gone, and the connection with it.
        if timeout_at(deadline, closed).await.is_err() {
            self.kill();
        }
    }

    /// Cuts the connection.
    pub(super) fn kill(&self) {
        if let Some(link) = &self.status.borrow().link {
            link.kill();
        }
    }
}

impl Links {
    /// Waits until the connection is up and takes messages; fails when it is closed for good.
    pub(super) async fn up(&mut self) -> Result<Up, String> {
        loop {
            {
                let status = self.0.borrow_and_update();
                match (&status.state, &status.link) {
                    (State::Ready { epoch }, Some(link)) => {
                        return Ok(Up { epoch: *epoch, link: link.clone() });
                    }
                    (State::Closed { reason }, _) => return Err(reason.clone()),
                    _ => {}
                }
            }
            self.0.changed().await.map_err(|_| CLOSED.to_owned())?;
        }
    }

    /// Waits until the state changes.
    pub(super) async fn changed(&mut self) {
        // An error means that there is no connection any more, which `has` says too.
        let _ = self.0.changed().await;
    }

    /// Waits until the connection `epoch` is gone; a blocked one is not.
    pub(super) async fn gone(&mut self, epoch: u64) {
        let _ = self.0.wait_for(|status| status.state.epoch() != Some(epoch)).await;
    }

    /// Whether the connection `epoch` is there, blocked or not.
    pub(super) fn has(&self, epoch: u64) -> bool {
        !self.orphaned() && self.0.borrow().state.epoch() == Some(epoch)
    }

    /// Whether the connection `epoch` is there and takes no messages.
    pub(super) fn blocked(&self, epoch: u64) -> bool {
        matches!(&self.0.borrow().state, State::Blocked { epoch: current, .. } if *current == epoch)
    }

    /// Why there is no connection that takes messages, if so.
    pub(super) fn trouble(&self) -> Option<String> {
        if self.orphaned() {
            return Some(CLOSED.to_owned());
        }
        match &self.0.borrow().state {
            State::Ready { .. } => None,
            state => Some(state.to_string()),
        }
    }

    /// Whether the supervisor is gone, and its runtime with it.
    fn orphaned(&self) -> bool {
        self.0.has_changed().is_err()
    }
}

/// The task that keeps the connection.
struct Keeper {
    purpose: Purpose,
    broker: Arc<dyn Broker>,
    hosts: Vec<Host>,
    machine: Machine,
    status: watch::Sender<Status>,
    closing: watch::Receiver<Option<Instant>>,
}

impl Keeper {
    async fn run(mut self) {
        let mut turn = 0;
        let mut since = Instant::now();
        let mut closing = self.closing.clone();
        loop {
            let happening = match &self.machine.state {
                State::Closed { .. } => return,
                State::Connecting => {
                    let host = self.hosts[turn % self.hosts.len()].clone();
                    turn += 1;
                    tokio::select! {
                        biased;
                        () = asked_to_close(&mut closing) => Happening::Close(CLOSED.to_owned()),
                        happening = self.connect(&host) => happening,
                    }
                }
                State::Reconnecting { wait, .. } => {
                    let wait = jittered(*wait);
                    tokio::select! {
                        biased;
                        () = asked_to_close(&mut closing) => Happening::Close(CLOSED.to_owned()),
                        () = sleep(wait) => Happening::WaitOver,
                    }
                }
                State::Ready { .. } | State::Blocked { .. } => {
                    let link = self.status.borrow().link.clone();
                    tokio::select! {
                        biased;
                        () = asked_to_close(&mut closing) => Happening::Close(CLOSED.to_owned()),
                        happening = watch_link(link.as_deref(), since) => happening,
                    }
                }
            };
            if happening == Happening::Connected {
                since = Instant::now();
            }
            self.enter(happening).await;
        }
    }

    async fn connect(&self, host: &Host) -> Happening {
        match self.broker.connect(host, self.purpose.name()).await {
            Ok(link) => {
                // The state follows in `enter`; until then nobody looks at the link.
                self.status.send_modify(|status| {
                    status.link = Some(link);
                    status.failures.clear();
                });
                tracing::info!(host = %host.address(), "{} connection up", self.purpose.name());
                Happening::Connected
            }
            Err(error) => {
                let why = error.to_string();
                self.status.send_modify(|status| {
                    let before = status.failures.insert(host.address(), why.clone());
                    // Once for each reason, not once for each attempt.
                    if before.as_ref() != Some(&why) {
                        tracing::warn!(host = %host.address(), "{} connection: {why}", self.purpose.name());
                    }
                });
                Happening::Failed(format!("{}: {why}", host.address()))
            }
        }
    }

    async fn enter(&mut self, happening: Happening) {
        let before = self.machine.state.clone();
        self.machine = self.machine.clone().next(happening);
        let state = self.machine.state.clone();
        let up = matches!(state, State::Ready { .. } | State::Blocked { .. });
        match (&before, &state) {
            (State::Ready { .. }, State::Blocked { .. }) => tracing::warn!("{state}"),
            (State::Blocked { .. }, State::Ready { .. }) => tracing::info!("the broker takes messages again"),
            (State::Ready { .. } | State::Blocked { .. }, State::Reconnecting { why, .. }) => {
                tracing::warn!("{} connection lost: {why}", self.purpose.name());
            }
            _ => {}
        }
        let link = self.status.borrow().link.clone();
        if let (State::Closed { .. }, Some(link)) = (&state, &link) {
            let deadline = self.closing.borrow().unwrap_or_else(Instant::now);
            link.close(deadline.saturating_duration_since(Instant::now())).await;
        }
        self.status.send_modify(|status| {
            status.state = state;
            if !up {
                status.link = None;
            }
        });
        if let (false, Some(link)) = (up, link) {
            // Lost or closed: nothing may wait on it any more.
            link.kill();
        }
    }
}

async fn watch_link(link: Option<&dyn Link>, since: Instant) -> Happening {
    let event = match link {
        Some(link) => link.event().await,
        None => LinkEvent::Lost("it was never there".to_owned()),
    };
    match event {
        LinkEvent::Blocked(reason) => Happening::Blocked(reason),
        LinkEvent::Unblocked => Happening::Unblocked,
        LinkEvent::Lost(why) => Happening::Lost { why, lived: since.elapsed() },
    }
}

/// Waits for the word to close; a transport that was dropped without it closes as well.
async fn asked_to_close(closing: &mut watch::Receiver<Option<Instant>>) {
    let _ = closing.wait_for(Option::is_some).await;
}

/// Between half of `wait` and all of it, so that the clients of a broker do not come back all at once.
fn jittered(wait: Duration) -> Duration {
    let random = uuid::Uuid::new_v4().as_u128() as u32;
    wait.mul_f64(0.5 + 0.5 * f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
#[path = "supervisor_tests.rs"]
mod tests;
