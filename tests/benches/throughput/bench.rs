//! What all parts of the benchmark need: the options, the broker, pairs of processes, rounds.

use anyhow::{Context, Result};
use rpc_tests::{Broker, Peer, Reservation};
use throughput_side::{Contender, Load, Setup, Side};

use super::figures::Row;
use super::options::Options;
use super::pair::{Between, Pair, command};

/// The program whose processes the benchmark measures.
pub(crate) const SIDE: &str = env!("CARGO_BIN_EXE_throughput-side");

pub(crate) struct Bench {
    pub(crate) options: Options,
    url: String,
    /// One that was started for the run, until its end.
    pub(crate) broker: Option<Broker>,
    router: Router,
}

/// What passes messages of AMQP 1.0 on, until the end of the run.
struct Router {
    url: String,
    process: Peer,
    _port: Reservation<1>,
}

impl Bench {
    pub(crate) async fn start(options: Options) -> Result<Self> {
        let (url, broker) = match &options.url {
            Some(url) => (url.clone(), None),
            None => {
                let broker = Broker::start().await?;
                (broker.node().url(), Some(broker))
            }
        };
        Ok(Self { options, url, broker, router: Router::start().await? })
    }

    /// A contender against its own server: one method, one topic, small requests through a classic queue.
    pub(crate) fn setup(&self, contender: Contender) -> Setup {
        let url = match contender {
            _ if contender.in_memory() => "memory://",
            _ if contender.is_routed() => &self.router.url,
            _ => &self.url,
        };
        Setup::new(contender, url)
    }

    /// Those of a part that were asked for.
    pub(crate) fn contenders(&self, of_part: &[Contender]) -> impl Iterator<Item = Contender> {
        of_part.iter().copied().filter(|contender| self.options.has(*contender))
    }

    pub(crate) async fn pair(&self, setup: &Setup, program: &str) -> Result<Pair> {
        let between = match setup.client.is_routed() {
            true => Some(Between::Router(self.router.process.pid()?)),
            false => self.broker.as_ref().and_then(Broker::process_group).map(Between::Broker),
        };
        Pair::start(setup, program, between).await
    }

    /// Measures pairs, each with a name, with each load, and returns what was found in the order of the loads.
    ///
    /// They take turns round by round, so that a machine which gets slower does so for all; every other round
    /// backwards, so that none always comes after the same other.
    pub(crate) async fn measure(
        &self,
        what: &str,
        setups: &[(&'static str, Setup)],
        loads: &[Load],
    ) -> Result<Vec<Row>> {
        let mut pairs = Vec::new();
        for (name, setup) in setups {
            pairs.push((*name, setup.client, self.pair(setup, SIDE).await?));
        }
        let mut rows: Vec<_> = loads.iter().map(|&load| Row { load, samples: Default::default() }).collect();
        let mut turns: Vec<(usize, usize)> =
            (0..rows.len()).flat_map(|row| (0..pairs.len()).map(move |pair| (row, pair))).collect();
        for round in 1..=self.options.rounds {
            for &(row, pair) in &turns {
                let (row, (name, client, pair)) = (&mut rows[row], &mut pairs[pair]);
                let samples = row.samples.entry(*name).or_default();
                // Python is far enough away for every other round.
                if *client == Contender::Python && round % 2 == 0 {
                    samples.push(None);
                    continue;
                }
                let what = format!("round {round}/{}: {what}, {}, {name}", self.options.rounds, row.load);
                let sample =
                    pair.measure(row.load, self.options.time()).await.with_context(|| what.clone())?;
                eprintln!("{what}: {:.0}/s", sample.per_second);
                samples.push(Some(sample));
            }
            turns.reverse();
        }
        for (.., pair) in pairs {
            pair.stop().await?;
        }
        Ok(rows)
    }
}

impl Router {
    async fn start() -> Result<Self> {
        let port = Reservation::new()?;
        let [number] = port.ports();
        let url = format!("amqp1://127.0.0.1:{number}/");
        let setup = Setup::new(Contender::OursAmqp1, &url);
        let process = Peer::start("the router", command(&setup, Side::Router, SIDE)?).await?;
        Ok(Self { url, process, _port: port })
    }
}
