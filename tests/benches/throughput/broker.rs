//! Speed and CPU time on a broker: this project, raw lapin and oslo.messaging.

use anyhow::Result;
use rpc_tests::bench::Series;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::chart;
use super::figures::{
    CPU_OF_BOTH, CPU_OF_BROKER, CPU_OF_CLIENT, CPU_OF_SERVER, Figure, P50, P99, Row, SPEED,
};
use super::report::{Report, table};

/// In the order of their columns.
const CONTENDERS: [Contender; 4] =
    [Contender::Ours, Contender::RawOwn, Contender::RawShared, Contender::Python];
/// Raw lapin in both ways to run it.
pub(crate) const RAW: [Contender; 2] = [Contender::RawOwn, Contender::RawShared];
const FIGURES: [Figure; 7] = [SPEED, P50, P99, CPU_OF_CLIENT, CPU_OF_SERVER, CPU_OF_BOTH, CPU_OF_BROKER];

/// Measures all loads in all settings, and draws those of the first one.
pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    for queue in &bench.options.queue {
        for &body in &bench.options.body {
            let setup = |contender: Contender| {
                (contender.title(), Setup { quorum: queue == "quorum", body, ..bench.setup(contender) })
            };
            let setups: Vec<_> = bench.contenders(&CONTENDERS).map(setup).collect();
            let setting = format!("{body} bytes, {queue}");
            let rows = bench.measure(&setting, &setups, &bench.options.loads()).await?;
            let title = format!("Requests of {body} bytes through a {queue} queue");
            add_table(report, &title, &rows, &CONTENDERS);
            add_targets(report, &setting, &rows);
            if report.chart.is_none() {
                report.chart = Some(chart::draw(&rows, &CONTENDERS)?);
            }
        }
    }
    Ok(())
}

/// The better one of two raw lapins in this figure.
pub(crate) fn better(raw: [Contender; 2], row: &Row, figure: &Figure) -> Series {
    let [own, shared] = raw.map(|raw| row.series(raw.title(), figure));
    match (own.median(), shared.median()) {
        (Some(of_own), Some(of_shared)) if (of_own > of_shared) != (figure.title == SPEED.title) => shared,
        (None, _) => shared,
        _ => own,
    }
}

/// The CPU time of this project above that of raw lapin, in microseconds of one operation.
fn above_raw(row: &Row) -> Series {
    let over = row.series(Contender::Ours.title(), &CPU_OF_BOTH).minus(&better(RAW, row, &CPU_OF_BOTH));
    // From seconds of 10,000 operations.
    over.scaled(100.0)
}

/// A column for each contender, and what this project is in terms of others.
pub(crate) fn add_table(report: &mut Report, title: &str, rows: &[Row], contenders: &[Contender]) {
    let titles = contenders.iter().map(|contender| contender.title());
    let mut table = table([""].into_iter().chain(titles).chain(["ours / raw", "ours / Python"]));
    for row in rows {
        for figure in &FIGURES {
            let of = |contender: Contender| row.series(contender.title(), figure);
            let values: Vec<_> = contenders.iter().map(|contender| of(*contender)).collect();
            let ours = of(Contender::Ours);
            let ratios = [ours.over(&better(RAW, row, figure)), ours.over(&of(Contender::Python))];
            let cells = values.iter().map(|series| series.cell(figure.decimals));
            let ratios = ratios.iter().map(|ratio| ratio.cell(2));
            let title = format!("{} {}", row.load, figure.title);
            table.add_row([title].into_iter().chain(cells).chain(ratios));
        }
        table.add_row([format!("{} CPU µs of one above raw", row.load), above_raw(row).cell(1)]);
    }
    report.add(title, &format!("CPU seconds are those of 10,000 operations.\n\n{table}"));
}

fn add_targets(report: &mut Report, setting: &str, rows: &[Row]) {
    for row in rows {
        let title = |figure: &Figure, of| format!("{} {}{of}; {setting}", row.load, figure.title);
        let ours = |figure| row.series(Contender::Ours.title(), figure);
        report.at_least(0.95, title(&SPEED, " / raw"), &ours(&SPEED).over(&better(RAW, row, &SPEED)));
        report.at_most(1.1, title(&P99, " / raw"), &ours(&P99).over(&better(RAW, row, &P99)));
        if matches!(row.load, Load::Calls(_)) {
            report.at_most(7.0, title(&CPU_OF_BOTH, " above raw, in µs of one call"), &above_raw(row));
            let python = row.series(Contender::Python.title(), &SPEED);
            report.at_least(20.0, title(&SPEED, " / Python"), &ours(&SPEED).over(&python));
        }
    }
}
