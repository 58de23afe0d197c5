//! Notifiers and listeners on a broker.

use anyhow::Result;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::broker::{RAW, add_table, better};
use super::figures::{Row, SPEED};
use super::report::Report;

/// So many notifications in flight; and what waits, one by one and in batches.
const LOADS: [Load; 3] = [Load::Notify(64), Load::Listen(1), Load::Listen(100)];
/// In the order of their columns.
const CONTENDERS: [Contender; 6] = [
    Contender::Ours,
    Contender::RawOwn,
    Contender::RawShared,
    Contender::RawOwnEvents,
    Contender::RawSharedEvents,
    Contender::Python,
];
/// What does the same as this project: it writes and reads the events as well.
const RAW_EVENTS: [Contender; 2] = [Contender::RawOwnEvents, Contender::RawSharedEvents];
/// How much more than Python a notifier does.
const NOTIFY: f64 = 20.0;

/// Measures all of them in all settings.
pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    for queue in &bench.options.queue {
        for &body in &bench.options.body {
            let setup = |contender: Contender| {
                (contender.title(), Setup { quorum: queue == "quorum", body, ..bench.setup(contender) })
            };
            let setups: Vec<_> = bench.contenders(&CONTENDERS).map(setup).collect();
            let setting = format!("{body} bytes, {queue}");
            let rows = bench.measure(&setting, &setups, &LOADS).await?;
            let title = format!("Notifications of {body} bytes through a {queue} queue");
            add_table(report, &title, &rows, &CONTENDERS);
            add_targets(report, &setting, &rows);
        }
    }
    Ok(())
}

fn add_targets(report: &mut Report, setting: &str, rows: &[Row]) {
    for row in rows {
        let title = |of| format!("{} {}{of}; {setting}", row.load, SPEED.title);
        let ours = row.series(Contender::Ours.title(), &SPEED);
        report.at_least(0.95, title(" / raw with JSON"), &ours.over(&better(RAW_EVENTS, row, &SPEED)));
        report.at_least(0.95, title(" / raw"), &ours.over(&better(RAW, row, &SPEED)));
        let least = if let Load::Notify(_) = row.load { NOTIFY } else { 1.0 };
        let python = row.series(Contender::Python.title(), &SPEED);
        report.at_least(least, title(" / Python"), &ours.over(&python));
    }
}
