//! Keeps one connection up: connects, watches, reconnects to the next host, and tells everybody who uses it.

use std::sync::Arc;
#[cfg(feature = "amqp")]
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
#[cfg(feature = "amqp")]
use tokio::time::timeout;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::contract::{Connect, Connection, Event};
use super::jitter::jittered;
use super::report::Report;
use super::state::{Backoff, Happening, Machine, State};
use crate::clock::after;
use crate::error::{Cause, Fault, FaultKind};
use crate::transport::TransportError;
use crate::transport::driver::CLOSED;
use crate::transport::failure::{FailureKind, HostFailure};
use crate::transport::status_watch::Reporter;
use crate::transport::url::Host;

/// How long a connection may be lost or closed without its supervisor having noticed.
#[cfg(feature = "amqp")]
const UNNOTICED: Duration = Duration::from_millis(50);

/// A connection for as long as the transport lives.
#[derive(Debug)]
pub(in crate::transport) struct Supervisor<C: Connection + ?Sized> {
    /// What its bus is called.
    bus: &'static str,
    current: watch::Receiver<Current<C>>,
    /// Set once: when the connection has to be closed.
    close_by: watch::Sender<Option<Instant>>,
}

/// The state of a connection and, if it is up, the connection.
#[derive(Debug)]
struct Current<C: ?Sized> {
    state: State,
    connection: Option<Arc<C>>,
    /// For each host why it could not be connected to, or was lost, the last time it was tried; none while one is up.
    failures: Vec<Option<HostFailure>>,
}

impl<C: ?Sized> Current<C> {
    /// Whether every host has failed for a reason that does not pass by itself.
    fn hopeless(&self) -> bool {
        self.failures.iter().all(|failure| failure.as_ref().is_some_and(|it| it.kind.is_hopeless()))
    }
}

/// Dropped without a word, it cuts the connection.
impl<C: Connection + ?Sized> Drop for Supervisor<C> {
    fn drop(&mut self) {
        self.cut();
    }
}

/// The view that users of the connection have.
#[derive(Debug)]
pub(in crate::transport) struct View<C: ?Sized>(watch::Receiver<Current<C>>);

impl<C: ?Sized> Clone for View<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A connection that can be used.
#[derive(Debug)]
pub(in crate::transport) struct Up<C: ?Sized> {
    pub(in crate::transport) epoch: u64,
    pub(in crate::transport) connection: Arc<C>,
}

impl<C: Connection + ?Sized + 'static> Supervisor<C> {
    /// Starts to connect to `hosts`, in random order, on the runtime of `handle`; tells `reporter` about it.
    pub(in crate::transport) fn start(
        connect: Arc<dyn Connect<C>>,
        mut hosts: Vec<Host>,
        backoff: Backoff,
        bus: &'static str,
        reporter: Reporter,
        handle: &Handle,
    ) -> Self {
        hosts.sort_by_cached_key(|_| uuid::Uuid::new_v4());
        let machine = Machine::new(u32::try_from(hosts.len()).unwrap_or(u32::MAX), backoff);
        let (state, failures) = (machine.state.clone(), vec![None; hosts.len()]);
        let current = Current { state, connection: None, failures };
        let (sender, current) = watch::channel(current);
        let (close_by, closing) = watch::channel(None);
        let name = reporter.connection();
        let report = Report::new(reporter);
        let turn = Turn { host: 0, since: Instant::now(), next_try: Instant::now() };
        let keeper = Keeper { name, connect, hosts, machine, turn, current: sender, closing, report };
        handle.spawn(keeper.run());
        Self { bus, current, close_by }
    }

    pub(in crate::transport) fn view(&self) -> View<C> {
        View(self.current.clone())
    }

    /// Waits for the first connection. Fails at `deadline`, or as soon as it is clear that waiting is of no use;
    /// the error names every host that was tried and why it failed.
    pub(in crate::transport) async fn connected(&self, deadline: Instant) -> Result<(), TransportError> {
        let mut current = self.current.clone();
        let decided = current.wait_for(|current| {
            let over = matches!(current.state, State::Closed { .. });
            over || current.state.epoch().is_some() || current.hopeless()
        });
        let why = match timeout_at(deadline, decided).await {
            Ok(Ok(current)) => match &current.state {
                State::Closed { reason } => reason.clone(),
                state if state.epoch().is_some() => return Ok(()),
                _ => "no host can be used as things are".to_owned(),
            },
            Ok(Err(_)) => CLOSED.to_owned(),
            Err(_) => "no connection in time".to_owned(),
        };
        let failures = self.current.borrow().failures.clone();
        let mut failures: Vec<HostFailure> = failures.into_iter().flatten().collect();
        failures.sort_by(|a, b| a.host.cmp(&b.host));
        Err(TransportError::NotConnected { transport: self.bus, why, failures })
    }

    /// Closes the connection, in good order if `deadline` allows.
    pub(in crate::transport) async fn close(&self, deadline: Instant) {
        self.close_by.send_replace(Some(deadline));
        let mut current = self.current.clone();
        let closed = current.wait_for(|current| matches!(current.state, State::Closed { .. }));
        // An error is an end as well: the runtime is gone, and the connection with it.
        if timeout_at(deadline, closed).await.is_err() {
            self.kill();
        }
    }
}

impl<C: Connection + ?Sized> Supervisor<C> {
    /// Ends the connection for good, without a goodbye.
    pub(in crate::transport) fn cut(&self) {
        // The word comes first, so that the cut is not taken for a loss.
        if self.close_by.borrow().is_none() {
            self.close_by.send_replace(Some(Instant::now()));
        }
        self.kill();
    }

    /// Cuts the connection, which comes back.
    pub(in crate::transport) fn kill(&self) {
        if let Some(connection) = &self.current.borrow().connection {
            connection.kill();
        }
    }
}

impl<C: ?Sized> View<C> {
    /// Waits until the connection is up and takes messages; fails when it is closed for good.
    pub(in crate::transport) async fn up(&mut self) -> Result<Up<C>, String> {
        loop {
            {
                let current = self.0.borrow_and_update();
                match (&current.state, &current.connection) {
                    (State::Ready { epoch }, Some(connection)) => {
                        return Ok(Up { epoch: *epoch, connection: connection.clone() });
                    }
                    (State::Closed { reason }, _) => return Err(reason.clone()),
                    _ => {}
                }
            }
            self.0.changed().await.map_err(|_| CLOSED.to_owned())?;
        }
    }

    /// Waits until the state changes.
    #[cfg(any(test, feature = "amqp"))]
    pub(in crate::transport) async fn changed(&mut self) {
        // An error means that there is no connection any more, which `has` says too.
        let _ = self.0.changed().await;
    }

    /// Waits until the connection `epoch` is gone; a blocked one is not.
    #[cfg(any(test, feature = "amqp"))]
    pub(in crate::transport) async fn gone(&mut self, epoch: u64) {
        let _ = self.0.wait_for(|current| current.state.epoch() != Some(epoch)).await;
    }

    /// Whether the connection `epoch` is gone, or turns out to be within a moment: who uses it may notice before
    /// its supervisor does.
    #[cfg(feature = "amqp")]
    pub(in crate::transport) async fn turns_out_gone(&mut self, epoch: u64) -> bool {
        timeout(UNNOTICED, self.gone(epoch)).await.is_ok()
    }

    /// Whether the connection `epoch` is there, blocked or not.
    pub(in crate::transport) fn has(&self, epoch: u64) -> bool {
        !self.orphaned() && self.0.borrow().state.epoch() == Some(epoch)
    }

    /// Whether the connection `epoch` is there and takes no messages.
    #[cfg(any(test, feature = "amqp"))]
    pub(in crate::transport) fn blocked(&self, epoch: u64) -> bool {
        matches!(&self.0.borrow().state, State::Blocked { epoch: current, .. } if *current == epoch)
    }

    /// Why there is no connection that takes messages, if so.
    pub(in crate::transport) fn trouble(&self) -> Option<String> {
        if self.orphaned() {
            return Some(CLOSED.to_owned());
        }
        match &self.0.borrow().state {
            State::Ready { .. } => None,
            state => Some(state.to_string()),
        }
    }

    /// The same as a fault, with the failure of the host behind it if there was one.
    pub(in crate::transport) fn fault(&self) -> Option<Fault> {
        let why = self.trouble()?;
        let fault = match &self.0.borrow().state {
            _ if self.orphaned() => Fault::new(FaultKind::Closed, why),
            State::Closed { .. } => Fault::new(FaultKind::Closed, why),
            State::Reconnecting { last, .. } => {
                Fault { source: Some(Cause::new(last.clone())), ..Fault::new(FaultKind::NotConnected, why) }
            }
            _ => Fault::new(FaultKind::NotConnected, why),
        };
        Some(fault)
    }

    /// Whether the supervisor is gone, and its runtime with it.
    fn orphaned(&self) -> bool {
        self.0.has_changed().is_err()
    }
}

/// The task that keeps the connection.
struct Keeper<C: ?Sized> {
    /// What the connection is for.
    name: &'static str,
    connect: Arc<dyn Connect<C>>,
    hosts: Vec<Host>,
    machine: Machine,
    turn: Turn,
    current: watch::Sender<Current<C>>,
    closing: watch::Receiver<Option<Instant>>,
    report: Report,
}

/// Where the attempts stand.
#[derive(Debug, Clone, Copy)]
struct Turn {
    /// The index of the host that is connected to, or is next.
    host: usize,
    /// When the connection came up.
    since: Instant,
    next_try: Instant,
}

impl<C: Connection + ?Sized> Keeper<C> {
    async fn run(mut self) {
        let mut closing = self.closing.clone();
        loop {
            let working = async {
                match &self.machine.state {
                    State::Connecting => self.attempt().await,
                    State::Reconnecting { .. } => {
                        sleep_until(self.turn.next_try).await;
                        Happening::WaitOver
                    }
                    State::Ready { .. } | State::Blocked { .. } => self.watch().await,
                    State::Closed { .. } => std::future::pending().await,
                }
            };
            let happening = tokio::select! {
                biased;
                () = asked_to_close(&mut closing) => Happening::Close(CLOSED.to_owned()),
                happening = working => happening,
            };
            self.enter(happening).await;
            if let State::Closed { .. } = self.machine.state {
                return;
            }
        }
    }

    fn failure(&self, kind: FailureKind, why: String) -> HostFailure {
        HostFailure::new(self.hosts[self.turn.host].address(), kind, why)
    }

    async fn attempt(&self) -> Happening {
        match self.connect.connect(&self.hosts[self.turn.host], self.name).await {
            Ok(connection) => {
                // The state follows in `enter`; until then nobody looks at the connection.
                self.current.send_modify(|current| current.connection = Some(connection));
                Happening::Connected
            }
            Err(failure) => Happening::Failed(self.failure(failure.kind, failure.why)),
        }
    }

    async fn watch(&self) -> Happening {
        let connection = self.current.borrow().connection.clone();
        let event = match connection {
            Some(connection) => connection.event().await,
            None => Event::Lost("it was never there".to_owned()),
        };
        match event {
            Event::Blocked(reason) => Happening::Blocked(reason),
            Event::Unblocked => Happening::Unblocked,
            Event::Lost(why) => {
                let last = self.failure(FailureKind::Lost, why);
                Happening::Lost { last, lived: self.turn.since.elapsed() }
            }
        }
    }

    /// Goes to the state after `happening`, and tells everybody.
    async fn enter(&mut self, happening: Happening) {
        let before = self.machine.state.clone();
        self.machine = self.machine.clone().next(happening.clone());
        let state = self.machine.state.clone();
        let host = self.turn.host;
        match (&before, &state) {
            (State::Connecting, State::Ready { .. }) => self.turn.since = Instant::now(),
            (State::Closed { .. }, _) | (_, State::Closed { .. }) => {}
            (_, State::Reconnecting { wait, .. }) => {
                self.turn.next_try = after(jittered(*wait));
                self.turn.host = (host + 1) % self.hosts.len();
            }
            _ => {}
        }
        let up = state.epoch().is_some();
        let connection = self.current.borrow().connection.clone();
        if let (State::Closed { .. }, Some(connection)) = (&state, &connection) {
            let deadline = self.closing.borrow().unwrap_or_else(Instant::now);
            connection.close(deadline.saturating_duration_since(Instant::now())).await;
        }
        // Users are told first: who is woken by the state finds a status that knows of it.
        self.report.tell(&state, &self.hosts[host].address(), self.turn.since, self.turn.next_try);
        self.current.send_modify(|current| {
            current.state = state;
            if !up {
                current.connection = None;
            }
            match happening {
                Happening::Connected => current.failures.fill(None),
                // Of one that is lost as soon as it is up, nobody who waits for it sees more than the end.
                Happening::Failed(last) | Happening::Lost { last, .. } => current.failures[host] = Some(last),
                _ => {}
            }
        });
        if let (false, Some(connection)) = (up, connection) {
            // Lost or closed: nothing may wait on it any more.
            connection.kill();
        }
    }
}

/// Waits for the word to close; a transport that was dropped without it closes as well.
async fn asked_to_close(closing: &mut watch::Receiver<Option<Instant>>) {
    let _ = closing.wait_for(Option::is_some).await;
}

#[cfg(test)]
mod tests;
