//! How important an event is.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How important an event is: which of a topic's queues it goes to.
///
/// Displayed as the queues have it, in lower case; [`FromStr`] takes any case, and `warning` for `warn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "oslo.messaging has these seven, and queues of no other name")]
pub enum Priority {
    /// For whoever audits.
    Audit,
    /// Something is as bad as it can be.
    Critical,
    /// For debugging.
    Debug,
    /// Something failed.
    Error,
    /// Something happened.
    Info,
    /// A measured value, as telemetry has it.
    Sample,
    /// Something is odd.
    Warn,
}

/// A text that names no priority; holds it, shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no priority: audit, critical, debug, error, info, sample or warn")]
pub struct UnknownPriority(String);

impl Priority {
    /// All of them, in alphabetical order.
    pub const ALL: [Self; 7] =
        [Self::Audit, Self::Critical, Self::Debug, Self::Error, Self::Info, Self::Sample, Self::Warn];

    /// As queues and endpoints are called: `info`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Critical => "critical",
            Self::Debug => "debug",
            Self::Error => "error",
            Self::Info => "info",
            Self::Sample => "sample",
            Self::Warn => "warn",
        }
    }

    /// As messages have it: `INFO`.
    #[must_use]
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Audit => "AUDIT",
            Self::Critical => "CRITICAL",
            Self::Debug => "DEBUG",
            Self::Error => "ERROR",
            Self::Info => "INFO",
            Self::Sample => "SAMPLE",
            Self::Warn => "WARN",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Priority {
    type Err = UnknownPriority;

    fn from_str(text: &str) -> Result<Self, UnknownPriority> {
        if text.eq_ignore_ascii_case("warning") {
            return Ok(Self::Warn);
        }
        let known = Self::ALL.into_iter().find(|priority| text.eq_ignore_ascii_case(priority.name()));
        known.ok_or_else(|| UnknownPriority(text.chars().take(40).collect()))
    }
}

impl Serialize for Priority {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_read_as_it_is_written() {
        for priority in Priority::ALL {
            assert_eq!(priority.name().parse(), Ok(priority));
            assert_eq!(priority.wire_name().parse(), Ok(priority));
            assert_eq!(priority.wire_name().to_lowercase(), priority.name());
        }
        assert_eq!("Warning".parse(), Ok(Priority::Warn));
        let refused = "x".repeat(1000).parse::<Priority>().unwrap_err().to_string();
        assert!(refused.len() < 150 && refused.contains("sample or warn"), "{refused}");
    }
}
