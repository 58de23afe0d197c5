//! How often a periodic task runs.

use std::time::Duration;

/// oslo.service's for those that say nothing.
const DEFAULT: Duration = Duration::from_secs(60);

/// How often a [periodic task](super::PeriodicTask) runs, with oslo.service's meaning: 0 is every 60 seconds, and below 0,
/// which only a number can be, is never.
///
/// It is made of a [`Duration`], or of an `i64`, which is a number of seconds as options in files have it.
///
/// ```
/// use std::time::Duration;
///
/// use rpc_runtime::service::Spacing;
///
/// assert_eq!(Spacing::from(Duration::from_millis(200)).get(), Some(Duration::from_millis(200)));
/// assert_eq!(Spacing::from(0).get(), Some(Duration::from_secs(60)));
/// assert_eq!(Spacing::from(-1).get(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spacing(Option<Duration>);

impl Spacing {
    /// The time from one run to the next; `None` if there are no runs.
    #[must_use]
    pub fn get(self) -> Option<Duration> {
        self.0
    }
}

impl From<Duration> for Spacing {
    fn from(spacing: Duration) -> Self {
        Self(Some(if spacing.is_zero() { DEFAULT } else { spacing }))
    }
}

impl From<i64> for Spacing {
    fn from(seconds: i64) -> Self {
        match u64::try_from(seconds) {
            Ok(seconds) => Duration::from_secs(seconds).into(),
            Err(_) => Self(None),
        }
    }
}
