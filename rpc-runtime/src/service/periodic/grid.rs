//! When a periodic task is due.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::later;

/// Moments that are one spacing from each other. A run that comes too late moves none of them, as in oslo.service, where
/// random additions do, though: there, they add up.
#[derive(Debug)]
pub(super) struct Grid {
    /// One of the moments; there is none before it.
    origin: Instant,
    /// More than none.
    spacing: Duration,
    due: Instant,
}

impl Grid {
    /// A grid that begins at a moment, the first run being there if it is `immediate`, or else one spacing and `random`
    /// later.
    pub(super) fn new(origin: Instant, spacing: Duration, immediate: bool, random: Duration) -> Self {
        let due = if immediate { origin } else { later(origin, spacing.saturating_add(random)) };
        Self { origin, spacing, due }
    }

    /// When the next run is to be.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// A run begins `now`. The next one is to be at the next moment of the grid, and `random` later: if this one takes longer,
    /// the next follows at once, and all those in between are left out.
    pub(super) fn begins(&mut self, now: Instant, random: Duration) {
        let passed = now.saturating_duration_since(self.origin);
        let since = passed.as_nanos() % self.spacing.as_nanos();
        let nanos =
            |count: u128| Duration::new((count / 1_000_000_000) as u64, (count % 1_000_000_000) as u32);
        self.due = later(now, (self.spacing - nanos(since)).saturating_add(random));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: Duration = Duration::ZERO;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn what_comes_late_moves_no_other() {
        let now = Instant::now();
        let mut grid = Grid::new(now, seconds(7.0), false, ZERO);
        let mut due = |begins: f64| {
            grid.begins(now + seconds(begins), ZERO);
            (grid.due() - now).as_secs_f64()
        };
        // oslo.service's own example has 7 seconds.
        assert_eq!(due(7.0), 14.0);
        assert_eq!(due(15.5), 21.0);
        assert_eq!(due(27.999), 28.0);
        assert_eq!(due(28.0), 35.0);
        // It took 20 seconds, and so the next followed at once: two are left out.
        assert_eq!(due(55.0), 56.0);
    }

    #[test]
    fn what_is_random_does_not_add_up() {
        let now = Instant::now();
        let mut grid = Grid::new(now, seconds(60.0), false, seconds(3.0));
        assert_eq!(grid.due(), now + seconds(63.0));
        grid.begins(grid.due(), seconds(1.0));
        assert_eq!(grid.due(), now + seconds(121.0));
        grid.begins(grid.due(), ZERO);
        assert_eq!(grid.due(), now + seconds(180.0));
    }

    #[test]
    fn the_first_run_may_be_the_origin() {
        let now = Instant::now();
        let mut grid = Grid::new(now + seconds(5.0), seconds(60.0), true, seconds(3.0));
        assert_eq!(grid.due(), now + seconds(5.0));
        grid.begins(now + seconds(5.5), ZERO);
        assert_eq!(grid.due(), now + seconds(65.0));
    }

    #[test]
    fn any_spacing_has_a_next_moment() {
        let now = Instant::now();
        for spacing in [Duration::from_nanos(1), Duration::from_nanos(u64::MAX), Duration::MAX] {
            for random in [ZERO, spacing, Duration::MAX] {
                let mut grid = Grid::new(now, spacing, false, random);
                assert!(grid.due() > now, "{spacing:?} {random:?}");
                let due = grid.due();
                grid.begins(due, random);
                assert!(grid.due() > due, "{spacing:?} {random:?}");
            }
        }
    }
}
