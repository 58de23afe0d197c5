//! Booleans as Python reads them.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A boolean that is read as Python's `FlexibleBoolean` does: `true`, numbers but 0, and the texts `1`, `t`, `true`, `on`,
/// `y` and `yes` in any letters are true, all else is false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct FlexibleBoolean(pub bool);

/// A boolean that is read as Python's `Boolean` does: whatever is not zero or empty is true, the text `false` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct Boolean(pub bool);

impl From<bool> for FlexibleBoolean {
    fn from(value: bool) -> Self {
        Self(value)
    }
}

impl From<bool> for Boolean {
    fn from(value: bool) -> Self {
        Self(value)
    }
}

impl<'de> Deserialize<'de> for FlexibleBoolean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let means_true = |text: &str| {
            let text = text.trim();
            ["1", "t", "true", "on", "y", "yes"].iter().any(|yes| text.eq_ignore_ascii_case(yes))
        };
        deserializer.deserialize_any(Truth { means_true, of_containers: false }).map(Self)
    }
}

impl<'de> Deserialize<'de> for Boolean {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let means_true = |text: &str| !text.is_empty();
        deserializer.deserialize_any(Truth { means_true, of_containers: true }).map(Self)
    }
}

/// What a value is as a boolean; null is none.
struct Truth<F> {
    means_true: F,
    /// Whether an array or object with something in it is true.
    of_containers: bool,
}

impl<'de, F: Fn(&str) -> bool> Visitor<'de> for Truth<F> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean")
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<bool, E> {
        Ok(value != 0)
    }

    fn visit_i64<E>(self, value: i64) -> Result<bool, E> {
        Ok(value != 0)
    }

    fn visit_f64<E>(self, value: f64) -> Result<bool, E> {
        Ok(value != 0.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        Ok((self.means_true)(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let mut any = false;
        while items.next_element::<IgnoredAny>()?.is_some() {
            any = true;
        }
        Ok(any && self.of_containers)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let mut any = false;
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            any = true;
        }
        Ok(any && self.of_containers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_reads_them() {
        for (text, flexible, plain) in [
            ("true", true, true),
            ("0", false, false),
            ("2", true, true),
            ("0.5", true, true),
            ("\"false\"", false, true),
            ("\" YES \"", true, true),
            ("\"\"", false, false),
            ("[1]", false, true),
            ("{}", false, false),
        ] {
            assert_eq!(serde_json::from_str::<FlexibleBoolean>(text).unwrap().0, flexible, "{text}");
            assert_eq!(serde_json::from_str::<Boolean>(text).unwrap().0, plain, "{text}");
        }
        assert!(serde_json::from_str::<Boolean>("null").is_err());
        assert_eq!(serde_json::to_string(&FlexibleBoolean(true)).unwrap(), "true");
    }
}
