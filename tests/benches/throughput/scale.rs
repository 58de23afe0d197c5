//! Whether it stays as fast with large services, many clients and many calls in flight.

use anyhow::Result;
use throughput_side::{Contender, Load, Setup};

use super::bench::Bench;
use super::figures::{CPU_OF_BOTH, CPU_OF_SERVER, Figure, Row, SPEED};
use super::report::{Report, table};

/// As many calls in flight as keep the machine busy, so that speed shows work.
const BUSY: Load = Load::Calls(128);
/// A speed counts as the same if it is at least this part of the other.
const FLAT: f64 = 0.95;
/// A cost counts as the same if it is at most this many times the other.
const LEVEL: f64 = 1.1;

const IN_FLIGHT: [usize; 5] = [1, 10, 100, 1000, 10_000];
/// What the cost of a call is compared with: fewer leave the machine idle, and waking up costs.
const USUAL: usize = 100;

const NOTE: &str = "With 128 calls in flight; ratios of large to small. The clients of the reply queues \
    are one process of raw lapin that pretends to be so many, as so many processes would \
    fill the machine by themselves. CPU seconds are those of 10,000 calls.";

pub(crate) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    growth(bench, report).await?;
    calls_in_flight(bench, report).await
}

/// What it costs to make one thing large.
async fn growth(bench: &Bench, report: &mut Report) -> Result<()> {
    let ours = bench.setup(Contender::Ours);
    let raw = bench.setup(Contender::RawOwn);
    let mixed = Setup { server: Contender::Ours, ..raw.clone() };
    let growths = [
        ("1 method → 100 methods", &ours, Setup { methods: 100, ..ours.clone() }),
        ("1 topic → 50 topics of one server process", &ours, Setup { topics: 50, ..ours.clone() }),
        (
            "1 → 1,000 reply queues, server of this project",
            &mixed,
            Setup { reply_queues: 1000, ..mixed.clone() },
        ),
        ("1 → 1,000 reply queues, server of raw lapin", &raw, Setup { reply_queues: 1000, ..raw.clone() }),
    ];
    let mut table =
        table(["", "calls/s, small", "calls/s, large", "ratio", "CPU s of server, small", "large", "ratio"]);
    for (what, small, large) in growths {
        let setups = [("small", small.clone()), ("large", large)];
        for row in bench.measure(what, &setups, &[BUSY]).await? {
            let compare = |figure: &Figure| {
                let (small, large) = (row.series("small", figure), row.series("large", figure));
                let ratio = large.over(&small);
                ([small.cell(figure.decimals), large.cell(figure.decimals), ratio.cell(2)], ratio)
            };
            let ((speeds, ratio), (cpu, _)) = (compare(&SPEED), compare(&CPU_OF_SERVER));
            table.add_row([what.to_owned()].into_iter().chain(speeds).chain(cpu));
            if small.server == Contender::Ours {
                report.at_least(FLAT, format!("calls/s, {what}"), &ratio);
            }
        }
    }
    report.add("Scale", &format!("{NOTE}\n\n{table}"));
    Ok(())
}

/// What a call costs with few and many others in flight.
async fn calls_in_flight(bench: &Bench, report: &mut Report) -> Result<()> {
    let contenders = [Contender::Ours, Contender::RawOwn];
    let setups = contenders.map(|contender| (contender.title(), bench.setup(contender)));
    let rows = bench.measure("in flight", &setups, &IN_FLIGHT.map(Load::Calls)).await?;
    let titles = IN_FLIGHT.map(|number| format!("{number} in flight"));
    let mut table = table([String::new()].into_iter().chain(titles));
    for contender in contenders {
        let name = contender.title();
        let cpu = |row: &Row| row.series(name, &CPU_OF_BOTH);
        let usual = rows.iter().find(|row| row.load == Load::Calls(USUAL)).map(cpu).unwrap_or_default();
        let mut line = |what: &str, cell: &dyn Fn(&Row) -> String| {
            table.add_row([format!("{name}, {what}")].into_iter().chain(rows.iter().map(cell)));
        };
        line("calls/s", &|row| row.series(name, &SPEED).cell(0));
        line("CPU s of both", &|row| cpu(row).cell(3));
        line(&format!("CPU / that with {USUAL}"), &|row| cpu(row).over(&usual).cell(2));
        for (row, in_flight) in rows.iter().zip(IN_FLIGHT) {
            if contender == Contender::Ours && in_flight > USUAL {
                let what = format!("CPU of one call, {in_flight} in flight / {USUAL} in flight");
                report.at_most(LEVEL, what, &cpu(row).over(&usual));
            }
        }
    }
    report.add("Calls in flight", &table.to_string());
    Ok(())
}
