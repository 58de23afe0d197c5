//! `memory://` beside tarpc, each in one process.

use anyhow::Result;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::comparison::Comparison;
use super::figures::{CPU_OF_BOTH, Figure, P50, P99, SPEED};
use super::report::Report;

/// In the order of their columns.
pub(crate) const CONTENDERS: [Contender; 3] =
    [Contender::OursInMemory, Contender::TarpcJson, Contender::TarpcChannel];
const AGAINST: [(&str, Contender); 2] =
    [("ours / JSON", Contender::TarpcJson), ("ours / channel", Contender::TarpcChannel)];
/// Times are far shorter than with a broker.
const FIGURES: [Figure; 4] =
    [SPEED, Figure { decimals: 3, ..P50 }, Figure { decimals: 3, ..P99 }, CPU_OF_BOTH];

const NOTE: &str = "Both echo the same text between tasks of one process. tarpc with JSON encodes its \
    messages and sends them through a pipe in memory; tarpc with a channel moves values \
    from task to task and encodes nothing, as no transport between processes could. CPU \
    seconds are those of 10,000 calls.";

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Comparison::new(&CONTENDERS, &AGAINST, &FIGURES);
    let mut loads = bench.options.loads();
    loads.retain(|load| matches!(load, Load::Calls(_)));
    for &body in &bench.options.body {
        let setups =
            CONTENDERS.map(|contender| (contender.title(), Setup { body, ..bench.setup(contender) }));
        for row in bench.measure(&format!("{body} bytes, in memory"), &setups, &loads).await? {
            table.add(&format!("{body} bytes, "), &row);
            let ours = row.series(CONTENDERS[0].title(), &SPEED);
            for theirs in &CONTENDERS[1..] {
                let what = format!("{} per second in memory / {}; {body} bytes", row.load, theirs.title());
                report.at_least(1.0, what, &ours.over(&row.series(theirs.title(), &SPEED)));
            }
        }
    }
    report.add("In memory", &format!("{NOTE}\n\n{table}"));
    Ok(())
}
