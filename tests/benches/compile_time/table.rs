//! The results as a Markdown table.

use super::packages::Sample;

/// Prints the samples of each contender by its title; those at the same place are from the same round.
pub(crate) fn print(titles: &[String], samples: &[Vec<Sample>]) {
    let Some((ours, others)) = titles.split_first() else { return };
    let ratios = others.iter().map(|title| format!("{ours} / {title}"));
    let columns: Vec<String> = titles.iter().cloned().chain(ratios).collect();
    println!("| | {} |", columns.join(" | "));
    println!("|---|{}", "---|".repeat(columns.len()));
    print_row("time s", samples, |sample| sample.time.as_secs_f64());
    print_row("CPU s", samples, |sample| sample.cpu.as_secs_f64());
}

/// One line: a value of each contender, then the ratios of the first to the others.
fn print_row(what: &str, samples: &[Vec<Sample>], value: impl Fn(&Sample) -> f64) {
    let values: Vec<Vec<f64>> = samples.iter().map(|samples| samples.iter().map(&value).collect()).collect();
    let Some((ours, others)) = values.split_first() else { return };
    let ratios = others.iter().map(|theirs| ratios(ours, theirs));
    let cells: Vec<String> = values.iter().cloned().chain(ratios).map(summary).collect();
    println!("| {what} | {} |", cells.join(" | "));
}

/// The ratio of each round, in which both had the machine in about the same state.
fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

/// The median, and the range in parentheses.
fn summary(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first(), values.last()) else { return "–".to_owned() };
    let middle = (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0;
    format!("{middle:.2} ({least:.2}–{most:.2})")
}
