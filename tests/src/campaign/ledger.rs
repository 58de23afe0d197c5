//! The ledger: every request with what its sender was told and who executed it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rpc_runtime::Kind;

use super::Outcome;

/// The number of a request; it is its argument, and the answer to it.
pub type Id = u64;

/// What is known about the requests of one load. Anybody may write into it at any time.
#[derive(Debug)]
pub struct Ledger {
    name: String,
    entries: Mutex<BTreeMap<Id, Entry>>,
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
}

impl Ledger {
    /// An empty ledger; the name is for its findings.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), entries: Mutex::default() }
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

    /// Notes that a server executes a request.
    pub fn executed(&self, id: Id, server: &str) {
        self.entries().entry(id).or_default().executed.push(server.to_owned());
    }

    /// The casts that the broker has taken and no server has executed yet.
    #[must_use]
    pub fn missing(&self) -> Vec<Id> {
        let missing = |entry: &Entry| entry.outcome == Some(Outcome::Confirmed) && entry.executed.is_empty();
        self.entries().iter().filter(|(_, entry)| missing(entry)).map(|(id, _)| *id).collect()
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

    /// How many of these requests were executed.
    #[must_use]
    pub fn executed_of(&self, ids: Range<Id>) -> usize {
        self.entries().range(ids).filter(|(_, entry)| !entry.executed.is_empty()).count()
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
