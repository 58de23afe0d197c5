//! How long a notification is kept that goes back to its queue, so that nothing spins.

use std::time::Duration;

/// The first pause, and the longest.
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// The pause before one goes back that was delivered so often before; there is none the first time.
pub(super) fn back_off(earlier: u32) -> Duration {
    let Some(doublings) = earlier.checked_sub(1) else { return Duration::ZERO };
    FIRST.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_the_longest() {
        let millis = |earlier| back_off(earlier).as_millis();
        assert_eq!([0, 1, 2, 3, 7, 8].map(millis), [0, 100, 200, 400, 6400, 10_000]);
        assert_eq!([32, 33, 34, u32::MAX].map(millis), [10_000; 4]);
    }
}
