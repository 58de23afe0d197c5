//! A table in Markdown.

use std::fmt::{self, Display, Formatter};

/// Titles and rows, written as Markdown by `Display`.
#[derive(Debug, Clone)]
pub struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(titles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { titles: titles.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// Adds a row; missing cells are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.titles.len(), String::new());
        self.rows.push(cells);
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.titles.join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(self.titles.len()))?;
        self.rows.iter().try_for_each(|cells| writeln!(f, "| {} |", cells.join(" | ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_markdown() {
        let mut table = Table::new(["", "ours", "raw"]);
        table.row(["calls/s", "10", "11"]);
        table.row(["p50 ms"]);
        assert_eq!(
            table.to_string(),
            "|  | ours | raw |\n|---|---|---|\n| calls/s | 10 | 11 |\n| p50 ms |  |  |\n"
        );
    }
}
