//! The results as a Markdown table.

use std::collections::BTreeMap;
use std::time::Duration;

use super::load::{Case, Kind, Sample};
use super::{OURS, PYTHON, RAW};

/// The samples of one case, by contender; those at the same place are from the same round.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) case: Case,
    samples: BTreeMap<&'static str, Vec<Sample>>,
}

impl Row {
    pub(crate) fn new(case: Case) -> Self {
        Self { case, samples: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, contender: &'static str, sample: Sample) {
        self.samples.entry(contender).or_default().push(sample);
    }

    /// One line: a value of each contender, then the ratios.
    fn print(&self, unit: &str, decimals: usize, value: impl Fn(&Sample) -> f64) {
        let values = |contender| -> Vec<f64> {
            self.samples.get(contender).into_iter().flatten().map(&value).collect()
        };
        let (ours, raw, python) = (values(OURS), values(RAW), values(PYTHON));
        println!(
            "| {} {unit} | {} | {} | {} | {} | {} |",
            self.case.name,
            summary(ours.clone(), decimals),
            summary(raw.clone(), decimals),
            summary(python.clone(), decimals),
            summary(ratios(&ours, &raw), 2),
            summary(ratios(&ours, &python), 2),
        );
    }
}

/// Prints the table.
pub(crate) fn print(rows: &[Row]) {
    println!("| | this project | raw lapin | oslo.messaging | ours / raw | ours / Python |");
    println!("|---|---|---|---|---|---|");
    for row in rows {
        let unit = match row.case.kind {
            Kind::Call => "calls/s",
            Kind::Cast => "casts/s",
        };
        row.print(unit, 0, |sample| sample.per_second);
        row.print("p50 ms", 2, |sample| milliseconds(sample.p50));
        row.print("p99 ms", 2, |sample| milliseconds(sample.p99));
    }
}

/// The ratio of each round, in which both had the machine in about the same state.
fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

/// The median, and the range in parentheses.
fn summary(mut values: Vec<f64>, decimals: usize) -> String {
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return "–".to_owned() };
    let middle = (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0;
    format!("{middle:.decimals$} ({least:.decimals$}–{most:.decimals$})")
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
