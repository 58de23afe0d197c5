//! The ledger: every request with what its sender was told and who executed it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Kind, Outcome};

/// The number of a request; it is its argument, and the answer to it.
pub type Id = u64;

/// What is known about the requests of one load. Anybody may write into it at any time.
#[derive(Debug)]
pub struct Ledger {
    name: String,
    entries: Mutex<BTreeMap<Id, Entry>>,
    /// The first request of those that no fault is to blame for; above all of them while there is none.
    recovered: AtomicU64,
    /// What peers did wrong that is none of a request's.
    peers: Mutex<Vec<String>>,
}

/// What is known about one request.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// `None` if it was executed and nobody sent it.
    pub(super) kind: Option<Kind>,
    /// `None` while its sender waits.
    pub(super) outcome: Option<Outcome>,
    /// How long after its deadline it ended; zero for most.
    pub(super) late: Duration,
    /// The servers that executed it, by name.
    pub(super) executed: Vec<String>,
    /// How many of these executions were those of servers of ours.
    pub(super) ours: usize,
}

impl Ledger {
    /// An empty ledger; the name is for its findings.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            entries: Mutex::default(),
            recovered: AtomicU64::new(Id::MAX),
            peers: Mutex::default(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Enters a request that is about to be sent.
    pub fn sent(&self, kind: Kind) -> Id {
        let mut entries = self.entries();
        // One that nobody sent may be in the ledger, under any number.
        let id = entries.last_key_value().map_or(0, |(id, _)| id.saturating_add(1));
        entries.insert(id, Entry { kind: Some(kind), ..Entry::default() });
        id
    }

    /// Notes what the sender of a request was told, and how long after its deadline.
    pub fn ended(&self, id: Id, outcome: Outcome, late: Duration) {
        let mut entries = self.entries();
        let entry = entries.entry(id).or_default();
        entry.outcome = Some(outcome);
        entry.late = late;
    }

    /// Notes that a server of ours executes a request.
    pub fn executed(&self, id: Id, server: &str) {
        let mut entries = self.entries();
        let entry = entries.entry(id).or_default();
        entry.executed.push(server.to_owned());
        entry.ours += 1;
    }

    /// Notes that a server which is not ours executes a request.
    pub fn executed_by_peer(&self, id: Id, server: &str) {
        self.entries().entry(id).or_default().executed.push(server.to_owned());
    }

    /// Notes what a peer did wrong by itself, if that is none of a request's.
    pub fn peer_failed(&self, what: impl Into<String>) {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).push(what.into());
    }

    /// What was noted of peers.
    pub(super) fn failures_of_peers(&self) -> Vec<String> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes that the fault is over: what is sent from now on is kept and executed once, whatever the
    /// fault may have done to what was sent before. The last of several notes counts.
    pub fn recovered(&self) {
        self.recovered.store(self.next_id(), Ordering::SeqCst);
    }

    /// The number from which on no fault is to blame, if that was noted.
    pub(super) fn recovered_from(&self) -> Id {
        self.recovered.load(Ordering::SeqCst)
    }

    /// The casts and notifications from number `from` on that the broker has taken and no server has executed yet.
    #[must_use]
    pub fn missing_since(&self, from: Id) -> Vec<Id> {
        let missing = |entry: &Entry| entry.outcome == Some(Outcome::Confirmed) && entry.executed.is_empty();
        self.entries().range(from..).filter(|(_, entry)| missing(entry)).map(|(id, _)| *id).collect()
    }

    /// How often a request was executed.
    #[must_use]
    pub fn executions(&self, id: Id) -> usize {
        self.entries().get(&id).map_or(0, |entry| entry.executed.len())
    }

    /// How many calls are being executed: begun by a server, and not over for their sender.
    #[must_use]
    pub fn calls_in_the_middle(&self) -> usize {
        let in_the_middle = |entry: &&Entry| {
            entry.kind == Some(Kind::Call) && entry.outcome.is_none() && !entry.executed.is_empty()
        };
        self.entries().values().filter(in_the_middle).count()
    }

    /// The number of the next request.
    #[must_use]
    pub fn next_id(&self) -> Id {
        // One that nobody sent may be in the ledger, under any number.
        self.entries().last_key_value().map_or(0, |(id, _)| id.saturating_add(1))
    }

    /// How many requests of a kind have succeeded, of those from number `from` on.
    #[must_use]
    pub fn succeeded_since(&self, from: Id, kind: Kind) -> usize {
        let succeeded = |(_, entry): &(&Id, &Entry)| {
            entry.kind == Some(kind)
                && matches!(entry.outcome, Some(Outcome::Confirmed | Outcome::Answered(_)))
        };
        self.entries().range(from..).filter(succeeded).count()
    }

    /// Whether all of these requests were executed.
    pub(super) fn are_executed(&self, ids: &[Id]) -> bool {
        let entries = self.entries();
        ids.iter().all(|id| entries.get(id).is_some_and(|entry| !entry.executed.is_empty()))
    }

    /// The last `count` requests that have ended and did not succeed, from number `from` on: for people.
    #[must_use]
    pub fn failures_since(&self, from: Id, count: usize) -> String {
        let failed = |(_, entry): &(&Id, &Entry)| {
            let outcome = entry.outcome.as_ref();
            outcome.is_some_and(|outcome| !matches!(outcome, Outcome::Confirmed | Outcome::Answered(_)))
        };
        let entries = self.entries();
        let failures = entries.range(from..).rev().filter(failed).take(count);
        failures.map(|(id, entry)| format!("{id}: {entry:?}")).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn entries(&self) -> MutexGuard<'_, BTreeMap<Id, Entry>> {
        // Each entry is written in one go, so a panic elsewhere leaves nothing half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
