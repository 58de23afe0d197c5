//! What is said about options that do not have the effect that somebody may expect.

use std::fmt;

use super::place::Place;
use crate::text::{printable, shortened};

/// How many options one line names.
const NAMED: usize = 20;

/// An option that does not have the effect that somebody may expect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// Its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Where it is set.
    pub place: Place,
    /// What is remarkable.
    pub kind: RemarkKind,
}

/// What is remarkable about an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemarkKind {
    /// Nobody knows it; perhaps another was meant.
    #[non_exhaustive]
    Unknown {
        /// A known one with almost the same name.
        nearest: Option<&'static str>,
    },
    /// oslo.messaging knows it, and here it has no effect.
    #[non_exhaustive]
    WithoutEffect {
        /// The reason.
        why: &'static str,
    },
    /// It has another name since some time, and has its effect under this one too.
    #[non_exhaustive]
    Renamed {
        /// The name of today.
        to: &'static str,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = printable(&shortened(&self.name));
        write!(f, "{name} of [{}] ({}", self.group, printable(&self.place.to_string()))?;
        match self.kind {
            RemarkKind::Unknown { nearest: Some(nearest) } => write!(f, "; did you mean {nearest}?)"),
            RemarkKind::Unknown { nearest: None } => f.write_str(")"),
            RemarkKind::WithoutEffect { why } => write!(f, "; {why})"),
            RemarkKind::Renamed { to } => write!(f, "; now {to})"),
        }
    }
}

/// Some of them in a row.
pub(super) struct Listed<'a>(pub(super) &'a [Remark]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, remark) in self.0.iter().take(NAMED).enumerate() {
            write!(f, "{}{remark}", if n == 0 { "" } else { ", " })?;
        }
        match self.0.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
