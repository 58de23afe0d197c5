//! The parts of the benchmark, one after the other.

mod allocations;
mod broker;
mod in_memory;
mod memory;
mod scale;

use anyhow::Result;

pub(crate) use self::broker::Row;

use super::bench::Bench;
use super::chart;
use super::options::{Options, Part};
use super::report::Report;
use super::versions;

/// Measures what was asked for.
pub(crate) async fn run(options: Options) -> Result<()> {
    let bench = Bench::start(options).await?;
    let mut report = Report::new(versions::header(&bench).await?);
    let mut drawn = None;
    if bench.options.has(Part::Broker) {
        let rows = broker::run(&bench, &mut report).await?;
        drawn = Some(chart::draw(&rows)?);
    }
    if bench.options.has(Part::InMemory) {
        in_memory::run(&bench, &mut report).await?;
    }
    if bench.options.has(Part::Allocations) {
        allocations::run(&bench, &mut report).await?;
    }
    if bench.options.has(Part::Memory) {
        memory::run(&bench, &mut report).await?;
    }
    if bench.options.has(Part::Scale) {
        scale::run(&bench, &mut report).await?;
    }
    report.close();
    match bench.options.write {
        true => report.write(drawn),
        false => Ok(()),
    }
}
