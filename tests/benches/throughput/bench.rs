//! What all parts of the benchmark need: the options, the broker, pairs of processes, rounds.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rpc_tests::Broker;
use tokio::time::timeout;

use super::load::Load;
use super::options::Options;
use super::pair::{Pair, Sample};
use super::role::{Contender, Role, Setting, Shape, Side};

/// Before each measurement the same load runs for this long and is not counted.
pub(crate) const WARM_UP: Duration = Duration::from_millis(200);
/// How long a pair may take to start or to stop, and how much longer than asked for to measure.
const PATIENCE: Duration = Duration::from_secs(120);

impl Shape {
    /// One method, one topic, one client.
    pub(crate) const SMALL: Self = Self { methods: 1, topics: 1, reply_queues: 1 };
}

pub(crate) struct Bench {
    pub(crate) options: Options,
    url: String,
    /// One that was started for the run, until its end.
    pub(crate) broker: Option<Broker>,
    program: PathBuf,
}

/// One measurement of a round.
pub(crate) struct Turn<K> {
    pub(crate) key: K,
    /// The number of the pair.
    pub(crate) pair: usize,
    pub(crate) load: Load,
    /// It is measured every so many rounds, from the first one on.
    pub(crate) every: usize,
}

/// What makes most turns different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) load: Load,
    pub(crate) contender: Contender,
}

impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.load, self.contender.name())
    }
}

/// The samples of each turn, none for the rounds in which it was not measured.
pub(crate) type Samples<K> = BTreeMap<K, Vec<Option<Sample>>>;

impl Bench {
    pub(crate) async fn start(options: Options) -> Result<Self> {
        let (url, broker) = match &options.url {
            Some(url) => (url.clone(), None),
            None => {
                let broker = Broker::start().await?;
                (broker.node().url(), Some(broker))
            }
        };
        Ok(Self { options, url, broker, program: std::env::current_exe()? })
    }

    /// Starts a contender against its own server.
    pub(crate) async fn pair(&self, contender: Contender, setting: Setting, shape: Shape) -> Result<Pair> {
        self.pair_of(&self.program, self.role(contender, setting, shape)).await
    }

    /// The role of the client of a contender.
    pub(crate) fn role(&self, contender: Contender, setting: Setting, shape: Shape) -> Role {
        let side = match contender {
            Contender::OursInMemory | Contender::TarpcJson | Contender::TarpcChannel => Side::Both,
            _ => Side::Client,
        };
        Role { contender, side, server: contender, url: self.url.clone(), setting, shape }
    }

    /// Starts any pair, by the role of its client.
    pub(crate) async fn pair_of(&self, program: &Path, role: Role) -> Result<Pair> {
        let broker = self.broker.as_ref().and_then(Broker::process_group);
        within(PATIENCE, role.contender.name(), Pair::start(&role, program, broker)).await
    }

    /// The program of this process.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Measures all in turn, round by round, so that a machine which gets slower does so for all; every other
    /// round backwards, so that none always comes after the same other.
    pub(crate) async fn rounds<K: Ord + Clone + Display>(
        &self,
        what: &str,
        pairs: &mut [Pair],
        turns: &mut [Turn<K>],
    ) -> Result<Samples<K>> {
        let (rounds, time) = (self.options.rounds(), self.options.time());
        let mut samples = Samples::new();
        for round in 0..rounds {
            for Turn { key, pair, load, every } in turns.iter() {
                let sample = match round % every {
                    0 => {
                        let what = format!("{what}, {key}");
                        let pair = pairs.get_mut(*pair).context("no such pair")?;
                        within(WARM_UP + PATIENCE, &what, pair.run(*load, WARM_UP)).await?;
                        let sample = within(time + PATIENCE, &what, pair.measure(*load, time)).await?;
                        eprintln!("round {}/{rounds}: {what}: {:.0}/s", round + 1, sample.per_second);
                        Some(sample)
                    }
                    _ => None,
                };
                samples.entry(key.clone()).or_insert_with(Vec::new).push(sample);
            }
            turns.reverse();
        }
        Ok(samples)
    }
}

/// The result of a step, or an error that names it.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &str,
    step: impl Future<Output = Result<T>>,
) -> Result<T> {
    let result = timeout(limit, step).await.with_context(|| format!("{what}: not done within {limit:?}"))?;
    result.with_context(|| what.to_owned())
}

/// Ends pairs.
pub(crate) async fn stop(pairs: impl IntoIterator<Item = Pair>) -> Result<()> {
    for pair in pairs {
        within(PATIENCE, "the end of a pair", pair.stop()).await?;
    }
    Ok(())
}
