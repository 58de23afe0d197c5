//! Keeps the clients of a broker from coming back all at once.

use std::time::Duration;

use crate::random::fraction;

/// Between half of `wait` and all of it.
pub(in crate::transport) fn jittered(wait: Duration) -> Duration {
    // The options keep it within a day.
    wait.mul_f64(0.5 + 0.5 * fraction())
}
