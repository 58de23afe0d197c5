//! Throughput of this project beside raw lapin and Python's oslo.messaging, on one broker in one run.
//!
//! `tests/benches/README.md` says how to run it and how to read the table.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod amqp;
mod content;
mod load;
mod ours;
mod python;
mod raw;
mod table;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use clap::builder::PossibleValuesParser;
use rpc_tests::Broker;
use tokio::runtime::{Builder, Handle};
use tokio::time::timeout;

use self::content::Messages;
use self::load::{Case, Kind, Sample};
use self::ours::Ours;
use self::python::Python;
use self::raw::Raw;
use self::table::Row;

/// The size of every request; replies are smaller.
const BODY: usize = 300;
/// Before each measurement the same load runs for this long and is not counted.
const WARM_UP: Duration = Duration::from_millis(200);
/// How long a contender may take to start or to stop, and how much longer than asked for to measure.
const PATIENCE: Duration = Duration::from_secs(60);

const CASES: [Case; 4] = [
    Case { name: "calls-1", kind: Kind::Call, in_flight: 1 },
    Case { name: "calls-16", kind: Kind::Call, in_flight: 16 },
    Case { name: "calls-128", kind: Kind::Call, in_flight: 128 },
    Case { name: "casts-64", kind: Kind::Cast, in_flight: 64 },
];

const OURS: &str = "ours";
const RAW: &str = "raw";
const PYTHON: &str = "python";

/// In the order of their turns.
const CONTENDERS: [&str; 3] = [OURS, RAW, PYTHON];

/// Measures this project, raw lapin and Python's oslo.messaging on one broker.
#[derive(Debug, Parser)]
struct Options {
    /// The broker, rabbit://user:password@host:port/vhost; by default one is started for the run
    #[arg(long)]
    url: Option<String>,
    /// How long one measurement takes
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these contenders and cases, separated by commas
    #[arg(long, value_delimiter = ',', value_parser = names())]
    only: Vec<String>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn names() -> PossibleValuesParser {
    CONTENDERS.into_iter().chain(CASES.iter().map(|case| case.name)).collect::<Vec<_>>().into()
}

impl Options {
    /// Those of `names` that were asked for; all if none was.
    fn chosen<T>(&self, names: impl IntoIterator<Item = T>, name: impl Fn(&T) -> &str) -> Vec<T> {
        let (chosen, others): (Vec<T>, Vec<T>) =
            names.into_iter().partition(|item| self.only.iter().any(|only| only == name(item)));
        if chosen.is_empty() { others } else { chosen }
    }
}

fn main() -> Result<()> {
    // `cargo test --all-targets` runs this program too, but without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("throughput: measures only when run by `cargo bench`");
        return Ok(());
    }
    let options = Options::parse();
    ensure!(options.seconds > 0.0 && options.seconds <= 3600.0, "--seconds: above 0, at most 3600");
    ensure!(options.rounds > 0, "--rounds: at least 1");
    // Raw lapin has a thread of its own for its work, as it has in this project.
    let lapin = Builder::new_multi_thread().worker_threads(1).thread_name("lapin").enable_all().build()?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(&options, lapin.handle()))
}

async fn measure(options: &Options, lapin: &Handle) -> Result<()> {
    // A broker of its own lives until the end.
    let (url, _broker) = match &options.url {
        Some(url) => (url.clone(), None),
        None => {
            let broker = Broker::start().await?;
            (broker.node().url(), Some(broker))
        }
    };
    let messages = Messages::of(BODY)?;
    let mut contenders = Vec::new();
    for name in options.chosen(CONTENDERS, |name| name) {
        let starting = Contender::start(name, &url, lapin, &messages);
        contenders.push((name, within(PATIENCE, name, starting).await?));
    }
    let time = Duration::from_secs_f64(options.seconds);
    let mut rows: Vec<Row> = options.chosen(CASES, |case| case.name).into_iter().map(Row::new).collect();
    for round in 1..=options.rounds {
        for row in &mut rows {
            for (name, contender) in &mut contenders {
                let case = row.case;
                let what = format!("{} {name}", case.name);
                within(WARM_UP + PATIENCE, &what, contender.measure(case, WARM_UP)).await?;
                let sample = within(time + PATIENCE, &what, contender.measure(case, time)).await?;
                eprintln!("round {round}/{}: {what}: {:.0}/s", options.rounds, sample.per_second);
                row.add(name, sample);
            }
        }
    }
    for (name, contender) in contenders {
        within(PATIENCE, name, contender.stop()).await?;
    }
    let cores = std::thread::available_parallelism()?;
    println!(
        "{} rounds of {} s, {cores} cores for clients, servers and broker; requests of {BODY} bytes, \
         replies of {}\n",
        options.rounds,
        options.seconds,
        messages.reply.len(),
    );
    table::print(&rows);
    Ok(())
}

/// The result of a step, or an error that names it.
async fn within<T>(limit: Duration, what: &str, step: impl Future<Output = Result<T>>) -> Result<T> {
    let result = timeout(limit, step).await.with_context(|| format!("{what}: not done within {limit:?}"))?;
    result.with_context(|| what.to_owned())
}

#[expect(clippy::large_enum_variant, reason = "there is one of each")]
enum Contender {
    Ours(Ours),
    Raw(Raw),
    Python(Python),
}

impl Contender {
    async fn start(name: &str, url: &str, lapin: &Handle, messages: &Messages) -> Result<Self> {
        Ok(match name {
            OURS => Self::Ours(Ours::start(url, messages).await?),
            RAW => Self::Raw(Raw::start(url, lapin, messages).await?),
            _ => Self::Python(Python::start(url, messages).await?),
        })
    }

    async fn measure(&mut self, case: Case, time: Duration) -> Result<Sample> {
        match self {
            Self::Ours(ours) => ours.measure(case, time).await,
            Self::Raw(raw) => raw.measure(case, time).await,
            Self::Python(python) => python.measure(case, time).await,
        }
    }

    async fn stop(self) -> Result<()> {
        match self {
            Self::Ours(ours) => ours.stop().await,
            Self::Raw(raw) => raw.stop().await,
            Self::Python(python) => python.stop().await,
        }
    }
}
