//! `amqp1://` beside raw fe2o3-amqp, through a router of the benchmark's own.

use anyhow::Result;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::broker::better;
use super::comparison::Comparison;
use super::figures::{CPU_OF_BOTH, CPU_OF_BROKER, Figure, P50, P99, SPEED};
use super::report::Report;

/// In the order of their columns.
const CONTENDERS: [Contender; 3] = [Contender::OursAmqp1, Contender::RawAmqp1Own, Contender::RawAmqp1Shared];
/// fe2o3-amqp in both ways to run it.
const RAW: [Contender; 2] = [Contender::RawAmqp1Own, Contender::RawAmqp1Shared];
const AGAINST: [(&str, Contender); 2] =
    [("ours / own", Contender::RawAmqp1Own), ("ours / shared", Contender::RawAmqp1Shared)];
const CPU_OF_ROUTER: Figure = Figure { title: "CPU s of router", ..CPU_OF_BROKER };
const FIGURES: [Figure; 5] = [SPEED, P50, P99, CPU_OF_BOTH, CPU_OF_ROUTER];

const NOTE: &str = "Both send the same messages, with JSON in them, through one router that does nothing else. CPU seconds are \
    those of 10,000 calls: 10,000 divided by those of the router is how many calls a second it could pass on.";

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Comparison::new(&CONTENDERS, &AGAINST, &FIGURES);
    let mut loads = bench.options.loads();
    loads.retain(|load| matches!(load, Load::Calls(_)));
    for &body in &bench.options.body {
        let setup = |contender: Contender| (contender.title(), Setup { body, ..bench.setup(contender) });
        let setups: Vec<_> = bench.contenders(&CONTENDERS).map(setup).collect();
        for row in bench.measure(&format!("{body} bytes, routed"), &setups, &loads).await? {
            table.add(&format!("{body} bytes, "), &row);
            let ours = row.series(Contender::OursAmqp1.title(), &SPEED);
            let what = format!("{} per second over `amqp1://` / raw; {body} bytes", row.load);
            report.at_least(0.95, what, &ours.over(&better(RAW, &row, &SPEED)));
        }
    }
    report.add("AMQP 1.0 through a router", &format!("{NOTE}\n\n{table}"));
    Ok(())
}
