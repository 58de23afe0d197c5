//! In which versions a method is there.

use super::version::Version;
use super::versions::{Bounds, Versions};
use crate::errors::Errors;
use crate::parse::RpcKeys;

/// The versions that have a method.
#[derive(Debug)]
pub(crate) struct Life {
    /// Its first version in each major that has it, newest first.
    pub(crate) since: Vec<Version>,
    /// The first version without it, if it was removed.
    pub(crate) until: Option<Version>,
}

impl Life {
    /// What `since` and `until` say.
    pub(super) fn read(keys: &RpcKeys, versions: &Versions, errors: &mut Errors) -> Option<Self> {
        let since = match keys.keys.saw("since") {
            true => versions.since(&keys.since, errors)?,
            false => versions.starts(),
        };
        if !keys.keys.saw("until") {
            return Some(Self { since, until: None });
        }
        let there = Bounds { start: since.last().copied(), end: None };
        let until = versions.until(keys.until.as_ref()?, there, "the method", errors)?;
        for text in &keys.since {
            if let Some(late) = Version::of(text).filter(|since| *since >= until) {
                errors.at(text, format!("since \"{late}\": the method is gone since {until}"));
                return None;
            }
        }
        // It is in no major that began without it.
        let since = since.into_iter().filter(|since| *since < until).collect();
        Some(Self { since, until: Some(until) })
    }

    /// What can change in it has to do so between these.
    pub(super) fn bounds(&self) -> Bounds {
        Bounds { start: self.since.last().copied(), end: self.until }
    }
}
