//! Random faults under load, for as long as one likes; see `tests/run --list`.

// It talks to people on standard output.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use rpc_tests::campaign::{Fault, Kind, Lane, OPTIONS, Outcome, Scenario, Site};
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
    KillLateServer,
    KillClient,
    StickHandler,
}

/// The lanes by name.
const TOPICS: [&str; 6] = ["process", "late", "durable", "quorum", "notified", "python"];
/// Where they are among the lanes: a server is killed, one that acknowledges late, a client; a handler is stuck.
const PROCESS: usize = 0;
const LATE: usize = 1;
const DURABLE: usize = 2;
const QUORUM: usize = 3;
/// How many calls a client is killed in the middle of.
const CALLS: u64 = 20;
/// The fanout queue of a server that was killed goes after longer than any fault lasts, and well before the broker is
/// looked at for what is left.
const GONE_SOON: &str = "rabbit_transient_queues_ttl=30";
/// How many seconds a handler is stuck.
const STUCK: f64 = 10.0;

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
        .chain([Event::KillServer, Event::KillLateServer, Event::KillClient, Event::StickHandler])
        .collect();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs_f64(args.minutes * 60.0) {
        let Some(event) = random.choice(&events) else { break };
        let at = begun.elapsed().as_secs();
        match event {
            Event::Site(fault) => {
                println!("{at:5} s: {fault}");
                // Python's server never binds its queues to a new exchange.
                let topics =
                    if *fault == Fault::DeleteExchange { &TOPICS[..TOPICS.len() - 1] } else { &TOPICS[..] };
                fault.strike(&mut site, topics).await?;
            }
            Event::KillServer => {
                println!("{at:5} s: a server is killed");
                scenario.lanes_mut()[PROCESS].kill_server().await?;
            }
            Event::KillLateServer => {
                println!("{at:5} s: a server is killed that acknowledges late");
                scenario.lanes_mut()[LATE].kill_server().await?;
            }
            Event::KillClient => {
                println!("{at:5} s: a client is killed in the middle of calls");
                scenario.lanes()[DURABLE].kill_client(peer()?, CALLS).await?;
            }
            Event::StickHandler => {
                println!("{at:5} s: a handler is stuck");
                let deadline = Duration::from_secs(1);
                match scenario.lanes()[QUORUM].request(Kind::Call, deadline, STUCK).await? {
                    Outcome::Unclear(_) => {}
                    outcome => bail!("seed {seed}: the call of a handler that is stuck: {outcome:?}"),
                }
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

/// The program that servers and clients are processes of.
fn peer() -> Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("peer"))
}

fn lanes(url: &str) -> Result<[Lane; 6]> {
    let [process, late, durable, quorum, notified, python] = TOPICS;
    let lanes = [
        // What a killed server was at work on is lost, as it was acknowledged before, and what it took
        // in its last instant may be done again.
        Lane::process(process, peer()?).durable().may_lose().may_repeat().option(GONE_SOON).at(url),
        // Another server does again what the killed one was at work on; nothing is lost.
        Lane::process(late, peer()?).late().durable().may_repeat().option(GONE_SOON).at(url),
        // Replies to a client that was killed are given up soon.
        Lane::rust(durable).durable().option("kombu_missing_consumer_retry_timeout=3").at(url),
        Lane::rust(quorum).quorum().at(url),
        // What a listener was at work on when its connection was lost comes again.
        Lane::rust(notified).notifying().durable().may_repeat().at(url),
        // Its own losses and repetitions are Python's affair: only the client is ours here. Not by way
        // of the proxy, whose sockets are counted, since Python has as many connections as it likes.
        Lane::python(python).durable().may_lose().may_repeat(),
    ];
    Ok(lanes.map(|lane| OPTIONS.iter().fold(lane.per_second(40), |lane, option| lane.option(option))))
}
