//! A Python client under load, with its requests in the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::load::SLACK;
use super::{Id, Kind, Ledger, Outcome, Pace};
use crate::python::{Ended, PythonLoad};

/// A Python client without load.
#[derive(Debug)]
pub struct PythonClient {
    load: PythonLoad,
    ledger: Arc<Ledger>,
    pace: Pace,
    kinds: &'static [Kind],
    under_way: BTreeMap<Id, (Kind, Instant)>,
}

/// A Python client at work, until it is told to stop.
#[derive(Debug)]
pub struct PythonClients {
    stop: oneshot::Sender<()>,
    sending: JoinHandle<Result<PythonClient>>,
}

impl PythonClient {
    /// Starts a client of `topic` with options of oslo.config, `[GROUP/]NAME=VALUE`, each of whose requests, which are of these
    /// kinds in turn, takes the server so many seconds.
    pub async fn connect(
        url: &str,
        topic: &str,
        options: impl IntoIterator<Item = &str>,
        ledger: &Arc<Ledger>,
        pace: Pace,
        kinds: &'static [Kind],
        seconds: f64,
    ) -> Result<Self> {
        let builder = PythonLoad::builder(url, topic, pace.deadline).taking(seconds);
        let load = options.into_iter().fold(builder, |builder, option| builder.option(option));
        let load = load.start().await?;
        Ok(Self { load, ledger: Arc::clone(ledger), pace, kinds, under_way: BTreeMap::new() })
    }

    /// One request of its first kind.
    pub(super) async fn request(&mut self) -> Result<Outcome> {
        let kind = self.kinds.first().context("it sends nothing")?;
        let id = self.begin(*kind).await?;
        loop {
            let ended = self.load.ended().await?;
            let ours = ended.id == id;
            if let Some(outcome) = self.ended(ended).filter(|_| ours) {
                return Ok(outcome);
            }
        }
    }

    /// Begins to send.
    #[must_use]
    pub fn load(self) -> PythonClients {
        let (stop, stopped) = oneshot::channel();
        PythonClients { stop, sending: tokio::spawn(self.run(stopped)) }
    }
}

impl PythonClients {
    /// Begins no more requests and waits for the end of those that are under way. What does not end
    /// counts as hung.
    pub async fn stop(self) -> Result<PythonClient> {
        // An error means that the task has failed, which is told by its end.
        let _ = self.stop.send(());
        self.sending.await.context("the load")?
    }

    /// Kills the client as a crash would; its requests stay in the ledger without an end.
    pub fn kill(self) {
        // The process goes with the task.
        self.sending.abort();
    }
}

impl PythonClient {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) -> Result<Self> {
        let mut ticks = interval(Duration::from_secs(1) / self.pace.per_second.max(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut kinds = self.kinds.iter().copied().cycle();
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                ended = self.load.ended() => drop(self.ended(ended?)),
                _ = ticks.tick(), if self.under_way.len() < self.pace.at_once => {
                    if let Some(kind) = kinds.next() {
                        self.begin(kind).await?;
                    }
                }
            }
        }
        let last = Instant::now() + self.pace.deadline + SLACK;
        while !self.under_way.is_empty() {
            tokio::select! {
                ended = self.load.ended() => drop(self.ended(ended?)),
                () = sleep_until(last) => break,
            }
        }
        for (id, _) in std::mem::take(&mut self.under_way) {
            self.ledger.ended(id, Outcome::Hung, Duration::ZERO);
        }
        Ok(self)
    }

    async fn begin(&mut self, kind: Kind) -> Result<Id> {
        let id = self.ledger.sent(kind);
        self.under_way.insert(id, (kind, Instant::now()));
        self.load.begin(id, kind.name()).await?;
        Ok(id)
    }

    /// Enters the end of a request; `None` if it counts as hung.
    fn ended(&mut self, ended: Ended) -> Option<Outcome> {
        let (kind, begun) = self.under_way.remove(&ended.id)?;
        let outcome = Outcome::of_python(kind, &ended);
        self.ledger.ended(ended.id, outcome.clone(), begun.elapsed().saturating_sub(self.pace.deadline));
        Some(outcome)
    }
}
