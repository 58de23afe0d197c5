//! What was found: printed at once, and written at the end.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use comfy_table::{Row, Table, presets};
use rpc_tests::bench::{Series, replace_section};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
/// All that a run prints.
const RESULTS: &str = "results/throughput.md";
const CHART: &str = "throughput.svg";
/// The part of the README that is generated.
const SECTION: &str = "throughput";

/// All that was found, in Markdown.
pub(crate) struct Report {
    header: String,
    sections: Vec<String>,
    /// One goal a line, and what came of it.
    targets: Table,
    /// An SVG picture of the first section.
    pub(crate) chart: Option<String>,
}

impl Report {
    pub(crate) fn new(header: String) -> Self {
        println!("{header}\n");
        let targets = table(["target", "wanted", "measured", "holds"]);
        Self { header, sections: Vec::new(), targets, chart: None }
    }

    pub(crate) fn add(&mut self, title: &str, text: &str) {
        let section = format!("## {title}\n\n{text}\n");
        println!("{section}");
        self.sections.push(section);
    }

    pub(crate) fn at_least(&mut self, least: f64, what: String, measured: &Series) {
        self.aim(what, format!("≥ {least}"), measured, |median| median >= least);
    }

    pub(crate) fn at_most(&mut self, most: f64, what: String, measured: &Series) {
        self.aim(what, format!("≤ {most}"), measured, |median| median <= most);
    }

    /// What was not measured is no target.
    fn aim(&mut self, what: String, wanted: String, measured: &Series, holds: impl Fn(f64) -> bool) {
        if let Some(median) = measured.median() {
            let holds = if holds(median) { "yes" } else { "**no**" };
            self.targets.add_row([what, wanted, measured.cell(2), holds.to_owned()]);
        }
    }

    /// Adds which targets hold before all that was measured.
    pub(crate) fn close(&mut self) {
        if !self.targets.is_empty() {
            self.add("Targets", &self.targets.to_string());
            self.sections.rotate_right(1);
        }
    }

    /// Writes all of it into a file, and the header, the targets, the chart and the first table into the README.
    pub(crate) fn write(&self) -> Result<()> {
        let folder = Path::new(FOLDER);
        let chart = self.chart.as_ref().map(|_| format!("![Operations per second]({CHART})\n"));
        let (targets, others) = self.sections.split_at(usize::from(!self.targets.is_empty()));
        let text = |others: &[String]| [targets, chart.as_slice(), others].concat().join("\n");

        if let Some(chart) = &self.chart {
            write(&folder.join("results").join(CHART), chart)?;
        }
        write(&folder.join(RESULTS), &format!("# Throughput\n\n{}\n\n{}", self.header, text(others)))?;

        let readme = folder.join("README.md");
        let old = fs::read_to_string(&readme).with_context(|| readme.display().to_string())?;
        let link = format!("All tables are in [{RESULTS}]({RESULTS}).");
        let first = text(&others[..others.len().min(1)]).replace(CHART, &format!("results/{CHART}"));
        let new = format!("{}\n\n{link}\n\n{first}", self.header).replace("\n## ", "\n#### ");
        write(&readme, &replace_section(&old, SECTION, &new)?)
    }
}

/// A table in Markdown with these titles.
pub(crate) fn table(titles: impl Into<Row>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(titles);
    table
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}
