//! Whether it stays as fast with large services, many clients and many calls in flight.

use anyhow::Result;
use rpc_tests::bench::Table;

use crate::bench::{Bench, Key, Samples, Turn, stop};
use crate::figures::{Figure, Of};
use crate::load::{Kind, Load};
use crate::report::{Limit, Report, Section, Target};
use crate::role::{Contender, Role, Setting, Shape};

/// As many calls in flight as keep the machine busy, so that speed shows work.
const BUSY: Load = Load { kind: Kind::Call, in_flight: 128 };
/// A speed counts as the same if it is at least this part of the other.
const FLAT: f64 = 0.95;
/// A cost counts as the same if it is at most this many times the other.
const LEVEL: f64 = 1.1;

const IN_FLIGHT: [usize; 5] = [1, 10, 100, 1000, 10_000];
/// What the cost of a call is compared with: fewer leave the machine idle, and waking up costs.
const USUAL: usize = 100;

const SMALL: &str = "small";
const LARGE: &str = "large";

/// One thing made large.
struct Growth {
    what: &'static str,
    client: Contender,
    server: Contender,
    small: Shape,
    large: Shape,
    /// Whether it is this project whose speed should stay.
    ours: bool,
}

const GROWTHS: [Growth; 4] = [
    Growth {
        what: "1 method → 100 methods",
        client: Contender::Ours,
        server: Contender::Ours,
        small: Shape::SMALL,
        large: Shape { methods: 100, ..Shape::SMALL },
        ours: true,
    },
    Growth {
        what: "1 topic → 50 topics of one server process",
        client: Contender::Ours,
        server: Contender::Ours,
        small: Shape::SMALL,
        large: Shape { topics: 50, ..Shape::SMALL },
        ours: true,
    },
    Growth {
        what: "1 → 1,000 reply queues, server of this project",
        client: Contender::RawOwn,
        server: Contender::Ours,
        small: Shape::SMALL,
        large: Shape { reply_queues: 1000, ..Shape::SMALL },
        ours: true,
    },
    Growth {
        what: "1 → 1,000 reply queues, server of raw lapin",
        client: Contender::RawOwn,
        server: Contender::RawOwn,
        small: Shape::SMALL,
        large: Shape { reply_queues: 1000, ..Shape::SMALL },
        ours: false,
    },
];

const NOTE: &str = "With 128 calls in flight; ratios of large to small. The clients of the reply queues \
    are one process of raw lapin that pretends to be so many, as so many processes would \
    fill the machine by themselves. CPU seconds are those of 10,000 calls.";

pub(super) async fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut table = Table::new([
        "",
        "calls/s, small",
        "calls/s, large",
        "ratio",
        "CPU s of server, small",
        "large",
        "ratio",
    ]);
    for growth in &GROWTHS {
        let samples = grow(bench, growth).await?;
        let values = |figure: Figure| {
            let (small, large) = (figure.series(&samples[SMALL]), figure.series(&samples[LARGE]));
            let ratio = large.over(&small);
            (small, large, ratio)
        };
        let (speed, cpu) = (values(Figure::Speed), values(Figure::Cpu(Of::Server)));
        table.row([
            growth.what.to_owned(),
            speed.0.cell(0),
            speed.1.cell(0),
            speed.2.cell(2),
            cpu.0.cell(3),
            cpu.1.cell(3),
            cpu.2.cell(2),
        ]);
        if growth.ours {
            report.aim([Target {
                what: format!("calls/s, {}", growth.what),
                limit: Limit::AtLeast(FLAT),
                measured: speed.2,
            }]);
        }
    }
    report.add(Section { title: "Scale".to_owned(), text: format!("{NOTE}\n\n{table}") });
    calls_in_flight(bench, report).await
}

/// The samples of the small one under `small`, those of the large one under `large`.
async fn grow(bench: &Bench, growth: &Growth) -> Result<Samples<&'static str>> {
    let (mut pairs, mut turns) = (Vec::new(), Vec::new());
    for (key, shape) in [(SMALL, growth.small), (LARGE, growth.large)] {
        let role = Role { server: growth.server, ..bench.role(growth.client, Setting::MAIN, shape) };
        turns.push(Turn { key, pair: pairs.len(), load: BUSY, every: 1 });
        pairs.push(bench.pair_of(bench.program(), role).await?);
    }
    let samples = bench.rounds(growth.what, &mut pairs, &mut turns).await?;
    stop(pairs).await?;
    Ok(samples)
}

/// What a call costs with few and many others in flight.
async fn calls_in_flight(bench: &Bench, report: &mut Report) -> Result<()> {
    let contenders = [Contender::Ours, Contender::RawOwn];
    let (mut pairs, mut turns) = (Vec::new(), Vec::new());
    for (pair, contender) in contenders.into_iter().enumerate() {
        pairs.push(bench.pair(contender, Setting::MAIN, Shape::SMALL).await?);
        let load = |in_flight| Load { kind: Kind::Call, in_flight };
        let turn = |in_flight| Turn { key: key(contender, in_flight), pair, load: load(in_flight), every: 1 };
        turns.extend(IN_FLIGHT.map(turn));
    }
    let samples = bench.rounds("in flight", &mut pairs, &mut turns).await?;
    stop(pairs).await?;

    let titles = IN_FLIGHT.map(|number| format!("{number} in flight"));
    let mut table = Table::new([String::new()].into_iter().chain(titles));
    for contender in contenders {
        let series = |figure: Figure, in_flight| figure.series(&samples[&key(contender, in_flight)]);
        let speed = |in_flight| series(Figure::Speed, in_flight);
        let cpu = |in_flight| series(Figure::Cpu(Of::ClientAndServer), in_flight);
        let relative = |in_flight| cpu(in_flight).over(&cpu(USUAL));
        let mut line = |what: &str, cell: &dyn Fn(usize) -> String| {
            let title = format!("{}, {what}", contender.title());
            table.row([title].into_iter().chain(IN_FLIGHT.map(cell)));
        };
        line("calls/s", &|in_flight| speed(in_flight).cell(0));
        line("CPU s of both", &|in_flight| cpu(in_flight).cell(3));
        line(&format!("CPU / that with {USUAL}"), &|in_flight| relative(in_flight).cell(2));
        if contender == Contender::Ours {
            report.aim(IN_FLIGHT.into_iter().filter(|in_flight| *in_flight > USUAL).map(|in_flight| {
                Target {
                    what: format!("CPU of one call, {in_flight} in flight / {USUAL} in flight"),
                    limit: Limit::AtMost(LEVEL),
                    measured: relative(in_flight),
                }
            }));
        }
    }
    report.add(Section { title: "Calls in flight".to_owned(), text: table.to_string() });
    Ok(())
}

fn key(contender: Contender, in_flight: usize) -> Key {
    Key { load: Load { kind: Kind::Call, in_flight }, contender }
}
