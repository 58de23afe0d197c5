//! What was measured of one thing, round by round.

/// The value of each round, or none for a round in which it was not measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series(Vec<Option<f64>>);

impl Series {
    /// Adds the value of the next round.
    pub fn push(&mut self, value: Option<f64>) {
        self.0.push(value);
    }

    /// The median of the rounds.
    pub fn median(&self) -> Option<f64> {
        let values = self.sorted();
        let last = values.len().checked_sub(1)?;
        Some((values.get(last / 2)? + values.get(last.div_ceil(2))?) / 2.0)
    }

    /// The smallest and the largest value.
    pub fn range(&self) -> Option<(f64, f64)> {
        let values = self.sorted();
        Some((*values.first()?, *values.last()?))
    }

    /// This divided by `other`, in each round that has both and where `other` is not 0. In one round both had
    /// the machine in about the same state, so this is more exact than the ratio of two medians.
    #[must_use]
    pub fn over(&self, other: &Self) -> Self {
        self.with(other, |a, b| (b != 0.0).then_some(a / b))
    }

    /// This less `other`, in each round that has both.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(other, |a, b| Some(a - b))
    }

    /// This times `factor`.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        self.0.iter().map(|value| Some((*value)? * factor)).collect()
    }

    /// The median with so many decimals, and the range in parentheses if there are several values.
    pub fn cell(&self, decimals: usize) -> String {
        let (Some(median), Some((least, most))) = (self.median(), self.range()) else {
            return "–".to_owned();
        };
        match self.0.iter().flatten().count() {
            1 => format!("{median:.decimals$}"),
            _ => format!("{median:.decimals$} ({least:.decimals$}–{most:.decimals$})"),
        }
    }

    fn with(&self, other: &Self, join: impl Fn(f64, f64) -> Option<f64>) -> Self {
        self.0.iter().zip(&other.0).map(|(a, b)| join((*a)?, (*b)?)).collect()
    }

    fn sorted(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.0.iter().flatten().copied().collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

impl FromIterator<Option<f64>> for Series {
    fn from_iter<I: IntoIterator<Item = Option<f64>>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().map(Some).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Series {
        values.iter().copied().collect()
    }

    #[test]
    fn the_median_is_between_the_two_in_the_middle() {
        assert_eq!(series(&[]).median(), None);
        assert_eq!(series(&[4.0]).median(), Some(4.0));
        assert_eq!(series(&[9.0, 1.0, 2.0]).median(), Some(2.0));
        assert_eq!(series(&[9.0, 1.0, 2.0, 3.0]).median(), Some(2.5));
    }

    #[test]
    fn a_cell_shows_the_spread() {
        assert_eq!(series(&[]).cell(2), "–");
        assert_eq!(series(&[1.0]).cell(2), "1.00");
        assert_eq!(series(&[30.26, 10.04, 20.0]).cell(1), "20.0 (10.0–30.3)");
    }

    #[test]
    fn a_ratio_is_taken_within_each_round() {
        let (a, b) = (series(&[2.0, 6.0, 20.0]), series(&[1.0, 2.0, 20.0]));
        assert_eq!(a.over(&b), series(&[2.0, 3.0, 1.0]));
        assert_eq!(a.minus(&b), series(&[1.0, 4.0, 0.0]));
        assert_eq!(a.scaled(0.5), series(&[1.0, 3.0, 10.0]));
    }

    #[test]
    fn a_round_that_lacks_one_of_both_has_no_ratio() {
        let few: Series = [Some(1.0), None, Some(4.0), Some(0.0)].into_iter().collect();
        let ratio = series(&[2.0, 2.0, 2.0, 2.0]).over(&few);
        assert_eq!(ratio, [Some(2.0), None, Some(0.5), None].into_iter().collect());
        assert_eq!(ratio.cell(2), "1.25 (0.50–2.00)");
    }
}
