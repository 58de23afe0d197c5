//! API versions and oslo.messaging's compatibility rule.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of an interface or of one request: `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`.
///
/// Parts are compared as numbers, so `1.10` is newer than `1.9`. A missing third part is 0. In JSON a
/// version is a text, like `"3.20"`.
///
/// ```
/// use rpc_runtime::Version;
///
/// let served: Version = "3.20".parse()?;
/// assert!(served.accepts(Version::new(3, 9)));
/// assert!(!served.accepts(Version::new(3, 21)));
/// assert!(!served.accepts(Version::new(2, 0)));
/// assert_eq!(served.to_string(), "3.20");
/// # Ok::<(), rpc_runtime::VersionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// The version `major.minor`.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor, patch: 0 }
    }

    /// The first part: two versions with different majors are never compatible.
    #[must_use]
    pub const fn major(self) -> u32 {
        self.major
    }

    /// The second part: a higher one serves every lower one of the same major.
    #[must_use]
    pub const fn minor(self) -> u32 {
        self.minor
    }

    /// The third part, 0 for most versions: a higher one serves every lower one of the same major and
    /// minor.
    #[must_use]
    pub const fn patch(self) -> u32 {
        self.patch
    }

    /// The same version with this third part.
    #[must_use]
    pub const fn with_patch(mut self, patch: u32) -> Self {
        self.patch = patch;
        self
    }

    /// Whether an implementation of this version can serve a request for `requested`:
    /// the majors are equal and the rest of `requested` is not above this version.
    #[must_use]
    pub const fn accepts(self, requested: Version) -> bool {
        self.major == requested.major
            && (requested.minor < self.minor
                || (requested.minor == self.minor && requested.patch <= self.patch))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch != 0 {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        usual(text).map_or_else(|| unusual(text), Ok)
    }
}

impl TryFrom<&str> for Version {
    type Error = VersionError;

    fn try_from(text: &str) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A version of two short numbers, as nearly every one is. What it takes to look for more parts and for
/// what is wrong is 3 % of decoding a small request.
fn usual(text: &str) -> Option<Version> {
    let number = |digits: &[u8]| {
        if !matches!(digits.len(), 1..=9) {
            return None;
        }
        digits
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
    };
    let text = text.as_bytes();
    let point = text.iter().position(|byte| *byte == b'.')?;
    Some(Version::new(number(&text[..point])?, number(&text[point + 1..])?))
}

fn unusual(text: &str) -> Result<Version, VersionError> {
    let wrong = |why| VersionError { text: text.to_owned(), why };
    let mut parts = text.split('.').map(|part| {
        // `u32::from_str` takes a leading `+`, which no version has.
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong("every part is a decimal number"));
        }
        part.parse::<u32>().map_err(|_| wrong("a part is larger than 4294967295"))
    });
    let major = parts.next().unwrap_or_else(|| Err(wrong("it is empty")))?;
    let minor = parts.next().unwrap_or_else(|| Err(wrong("the minor part is missing")))?;
    let patch = parts.next().unwrap_or(Ok(0))?;
    if parts.next().is_some() {
        return Err(wrong("it has more than three parts"));
    }
    Ok(Version { major, minor, patch })
}

/// A text that is not a [`Version`]; the message names the text and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version MAJOR.MINOR: {why}")]
pub struct VersionError {
    text: String,
    why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_not_text() {
        let ten: Version = "1.10".parse().unwrap();
        assert!(ten > Version::new(1, 9));
        assert!(ten.accepts(Version::new(1, 9)));
        assert!(!Version::new(1, 9).accepts(ten));
    }

    #[test]
    fn third_part() {
        let patched: Version = "2.3.4".parse().unwrap();
        assert!(patched.accepts("2.3.4".parse().unwrap()));
        assert!(patched.accepts("2.3".parse().unwrap()));
        assert!(!patched.accepts("2.3.5".parse().unwrap()));
        assert!(!Version::new(2, 3).accepts(patched));
        assert!(Version::new(2, 4).accepts(patched));
        assert_eq!((patched.to_string().as_str(), patched.patch()), ("2.3.4", 4));
        assert_eq!(Version::try_from("2.3.4"), Ok(Version::new(2, 3).with_patch(4)));
    }

    #[test]
    fn json() {
        let versions = [Version::new(3, 5), Version::new(2, 3).with_patch(4)];
        assert_eq!(serde_json::to_string(&versions).unwrap(), r#"["3.5","2.3.4"]"#);
        assert_eq!(serde_json::from_str::<[Version; 2]>(r#"["3.5","2.\u0033.4"]"#).unwrap(), versions);
        let error = serde_json::from_str::<Version>("\"3\"").unwrap_err().to_string();
        assert!(
            error.starts_with("\"3\" is not a version MAJOR.MINOR: the minor part is missing"),
            "{error}"
        );
        assert!(serde_json::from_str::<Version>("3.5").is_err());
    }

    #[test]
    fn malformed() {
        for text in ["", "1", "1.", ".1", "1.x", "+1.0", "1.-1", "1.2.3.4", " 1.0", "1.99999999999"] {
            let error = text.parse::<Version>().unwrap_err();
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
    }
}
