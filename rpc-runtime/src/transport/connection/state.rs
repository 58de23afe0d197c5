//! The states of a connection and what leads from one to another: a pure function, so that every transition
//! can be read and tested in one place.

use std::fmt;
use std::time::Duration;

use crate::transport::failure::HostFailure;

/// A connection that lasted this long was a good one: after it the next attempt is made at once.
const STABLE: Duration = Duration::from_secs(2);

/// Where a connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// One host is being tried.
    Connecting,
    /// It can be used. `epoch` counts the connections so far.
    Ready { epoch: u64 },
    /// It is up, but the broker takes no messages.
    Blocked { epoch: u64, reason: String },
    /// The next attempt is made after `wait`; `attempt` is how many have failed since the last good
    /// connection.
    Reconnecting { attempt: u32, wait: Duration, last: HostFailure },
    /// It is over.
    Closed { reason: String },
}

impl State {
    /// The number of the connection, if there is one.
    pub(super) fn epoch(&self) -> Option<u64> {
        match self {
            State::Ready { epoch } | State::Blocked { epoch, .. } => Some(*epoch),
            _ => None,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Connecting => write!(f, "connecting to the broker"),
            State::Ready { .. } => write!(f, "connected to the broker"),
            State::Blocked { reason, .. } => write!(f, "the broker blocks the connection: {reason}"),
            State::Reconnecting { last, .. } => write!(f, "no connection to the broker: {last}"),
            State::Closed { reason } => write!(f, "{reason}"),
        }
    }
}

/// What can happen to a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Happening {
    Connected,
    Failed(HostFailure),
    Blocked(String),
    Unblocked,
    Lost { last: HostFailure, lived: Duration },
    WaitOver,
    Close(String),
}

/// How long to wait between attempts: not at all before every host was tried, then longer and longer.
#[derive(Debug, Clone, Copy)]
pub(in crate::transport) struct Backoff {
    pub(in crate::transport) first: Duration,
    /// By how much longer each is than the one before.
    pub(in crate::transport) increment: Duration,
    pub(in crate::transport) longest: Duration,
}

impl Backoff {
    /// After so many failed attempts at so many hosts.
    fn wait(&self, failed: u32, hosts: u32) -> Duration {
        let hosts = hosts.max(1);
        if !failed.is_multiple_of(hosts) {
            return Duration::ZERO;
        }
        match failed / hosts {
            0 => Duration::ZERO,
            round => self.first.saturating_add(self.increment.saturating_mul(round - 1)).min(self.longest),
        }
    }
}

/// A connection's state, and what the next one depends on.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) state: State,
    epoch: u64,
    failed: u32,
    hosts: u32,
    backoff: Backoff,
}

impl Machine {
    pub(super) fn new(hosts: u32, backoff: Backoff) -> Self {
        Self { state: State::Connecting, epoch: 0, failed: 0, hosts, backoff }
    }

    /// The state after `happening`; what cannot happen in a state changes nothing.
    #[must_use]
    pub(super) fn next(mut self, happening: Happening) -> Self {
        self.state = match (self.state, happening) {
            (closed @ State::Closed { .. }, _) => closed,
            (_, Happening::Close(reason)) => State::Closed { reason },
            (State::Connecting, Happening::Connected) => {
                self.epoch += 1;
                State::Ready { epoch: self.epoch }
            }
            (State::Connecting, Happening::Failed(last)) => {
                self.failed = self.failed.saturating_add(1);
                State::Reconnecting {
                    attempt: self.failed,
                    wait: self.backoff.wait(self.failed, self.hosts),
                    last,
                }
            }
            (State::Reconnecting { .. }, Happening::WaitOver) => State::Connecting,
            (State::Ready { epoch } | State::Blocked { epoch, .. }, Happening::Blocked(reason)) => {
                State::Blocked { epoch, reason }
            }
            (State::Blocked { epoch, .. }, Happening::Unblocked) => State::Ready { epoch },
            (State::Ready { .. } | State::Blocked { .. }, Happening::Lost { last, lived }) => {
                // A broker that accepts connections only to close them must not be tried without a pause.
                self.failed = if lived >= STABLE { 0 } else { self.failed.saturating_add(1) };
                State::Reconnecting {
                    attempt: self.failed,
                    wait: self.backoff.wait(self.failed, self.hosts),
                    last,
                }
            }
            (state, _) => state,
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::failure::FailureKind;

    fn machine(hosts: u32) -> Machine {
        let (first, increment, longest) =
            (Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1));
        Machine::new(hosts, Backoff { first, increment, longest })
    }

    fn failed() -> Happening {
        Happening::Failed(HostFailure::new("a", FailureKind::ConnectionRefused, "refused"))
    }

    fn lost(lived: Duration) -> Happening {
        Happening::Lost { last: HostFailure::new("a", FailureKind::Lost, "reset"), lived }
    }

    fn wait(machine: &Machine) -> u128 {
        match &machine.state {
            State::Reconnecting { wait, .. } => wait.as_millis(),
            state => panic!("{state:?}"),
        }
    }

    #[test]
    fn waits_grow_to_the_longest() {
        let mut machine = machine(1);
        let mut waits = Vec::new();
        for _ in 0..5 {
            machine = machine.next(failed());
            waits.push(wait(&machine));
            machine = machine.next(Happening::WaitOver);
            assert_eq!(machine.state, State::Connecting);
        }
        assert_eq!(waits, [100, 500, 900, 1000, 1000]);
    }

    #[test]
    fn every_host_is_tried_before_the_first_wait() {
        let mut machine = machine(3);
        let mut waits = Vec::new();
        for _ in 0..7 {
            machine = machine.next(failed());
            waits.push(wait(&machine));
            machine = machine.next(Happening::WaitOver);
        }
        assert_eq!(waits, [0, 0, 100, 0, 0, 500, 0]);
    }

    #[test]
    fn a_good_connection_is_replaced_at_once() {
        let machine = machine(1).next(failed()).next(Happening::WaitOver).next(Happening::Connected);
        assert_eq!(machine.state, State::Ready { epoch: 1 });
        let machine = machine.next(lost(STABLE));
        assert_eq!(wait(&machine), 0);
        let machine = machine.next(Happening::WaitOver).next(Happening::Connected);
        assert_eq!(machine.state, State::Ready { epoch: 2 });
    }

    #[test]
    fn a_connection_that_does_not_last_is_a_failure() {
        let mut machine = machine(1);
        let mut waits = Vec::new();
        for _ in 0..3 {
            machine = machine.next(Happening::Connected).next(lost(Duration::ZERO));
            waits.push(wait(&machine));
            machine = machine.next(Happening::WaitOver);
        }
        assert_eq!(waits, [100, 500, 900]);
    }

    #[test]
    fn blocked_and_back() {
        let blocked = machine(1).next(Happening::Connected).next(Happening::Blocked("memory".into()));
        assert_eq!(blocked.state, State::Blocked { epoch: 1, reason: "memory".into() });
        assert_eq!(blocked.state.to_string(), "the broker blocks the connection: memory");
        assert_eq!(blocked.clone().next(Happening::Unblocked).state, State::Ready { epoch: 1 });
        assert_eq!(wait(&blocked.next(lost(STABLE))), 0);
    }

    #[test]
    fn closed_is_the_end() {
        let close = || Happening::Close("the transport is closed".into());
        for before in [vec![], vec![failed()], vec![Happening::Connected]] {
            let machine = before.into_iter().fold(machine(1), Machine::next).next(close());
            for happening in [Happening::Connected, failed(), Happening::WaitOver, lost(STABLE)] {
                let state = machine.clone().next(happening).state;
                assert_eq!(state, State::Closed { reason: "the transport is closed".into() });
            }
        }
    }

    #[test]
    fn what_cannot_happen_changes_nothing() {
        for happening in [Happening::Unblocked, Happening::WaitOver, lost(STABLE)] {
            assert_eq!(machine(1).next(happening).state, State::Connecting);
        }
        let ready = machine(1).next(Happening::Connected);
        assert_eq!(ready.clone().next(failed()).state, ready.state);
        assert_eq!(ready.clone().next(Happening::Connected).state, ready.state);
    }
}
