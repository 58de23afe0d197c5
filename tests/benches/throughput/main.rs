//! Throughput of this project beside raw lapin and Python's oslo.messaging, on one broker in one run; what it takes of
//! CPU and memory, and how it scales; and the other transports beside their libraries, tarpc and tonic.
//!
//! `tests/benches/README.md` says how to run it and how to read the tables.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod allocations;
mod bench;
mod broker;
mod chart;
mod comparison;
mod direct;
mod figures;
mod header;
mod in_memory;
mod memory;
mod notifications;
mod options;
mod pair;
mod report;
mod routed;
mod scale;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use self::bench::Bench;
use self::options::{Options, Part};
use self::report::Report;

/// It only waits for the processes that do the work.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    // `cargo test --all-targets` runs this program too, but without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("throughput: measures only when run by `cargo bench`");
        return Ok(());
    }
    let options = Options::parse();
    options.check()?;
    let bench = Bench::start(options).await?;
    let mut report = Report::new(header::header(&bench).await?);
    for part in Part::value_variants().iter().filter(|part| bench.options.part.contains(part)) {
        match part {
            Part::Broker => broker::run(&bench, &mut report).await?,
            Part::InMemory => in_memory::run(&bench, &mut report).await?,
            Part::Allocations => allocations::run(&bench, &mut report).await?,
            Part::Memory => memory::run(&bench, &mut report).await?,
            Part::Scale => scale::run(&bench, &mut report).await?,
            Part::Direct => direct::run(&bench, &mut report).await?,
            Part::Routed => routed::run(&bench, &mut report).await?,
            Part::Notifications => notifications::run(&bench, &mut report).await?,
        }
    }
    report.close();
    if bench.options.write {
        report.write()?;
    }
    Ok(())
}
