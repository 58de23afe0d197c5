//! Versions in attributes.

use std::fmt;

use syn::LitStr;

use crate::errors::Errors;

/// `MAJOR.MINOR`, compared as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
}

impl Version {
    /// Stands for the version of a trait whose own is missing or wrong.
    pub(crate) const UNKNOWN: Self = Self { major: 0, minor: 0 };

    /// The version in `text`, or an error there.
    pub(crate) fn read(text: &LitStr, errors: &mut Errors) -> Option<Self> {
        let version = Self::of(text);
        if version.is_none() {
            let value = text.value();
            errors.at(text, format!("version {value:?} is not MAJOR.MINOR (expected for example \"3.0\")"));
        }
        version
    }

    /// The version in `text`, if it is one.
    pub(super) fn of(text: &LitStr) -> Option<Self> {
        Self::parse(&text.value())
    }

    /// The first version of its major.
    pub(crate) fn start(self) -> Self {
        Self { major: self.major, minor: 0 }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        Some(Self { major: number(major)?, minor: number(minor)? })
    }
}

/// One number of a version.
pub(crate) fn number(part: &str) -> Option<u32> {
    // `u32::from_str` takes a leading `+`, which no version has.
    part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(Version::parse("3.20"), Some(Version { major: 3, minor: 20 }));
        assert!(Version::parse("1.10") > Version::parse("1.9"));
        for text in ["", "3", "3.", ".3", "3.+1", "3.x", "3.1.4", " 3.1", "3.99999999999"] {
            assert_eq!(Version::parse(text), None, "{text:?}");
        }
    }
}
