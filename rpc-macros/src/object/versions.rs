//! The version that an object is at, and what can be said in terms of it.

use std::fmt;

use syn::LitStr;

use crate::errors::Errors;
use crate::model::{Version, number};

/// `MAJOR.MINOR`, or `MAJOR.MINOR.PATCH` as stable branches have it. What a field says is compared
/// with the first two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectVersion {
    version: Version,
    patch: Option<u32>,
}

impl ObjectVersion {
    /// The version in `text`, or an error there.
    pub(super) fn read(text: &LitStr, errors: &mut Errors) -> Option<Self> {
        let value = text.value();
        let numbers: Vec<Option<u32>> = value.split('.').map(number).collect();
        if let [Some(major), Some(minor), Some(patch)] = numbers[..] {
            return Some(Self { version: Version { major, minor }, patch: Some(patch) });
        }
        Version::read(text, errors).map(|version| Self { version, patch: None })
    }

    /// The value of `since`: the version that a field came with.
    pub(super) fn since(self, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        let since = self.known("since", text, errors)?;
        if since == self.version.start() {
            errors.at(
                text,
                format!("\"{since}\" is where this object starts: every version has the field; drop `since`"),
            );
            return None;
        }
        Some(since)
    }

    /// The value of `until`: the version that took something away which was there since `since`.
    pub(super) fn until(
        self,
        text: &LitStr,
        since: Option<Version>,
        what: &str,
        errors: &mut Errors,
    ) -> Option<Version> {
        let until = self.known("until", text, errors)?;
        let since = since.unwrap_or(self.version.start());
        if until <= since {
            errors.at(
                text,
                format!("the field is there since {since}, so until \"{until}\" {what} can never be used"),
            );
            return None;
        }
        Some(until)
    }

    /// A version that the object is or was at.
    fn known(self, key: &str, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        let version = Version::read(text, errors)?;
        if version.major != self.version.major {
            let Version { major, .. } = self.version;
            errors.at(
                text,
                format!("{key} \"{version}\" has major {}, this object has major {major}", version.major),
            );
            return None;
        }
        if version > self.version {
            errors.at(
                text,
                format!(
                    "{key} \"{version}\" is newer than the object's version \"{self}\"; raise `version` on \
                     #[object]"
                ),
            );
            return None;
        }
        Some(version)
    }
}

impl fmt::Display for ObjectVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.version.fmt(f)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn versions() {
        let read = |text: &str| {
            let text = LitStr::new(text, Span::call_site());
            ObjectVersion::read(&text, &mut Errors::default()).map(|version| version.to_string())
        };
        for (text, expected) in [("1.9", "1.9"), ("1.05", "1.5"), ("1.9.2", "1.9.2"), ("0.0.0", "0.0.0")] {
            assert_eq!(read(text).as_deref(), Some(expected));
        }
        for text in ["", "1", "1.", "1.2.", "1.2.3.4", "1.2.x", "1..2", "1.+2.3", "v1.2"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
