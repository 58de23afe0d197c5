//! Speed and CPU time on a broker: this project, raw lapin and oslo.messaging.

use std::collections::BTreeMap;

use anyhow::Result;
use rpc_tests::bench::{Series, Table};

use crate::bench::{Bench, Key, Turn, stop};
use crate::figures::{Figure, Of};
use crate::load::{Kind, Load};
use crate::options::CONTENDERS;
use crate::pair::Sample;
use crate::report::{Limit, Report, Section, Target};
use crate::role::{Contender, Setting, Shape};

/// Python is measured in every other round: it is far enough away.
const PYTHON_EVERY: usize = 2;

/// What was measured with one load.
pub(crate) struct Row {
    pub(crate) load: Load,
    samples: BTreeMap<Contender, Vec<Option<Sample>>>,
}

impl Row {
    pub(crate) fn series(&self, contender: Contender, figure: Figure) -> Series {
        self.samples.get(&contender).map(|samples| figure.series(samples)).unwrap_or_default()
    }

    /// The better one of both raw lapins in this figure.
    pub(crate) fn raw(&self, figure: Figure) -> Series {
        let (own, shared) =
            (self.series(Contender::RawOwn, figure), self.series(Contender::RawShared, figure));
        match (own.median(), shared.median()) {
            (Some(of_own), Some(of_shared)) if (of_own > of_shared) != figure.more_is_better() => shared,
            (None, _) => shared,
            _ => own,
        }
    }

    /// The CPU time of this project above that of raw lapin, in microseconds of one operation.
    fn layer(&self) -> Series {
        let both = Figure::Cpu(Of::ClientAndServer);
        let over = self.series(Contender::Ours, both).minus(&self.raw(both));
        // From seconds of 10,000 operations.
        over.scaled(100.0)
    }
}

/// Measures all loads in all settings; returns the rows of the first setting.
pub(super) async fn run(bench: &Bench, report: &mut Report) -> Result<Vec<Row>> {
    let mut first = Vec::new();
    for setting in bench.options.settings() {
        let rows = measure(bench, setting).await?;
        report.add(section(setting, &rows));
        report.aim(targets(setting, &rows));
        if first.is_empty() {
            first = rows;
        }
    }
    Ok(first)
}

async fn measure(bench: &Bench, setting: Setting) -> Result<Vec<Row>> {
    let contenders = bench.options.contenders();
    let mut pairs = Vec::new();
    for &contender in &contenders {
        pairs.push(bench.pair(contender, setting, Shape::SMALL).await?);
    }
    let mut turns = Vec::new();
    for load in bench.options.loads() {
        for (pair, &contender) in contenders.iter().enumerate() {
            let every = if contender == Contender::Python { PYTHON_EVERY } else { 1 };
            turns.push(Turn { key: Key { load, contender }, pair, load, every });
        }
    }
    let what = format!("{} bytes, {}", setting.body, setting.queue.name());
    let measured = bench.rounds(&what, &mut pairs, &mut turns).await?;
    stop(pairs).await?;
    let row = |load| {
        let mine = measured.iter().filter(|(key, _)| key.load == load);
        Row { load, samples: mine.map(|(key, samples)| (key.contender, samples.clone())).collect() }
    };
    Ok(bench.options.loads().into_iter().map(row).collect())
}

fn section(setting: Setting, rows: &[Row]) -> Section {
    let titles = CONTENDERS.map(Contender::title);
    let mut table = Table::new([""].into_iter().chain(titles).chain(["ours / raw", "ours / Python"]));
    for row in rows {
        for figure in Figure::ALL {
            let values = CONTENDERS.map(|contender| row.series(contender, figure));
            let (ours, python) = (&values[0], &values[3]);
            let ratios = [ours.over(&row.raw(figure)), ours.over(python)];
            let cells = values.iter().map(|series| series.cell(figure.decimals()));
            let ratios = ratios.iter().map(|series| series.cell(2));
            table.row([figure.title(row.load)].into_iter().chain(cells).chain(ratios));
        }
        let over = row.layer().cell(1);
        table.row([format!("{} CPU µs of one above raw", row.load), over]);
    }
    Section {
        title: format!("Requests of {} bytes through a {} queue", setting.body, setting.queue.name()),
        text: format!("CPU seconds are those of 10,000 operations.\n\n{table}"),
    }
}

fn targets(setting: Setting, rows: &[Row]) -> Vec<Target> {
    let mut targets = Vec::new();
    for row in rows {
        let ours = |figure| row.series(Contender::Ours, figure);
        let mut aim = |figure: Figure, of: &str, limit, measured| {
            let what =
                format!("{}{of}; {} bytes, {}", figure.title(row.load), setting.body, setting.queue.name());
            targets.push(Target { what, limit, measured });
        };
        let over_raw = |figure| ours(figure).over(&row.raw(figure));
        aim(Figure::Speed, " / raw", Limit::AtLeast(0.95), over_raw(Figure::Speed));
        aim(Figure::P99, " / raw", Limit::AtMost(1.1), over_raw(Figure::P99));
        if row.load.kind == Kind::Call {
            let above = " above raw, in µs of one call";
            aim(Figure::Cpu(Of::ClientAndServer), above, Limit::AtMost(7.0), row.layer());
            let python = row.series(Contender::Python, Figure::Speed);
            aim(Figure::Speed, " / Python", Limit::AtLeast(20.0), ours(Figure::Speed).over(&python));
        }
    }
    targets
}
