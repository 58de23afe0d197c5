//! What was found: printed at once, and written at the end.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rpc_tests::bench::{Series, Table, replace_section};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");
/// All that a run prints.
const RESULTS: &str = "results/throughput.md";
pub(crate) const CHART: &str = "results/throughput.svg";
/// The part of the README that is generated.
const SECTION: &str = "throughput";

/// A section of the report.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// One goal, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) what: String,
    pub(crate) limit: Limit,
    pub(crate) measured: Series,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    /// Whether the median is on the right side of the limit; none if nothing was measured.
    fn holds(&self) -> Option<bool> {
        let median = self.measured.median()?;
        Some(match self.limit {
            Limit::AtLeast(least) => median >= least,
            Limit::AtMost(most) => median <= most,
        })
    }
}

/// All sections and targets.
#[derive(Debug)]
pub(crate) struct Report {
    header: String,
    sections: Vec<Section>,
    targets: Vec<Target>,
    /// Whether there is a chart to show.
    chart: bool,
}

impl Report {
    pub(crate) fn new(header: String) -> Self {
        println!("{header}");
        Self { header, sections: Vec::new(), targets: Vec::new(), chart: false }
    }

    pub(crate) fn add(&mut self, section: Section) {
        println!("{}", markdown("##", &section));
        self.sections.push(section);
    }

    pub(crate) fn aim(&mut self, targets: impl IntoIterator<Item = Target>) {
        self.targets.extend(targets);
    }

    /// Prints which targets hold.
    pub(crate) fn close(&mut self) {
        let mut table = Table::new(["target", "wanted", "measured", "holds"]);
        for target in &self.targets {
            let Some(holds) = target.holds() else { continue };
            let wanted = match target.limit {
                Limit::AtLeast(least) => format!("≥ {least}"),
                Limit::AtMost(most) => format!("≤ {most}"),
            };
            let holds = if holds { "yes" } else { "**no**" };
            table.row([&target.what, &wanted, &target.measured.cell(2), holds]);
        }
        if !self.targets.is_empty() {
            self.add(Section { title: "Targets".to_owned(), text: table.to_string() });
        }
    }

    /// Writes all of it into a file, and the header, the targets, the chart and the first table into the
    /// README.
    pub(crate) fn write(&mut self, chart: Option<String>) -> Result<()> {
        let folder = Path::new(FOLDER);
        if let Some(chart) = chart {
            write(&folder.join(CHART), &chart)?;
            self.chart = true;
        }
        let picture = |file: &str| match self.chart {
            true => format!("![Operations per second]({file})\n\n"),
            false => String::new(),
        };
        let (targets, others): (Vec<_>, Vec<_>) =
            self.sections.iter().partition(|section| section.title == "Targets");
        let text = |level: &str, sections: &[&Section]| {
            sections.iter().map(|section| markdown(level, section)).collect::<String>()
        };

        let chart_beside = Path::new(CHART).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let (all, picture_beside) = (text("##", &others), picture(chart_beside));
        let results =
            format!("# Throughput\n\n{}\n{}{picture_beside}{all}", self.header, text("##", &targets));
        write(&folder.join(RESULTS), &format!("{}\n", results.trim_end()))?;

        let readme = folder.join("README.md");
        let old = fs::read_to_string(&readme).with_context(|| readme.display().to_string())?;
        let first = text("####", &others[..others.len().min(1)]);
        let content = format!(
            "{}\nAll tables are in [{RESULTS}]({RESULTS}).\n\n{}{}{first}",
            self.header,
            text("####", &targets),
            picture(CHART)
        );
        write(&readme, &replace_section(&old, SECTION, &content)?)
    }
}

/// With a title of so many `#`.
fn markdown(level: &str, section: &Section) -> String {
    format!("{level} {}\n\n{}\n", section.title, section.text)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let write = || {
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text)
    };
    write().with_context(|| format!("writing {}", file.display()))
}
