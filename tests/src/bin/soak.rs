//! Random faults under load, for as long as one likes; see `tests/soak`.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use rpc_tests::campaign::{Fault, Lane, OPTIONS, Scenario, Site};
use tokio::time::Instant;

/// Repeats random faults of a broker, its network and its servers under load, and fails with what
/// the ledgers then say.
#[derive(Parser)]
struct Args {
    /// For how long, in minutes; the last fault may end later.
    #[arg(default_value_t = 2.0)]
    minutes: f64,
    /// Repeats the faults of an earlier run; a random number unless given.
    #[arg(long)]
    seed: Option<u64>,
}

/// What can happen.
#[derive(Debug, Clone, Copy)]
enum Event {
    Site(Fault),
    KillServer,
}

/// The lanes by name, the one of a killable server first.
const TOPICS: [&str; 4] = ["process", "durable", "quorum", "python"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);

    let mut site = Site::start().await?;
    let vhost = site.vhost();
    let mut scenario = Scenario::start(&vhost, lanes(&site.url())?).await?;
    let events: Vec<_> = Fault::ALL
        .into_iter()
        .filter(|fault| fault.keeps_queues())
        .map(Event::Site)
        .chain([Event::KillServer])
        .collect();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs_f64(args.minutes * 60.0) {
        let Some(event) = random.choice(&events) else { break };
        let at = begun.elapsed().as_secs();
        match event {
            Event::Site(fault) => {
                println!("{at:5} s: {fault}");
                fault.strike(&mut site, &TOPICS).await?;
            }
            Event::KillServer => {
                println!("{at:5} s: a server is killed");
                scenario.lanes_mut()[0].kill_server().await?;
            }
        }
        scenario.recovered().await.with_context(|| format!("seed {seed}"))?;
    }
    println!("{:5} s: the end", begun.elapsed().as_secs());
    for tally in scenario.finish().await.with_context(|| format!("seed {seed}"))? {
        println!("{tally}");
    }
    Ok(())
}

fn lanes(url: &str) -> Result<[Lane; 4]> {
    let [process, durable, quorum, python] = TOPICS;
    let peer = std::env::current_exe()?.with_file_name("peer");
    let lanes = [
        // What a killed server was at work on is lost, as it was acknowledged before, and what it took
        // in its last instant may be done again.
        Lane::process(process, peer).durable().may_lose().may_repeat().at(url),
        Lane::rust(durable).durable().at(url),
        Lane::rust(quorum).quorum().at(url),
        // Its own losses and repetitions are Python's affair: only the client is ours here. Not by way
        // of the proxy, whose sockets are counted, since Python has as many connections as it likes.
        Lane::python(python).durable().may_lose().may_repeat(),
    ];
    Ok(lanes.map(|lane| OPTIONS.iter().fold(lane.per_second(40), |lane, option| lane.option(option))))
}
