//! Integers of any size.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::object::raw::RawJson;

/// An integer of as many digits as Python has, and as the sender wrote; a text with an integer is read too.
///
/// ```
/// use rpc_runtime::object::Integer;
///
/// let large: Integer = serde_json::from_str("1180591620717411303424")?;
/// assert_eq!(i128::try_from(&large), Ok(1_180_591_620_717_411_303_424));
/// assert!(i64::try_from(&large).is_err());
/// assert_eq!(serde_json::to_string(&large)?, "1180591620717411303424");
/// assert_eq!(Integer::from(-5).to_string(), "-5");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Integer(Box<str>);

/// A text is not an integer, or one that is larger than what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an integer, or too large")]
#[non_exhaustive]
pub struct ParseIntegerError;

impl Integer {
    /// The digits, after a minus if it is negative.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl Default for Integer {
    fn default() -> Self {
        0.into()
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Integer {
    type Err = ParseIntegerError;

    /// Digits with or without a sign; zeros before them are left out.
    fn from_str(text: &str) -> Result<Self, ParseIntegerError> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseIntegerError);
        }
        Ok(match digits.trim_start_matches('0') {
            "" => Self("0".into()),
            digits => Self(format!("{sign}{digits}").into()),
        })
    }
}

macro_rules! numbers {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Integer {
            fn from(number: $ty) -> Self {
                Self(number.to_string().into())
            }
        }

        impl TryFrom<&Integer> for $ty {
            type Error = ParseIntegerError;

            fn try_from(integer: &Integer) -> Result<Self, ParseIntegerError> {
                integer.0.parse().map_err(|_| ParseIntegerError)
            }
        }
    )* };
}

numbers!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

impl Serialize for Integer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(self) {
            Ok(number) => serializer.serialize_i64(number),
            Err(_) => {
                RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = RawJson::deserialize(deserializer)?;
        let expected = || D::Error::custom("expected an integer");
        match raw.text().starts_with('"') {
            true => raw.decode::<String>().map_err(D::Error::custom)?.parse().map_err(|_| expected()),
            false => raw.text().parse().map_err(|_| expected()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_integer() {
        for (text, digits) in [("7", "7"), ("-0", "0"), ("\"7\"", "7"), ("\" +007 \"", "7"), ("-12", "-12")] {
            assert_eq!(serde_json::from_str::<Integer>(text).unwrap().digits(), digits, "{text}");
        }
        for wrong in ["1.0", "1e3", "\"x\"", "\"\"", "null", "true", "[]"] {
            let error = serde_json::from_str::<Integer>(wrong).unwrap_err().to_string();
            assert!(error.contains("expected an integer"), "{wrong}: {error}");
        }
    }
}
