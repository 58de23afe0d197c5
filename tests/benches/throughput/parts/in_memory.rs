//! `memory://` beside tarpc, each in one process.

use anyhow::Result;
use rpc_tests::bench::Table;

use crate::bench::{Bench, Key, Turn, stop};
use crate::figures::{Figure, Of};
use crate::load::Kind;
use crate::report::{Limit, Report, Section, Target};
use crate::role::{Contender, Queue, Setting, Shape};

/// In the order of their columns.
pub(super) const CONTENDERS: [Contender; 3] =
    [Contender::OursInMemory, Contender::TarpcJson, Contender::TarpcChannel];

const NOTE: &str = "Both echo the same text between tasks of one process. tarpc with JSON encodes its \
    messages and sends them through a pipe in memory; tarpc with a channel moves values \
    from task to task and encodes nothing, as no transport between processes could. CPU \
    seconds are those of 10,000 calls.";

pub(super) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Table::new(
        [""].into_iter().chain(CONTENDERS.map(Contender::title)).chain(["ours / JSON", "ours / channel"]),
    );
    let mut loads = bench.options.loads();
    loads.retain(|load| load.kind == Kind::Call);
    for body in bench.options.bodies() {
        let setting = Setting { queue: Queue::Classic, body };
        let mut pairs = Vec::new();
        for contender in CONTENDERS {
            pairs.push(bench.pair(contender, setting, Shape::SMALL).await?);
        }
        let mut turns = Vec::new();
        for &load in &loads {
            let turn = |(pair, contender)| Turn { key: Key { load, contender }, pair, load, every: 1 };
            turns.extend(CONTENDERS.into_iter().enumerate().map(turn));
        }
        let samples = bench.rounds(&format!("{body} bytes, in memory"), &mut pairs, &mut turns).await?;
        stop(pairs).await?;
        for &load in &loads {
            let series = |contender, figure: Figure| figure.series(&samples[&Key { load, contender }]);
            for figure in [Figure::Speed, Figure::P50, Figure::P99, Figure::Cpu(Of::ClientAndServer)] {
                let decimals = match figure {
                    // They are far shorter than with a broker.
                    Figure::P50 | Figure::P99 => 3,
                    _ => figure.decimals(),
                };
                let values = CONTENDERS.map(|contender| series(contender, figure));
                let ratios = [values[0].over(&values[1]), values[0].over(&values[2])];
                let cells = values.iter().map(|series| series.cell(decimals));
                let title = format!("{body} bytes, {}", figure.title(load));
                table.row([title].into_iter().chain(cells).chain(ratios.iter().map(|ratio| ratio.cell(2))));
            }
            let ours = series(Contender::OursInMemory, Figure::Speed);
            for theirs in [Contender::TarpcJson, Contender::TarpcChannel] {
                report.aim([Target {
                    what: format!("{load} calls/s in memory / {}; {body} bytes", theirs.title()),
                    limit: Limit::AtLeast(1.0),
                    measured: ours.over(&series(theirs, Figure::Speed)),
                }]);
            }
        }
    }
    report.add(Section { title: "In memory".to_owned(), text: format!("{NOTE}\n\n{table}") });
    Ok(())
}
