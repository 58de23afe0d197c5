//! What is to be measured, and how long.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};

use super::content::Messages;
use super::load::{Kind, Load};
use super::role::{Contender, Queue, Setting};

/// The loads that contenders are compared with.
pub(crate) const LOADS: [Load; 4] = [
    Load { kind: Kind::Call, in_flight: 1 },
    Load { kind: Kind::Call, in_flight: 16 },
    Load { kind: Kind::Call, in_flight: 128 },
    Load { kind: Kind::Cast, in_flight: 64 },
];

/// Their names, and those of their kinds.
const CASES: [&str; 6] = ["calls", "casts", "calls-1", "calls-16", "calls-128", "casts-64"];

/// The contenders on the broker, in the order of their columns.
pub(crate) const CONTENDERS: [Contender; 4] =
    [Contender::Ours, Contender::RawOwn, Contender::RawShared, Contender::Python];

const QUEUES: [Queue; 2] = [Queue::Classic, Queue::Quorum];
const BODIES: [usize; 2] = [300, 16 << 10];

impl Setting {
    /// The one that most is measured in.
    pub(crate) const MAIN: Self = Self { queue: Queue::Classic, body: 300 };
}

/// One part of the benchmark; each has its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Speed and CPU time on a broker
    Broker,
    /// Speed and CPU time inside one process, beside tarpc
    InMemory,
    /// Allocations of one operation
    Allocations,
    /// Peak memory with 10,000 calls in flight
    Memory,
    /// Large services, many clients, many calls in flight
    Scale,
}

/// Measures this project, raw lapin and Python's oslo.messaging on one broker.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// The broker, rabbit://user:password@host:port/vhost; by default one is started for the run
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// The main cases only, in shorter and fewer rounds: less than 5 minutes
    #[arg(long)]
    quick: bool,
    /// How long one measurement takes [default: 3, with --quick 1]
    #[arg(long)]
    seconds: Option<f64>,
    /// How often everything is measured [default: 5, with --quick 3]
    #[arg(long)]
    rounds: Option<usize>,
    /// Only these parts, separated by commas
    #[arg(long, value_delimiter = ',')]
    part: Vec<Part>,
    /// Only these loads, separated by commas; `calls` and `casts` are all of their kind
    #[arg(long, value_delimiter = ',', value_parser = CASES)]
    case: Vec<String>,
    /// Only requests of so many bytes, separated by commas [default: 300,16384, with --quick 300]
    #[arg(long, value_delimiter = ',')]
    body: Vec<usize>,
    /// Only these kinds of queues, separated by commas [default: both, with --quick classic]
    #[arg(long, value_delimiter = ',')]
    queue: Vec<Queue>,
    /// Only these contenders on the broker, separated by commas
    #[arg(long, value_delimiter = ',')]
    contender: Vec<Contender>,
    /// Writes the tables and the chart into tests/benches, beside printing them
    #[arg(long)]
    pub(crate) write: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    pub(crate) fn check(&self) -> Result<()> {
        let seconds = self.time_in_seconds();
        ensure!(seconds > 0.0 && seconds <= 3600.0, "--seconds: above 0, at most 3600");
        ensure!(self.rounds() > 0, "--rounds: at least 1");
        for body in &self.body {
            Messages::of(*body).context("--body")?;
        }
        Ok(())
    }

    /// How long one measurement takes.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.time_in_seconds())
    }

    fn time_in_seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.quick { 1.0 } else { 3.0 })
    }

    pub(crate) fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 3 } else { 5 })
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        self.part.is_empty() || self.part.contains(&part)
    }

    pub(crate) fn loads(&self) -> Vec<Load> {
        let chosen = |load: &Load| {
            let name = load.to_string();
            self.case.is_empty()
                || self.case.iter().any(|case| name == *case || name.starts_with(&format!("{case}-")))
        };
        LOADS.into_iter().filter(chosen).collect()
    }

    pub(crate) fn settings(&self) -> Vec<Setting> {
        let queues = chosen(&self.queue, &QUEUES, self.quick);
        let bodies = self.bodies();
        let settings =
            queues.iter().flat_map(|&queue| bodies.iter().map(move |&body| Setting { queue, body }));
        settings.collect()
    }

    pub(crate) fn bodies(&self) -> Vec<usize> {
        chosen(&self.body, &BODIES, self.quick)
    }

    pub(crate) fn contenders(&self) -> Vec<Contender> {
        chosen(&self.contender, &CONTENDERS, false)
    }
}

/// What was asked for, or else all, of which the first is the main one.
fn chosen<T: Copy>(asked: &[T], all: &[T], quick: bool) -> Vec<T> {
    match (asked, quick) {
        ([], true) => all.iter().copied().take(1).collect(),
        ([], false) => all.to_vec(),
        _ => asked.to_vec(),
    }
}
