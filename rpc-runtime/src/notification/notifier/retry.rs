//! How often what could not be delivered is tried again.

use std::fmt;
use std::str::FromStr;

/// How often a notification that could not be delivered is tried again.
///
/// As a text and as a number it is what oslo.messaging's option `retry` takes: -1 is for ever, 0 not at all.
///
/// ```
/// use rpc_runtime::notification::Retry;
///
/// assert_eq!("-1".parse(), Ok(Retry::Forever));
/// assert_eq!(Retry::try_from(0), Ok(Retry::NEVER));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing between a number and no end")]
pub enum Retry {
    /// As often as it takes.
    #[default]
    Forever,
    /// So often beyond the first time.
    Times(u32),
}

/// A text or number that is no number of retries; holds it, shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no number of retries: -1 for ever, or 0 to 4294967295")]
pub struct RetryError(String);

impl Retry {
    /// One attempt and no more.
    pub const NEVER: Self = Self::Times(0);

    /// Whether nothing comes after so many attempts.
    pub(super) fn is_over(self, attempts: u32) -> bool {
        match self {
            Self::Forever => false,
            Self::Times(more) => attempts > more,
        }
    }
}

impl TryFrom<i64> for Retry {
    type Error = RetryError;

    fn try_from(number: i64) -> Result<Self, RetryError> {
        match number {
            -1 => Ok(Self::Forever),
            _ => u32::try_from(number).map(Self::Times).map_err(|_| RetryError(number.to_string())),
        }
    }
}

impl FromStr for Retry {
    type Err = RetryError;

    fn from_str(text: &str) -> Result<Self, RetryError> {
        let number: Option<i64> = text.trim().parse().ok();
        number
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| RetryError(format!("{:?}", text.chars().take(40).collect::<String>())))
    }
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => f.write_str("-1"),
            Self::Times(more) => more.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_option_has_it() {
        for (text, retry) in [("-1", Retry::Forever), ("0", Retry::NEVER), (" 3 ", Retry::Times(3))] {
            assert_eq!(text.parse(), Ok(retry));
            assert_eq!(retry.to_string(), text.trim());
        }
        for text in ["", "-2", "none", "4294967296", "1.0", &"9".repeat(1000)] {
            let why = text.parse::<Retry>().unwrap_err().to_string();
            assert!(why.contains("is no number of retries") && why.len() < 150, "{why}");
        }
        assert!(Retry::try_from(i64::MIN).unwrap_err().to_string().contains("-9223372036854775808"));
    }

    #[test]
    fn so_many_beyond_the_first() {
        assert!(Retry::NEVER.is_over(1));
        assert!(!Retry::Times(2).is_over(2) && Retry::Times(2).is_over(3));
        assert!(!Retry::Times(u32::MAX).is_over(u32::MAX) && !Retry::Forever.is_over(u32::MAX));
    }
}
