//! The results as a Markdown table.

use comfy_table::{Table, presets};
use rpc_tests::bench::Series;

use super::packages::Sample;

/// The samples of each contender by its title; those at the same place are from the same round.
pub(crate) fn table(titles: &[String], samples: &[Vec<Sample>]) -> Option<Table> {
    let (ours, others) = titles.split_first()?;
    let ratios = others.iter().map(|title| format!("{ours} / {title}"));
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header([String::new()].into_iter().chain(titles.iter().cloned()).chain(ratios))
        .add_row(row("time s", samples, |sample| sample.time.as_secs_f64())?)
        .add_row(row("CPU s", samples, |sample| sample.cpu.as_secs_f64())?);
    Some(table)
}

/// One line: a value of each contender, then the ratios of the first to the others.
fn row(what: &str, samples: &[Vec<Sample>], value: impl Fn(&Sample) -> f64) -> Option<Vec<String>> {
    let series: Vec<Series> = samples.iter().map(|samples| samples.iter().map(&value).collect()).collect();
    let (ours, others) = series.split_first()?;
    let ratios = others.iter().map(|theirs| ours.over(theirs));
    let cells = series.iter().cloned().chain(ratios).map(|series| series.cell(2));
    Some([what.to_owned()].into_iter().chain(cells).collect())
}
