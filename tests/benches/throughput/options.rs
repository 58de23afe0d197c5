//! What is to be measured, and how long.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use throughput_side::{Contender, Load, Messages};

/// The loads that contenders are compared with.
const LOADS: [Load; 4] = [Load::Calls(1), Load::Calls(16), Load::Calls(128), Load::Casts(64)];
/// Their names, and those of their kinds.
const CASES: [&str; 6] = ["calls", "casts", "calls-1", "calls-16", "calls-128", "casts-64"];

/// One part of the benchmark; each has its tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Speed and CPU time on a broker
    Broker,
    /// Speed and CPU time inside one process, beside tarpc
    InMemory,
    /// Speed and CPU time of zmq:// beside others that have nobody between client and server
    Direct,
    /// Speed and CPU time of amqp1:// beside fe2o3-amqp, through a router
    Routed,
    /// Allocations of one operation
    Allocations,
    /// Peak memory with 10,000 calls in flight
    Memory,
    /// Large services, many clients, many calls in flight
    Scale,
    /// Speed and CPU time of notifiers and listeners on a broker
    Notifications,
}

/// Measures this project, raw lapin and Python's oslo.messaging on one broker. Several values of an option are
/// separated by commas.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Options {
    /// The broker, rabbit://user:password@host:port/vhost; by default one is started for the run
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// The main cases only, in shorter and fewer rounds: about 6 minutes
    #[arg(long)]
    quick: bool,
    /// How long one measurement takes; with --quick 1
    #[arg(long, default_value = "3", default_value_if("quick", "true", "1"))]
    seconds: f64,
    /// How often everything is measured; with --quick 3
    #[arg(long, default_value = "5", default_value_if("quick", "true", "3"))]
    pub(crate) rounds: usize,
    /// Only these parts
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "broker,in-memory,direct,routed,allocations,memory,scale,notifications"
    )]
    pub(crate) part: Vec<Part>,
    /// Only these loads
    #[arg(long, value_delimiter = ',', value_parser = CASES, default_value = "calls,casts")]
    case: Vec<String>,
    /// Only requests of so many bytes; with --quick 300
    #[arg(long, value_delimiter = ',')]
    #[arg(default_value = "300,16384", default_value_if("quick", "true", "300"))]
    pub(crate) body: Vec<usize>,
    /// Only these kinds of queues; with --quick classic
    #[arg(long, value_delimiter = ',', value_parser = ["classic", "quorum"])]
    #[arg(default_value = "classic,quorum", default_value_if("quick", "true", "classic"))]
    pub(crate) queue: Vec<String>,
    /// Only these contenders, of those that a part has; those in memory always. By default all
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
        ensure!(self.seconds > 0.0 && self.seconds <= 3600.0, "--seconds: above 0, at most 3600");
        ensure!(self.rounds > 0, "--rounds: at least 1");
        for body in &self.body {
            Messages::of(*body).context("--body")?;
        }
        Ok(())
    }

    /// How long one measurement takes.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    /// Whether a contender was asked for.
    pub(crate) fn has(&self, contender: Contender) -> bool {
        self.contender.is_empty() || self.contender.contains(&contender)
    }

    pub(crate) fn loads(&self) -> Vec<Load> {
        let chosen = |load: &Load| {
            let name = load.to_string();
            self.case.iter().any(|case| name == *case || name.starts_with(&format!("{case}-")))
        };
        LOADS.into_iter().filter(chosen).collect()
    }
}
