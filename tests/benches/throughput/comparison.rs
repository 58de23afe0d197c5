//! Tables that compare this project with others.

use std::fmt::{self, Display, Formatter};

use comfy_table::Table;
use throughput_side::Contender;

use super::figures::{Figure, Row};
use super::report::table;

/// A column for each contender, of which this project is the first, and what it is in terms of some of the others.
pub(crate) struct Comparison<'a> {
    contenders: &'a [Contender],
    against: &'a [(&'a str, Contender)],
    figures: &'a [Figure],
    table: Table,
}

impl<'a> Comparison<'a> {
    /// `against` has the titles of the columns of ratios.
    pub(crate) fn new(
        contenders: &'a [Contender],
        against: &'a [(&'a str, Contender)],
        figures: &'a [Figure],
    ) -> Self {
        let titles = contenders.iter().map(|contender| contender.title());
        let table = table([""].into_iter().chain(titles).chain(against.iter().map(|(title, _)| *title)));
        Self { contenders, against, figures, table }
    }

    /// Adds what was measured with one load in the setting of that name.
    pub(crate) fn add(&mut self, setting: &str, row: &Row) {
        for figure in self.figures {
            let of = |contender: &Contender| row.series(contender.title(), figure);
            let cells = self.contenders.iter().map(|contender| of(contender).cell(figure.decimals));
            let ours = self.contenders.first().map(of).unwrap_or_default();
            let ratios = self.against.iter().map(|(_, theirs)| ours.over(&of(theirs)).cell(2));
            let title = format!("{setting}{} {}", row.load, figure.title);
            self.table.add_row([title].into_iter().chain(cells).chain(ratios));
        }
    }
}

impl Display for Comparison<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}
