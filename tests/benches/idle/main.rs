//! What idle servers cost their broker: each declares its queues again and again (`redeclare_interval`).

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use procfs::process::all_processes;
use rpc_runtime::{AmqpOptions, Context, RemoteError, Server, Target, Transport, rpc_manager};
use rpc_tests::Broker;
use rpc_tests::limits::PATIENCE;
use tokio::time::{Instant, sleep};

/// For each of its three queues, a server opens and closes two channels, declares an exchange, the queue and its binding by
/// the one, and looks for consumers by the other.
const OPERATIONS_FOR_A_CHANNEL: f64 = (4.0 + 3.0 + 1.0) / 2.0;

#[rpc_manager(client = IdleApi, topic = "idle", version = "1.0")]
trait IdleManager {
    #[rpc(cast)]
    async fn nothing(&self, ctx: Context) -> Result<(), RemoteError>;
}

struct Idle;

impl IdleManager for Idle {
    async fn nothing(&self, _: Context) -> Result<(), RemoteError> {
        Ok(())
    }
}

#[derive(Debug, Parser)]
struct Args {
    /// How many servers, each of a topic of its own.
    #[arg(long, default_value_t = 1000)]
    servers: usize,
    /// How many transports they share; each has a connection that listens.
    #[arg(long, default_value_t = 20)]
    transports: usize,
    /// The values of `redeclare_interval`, in seconds; a day is as good as never.
    #[arg(long, value_delimiter = ',', default_value = "86400,30,10")]
    intervals: Vec<u64>,
    /// For how many seconds each is measured.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// What `cargo bench` passes.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What the broker has done so far.
struct Done {
    at: Instant,
    channels: u64,
    cpu: f64,
}

impl Done {
    async fn by(broker: &Broker) -> Result<Self> {
        let churn =
            "[{_, _, _, Channels, _, _, _, _}] = ets:lookup(connection_churn_metrics, node()), Channels";
        Ok(Self { at: Instant::now(), channels: broker.node().ask(churn).await?, cpu: cpu(broker)? })
    }
}

/// The CPU time of a node, in seconds.
fn cpu(broker: &Broker) -> Result<f64> {
    let group = i32::try_from(broker.process_group().context("the node has ended")?)?;
    let stats = all_processes()?.filter_map(|process| process.ok()?.stat().ok());
    let ticks: u64 = stats.filter(|stat| stat.pgrp == group).map(|stat| stat.utime + stat.stime).sum();
    Ok(ticks as f64 / procfs::ticks_per_second() as f64)
}

async fn servers(broker: &Broker, args: &Args, interval: u64) -> Result<Vec<Server>> {
    let options = AmqpOptions::default().redeclare_interval(Duration::from_secs(interval));
    let mut transports = Vec::new();
    for _ in 0..args.transports {
        // Starting so many servers takes their broker a while.
        let builder =
            Transport::builder(&broker.node().url())?.amqp(options.clone()).connect_within(PATIENCE);
        transports.push(builder.connect().await?);
    }
    let starting = (0..args.servers).map(|n| {
        let target = Target::new(format!("idle{n}")).with_server("host1");
        Server::builder(&transports[n % args.transports], target).endpoint(IdleApi::endpoint(Idle)).start()
    });
    Ok(stream::iter(starting).buffer_unordered(16).try_collect().await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    if !args.bench {
        println!("idle: measures only when run by `cargo bench`");
        return Ok(());
    }
    println!(
        "| `redeclare_interval` | channels opened/s | operations/s | CPU of the broker |\n|---|---|---|---|"
    );
    for &interval in &args.intervals {
        // A node of its own for each, as servers leave queues behind.
        let broker = Broker::start().await?;
        let servers = servers(&broker, &args, interval).await?;
        // Until those that began together do not declare together.
        sleep(Duration::from_secs(interval.min(30) * 2)).await;
        let before = Done::by(&broker).await?;
        sleep(Duration::from_secs(args.seconds)).await;
        let after = Done::by(&broker).await?;
        let seconds = (after.at - before.at).as_secs_f64();
        let channels = (after.channels - before.channels) as f64 / seconds;
        let cpu = (after.cpu - before.cpu) / seconds;
        println!(
            "| {interval} s | {channels:.0} | {:.0} | {:.0} % of a core |",
            channels * OPERATIONS_FOR_A_CHANNEL,
            cpu * 100.0
        );
        drop(servers);
    }
    Ok(())
}
