//! Texts of objects without what was changed in them.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// How deep objects are looked for: as deep as `serde_json` reads.
const DEEPEST: usize = 128;

/// A value by its text, written without the `changes` of the objects in it.
pub(super) struct Unchanged<'t> {
    text: &'t RawValue,
    depth: usize,
}

impl<'t> Unchanged<'t> {
    pub(super) fn new(text: &'t RawValue) -> Self {
        Self { text, depth: 0 }
    }

    fn within(&self, text: &'t RawValue) -> Self {
        Self { text, depth: self.depth + 1 }
    }
}

impl Serialize for Unchanged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.text.get();
        if self.depth == DEEPEST || !text.contains(".changes\"") {
            return self.text.serialize(serializer);
        }
        match text.as_bytes().first() {
            Some(b'[') => {
                let values: Vec<&RawValue> = serde_json::from_str(text).map_err(S::Error::custom)?;
                serializer.collect_seq(values.into_iter().map(|value| self.within(value)))
            }
            Some(b'{') => {
                let members = members(text).map_err(S::Error::custom)?;
                let names = members.iter().map(|(name, _)| name.as_str());
                let objects: HashSet<&str> = names.filter_map(|name| name.strip_suffix(".name")).collect();
                let is_changes =
                    |name: &str| name.strip_suffix(".changes").is_some_and(|prefix| objects.contains(prefix));
                let mut out = serializer.serialize_map(None)?;
                for (name, value) in members.iter().filter(|(name, _)| !is_changes(name)) {
                    out.serialize_entry(name, &self.within(value))?;
                }
                out.end()
            }
            _ => self.text.serialize(serializer),
        }
    }
}

/// The members of an object of JSON, in order.
fn members(text: &str) -> Result<Vec<(String, &RawValue)>, serde_json::Error> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(members)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Members)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unchanged(text: &str) -> String {
        let text: &RawValue = serde_json::from_str(text).unwrap();
        serde_json::to_string(&Unchanged::new(text)).unwrap()
    }

    #[test]
    fn changes_of_objects_go_and_all_else_stays() {
        let object = r#"{"a_object.data":{"x":1180591620717411303424,"x":[1.0]},"a_object.name":"A""#;
        for (text, expected) in [
            (format!(r#"{object},"a_object.changes":["x"]}}"#), format!("{object}}}")),
            (format!(r#"[{{"k":{object},"a_object.changes":[]}}}}]"#), format!(r#"[{{"k":{object}}}}}]"#)),
            (format!(r#"{object},"b.changes":1}}"#), format!(r#"{object},"b.changes":1}}"#)),
            (r#"{"x.changes":1}"#.to_owned(), r#"{"x.changes":1}"#.to_owned()),
            (r#""x.changes""#.to_owned(), r#""x.changes""#.to_owned()),
            (" [ 1 ] ".to_owned(), "[ 1 ]".to_owned()),
        ] {
            assert_eq!(unchanged(&text), expected);
        }
    }

    #[test]
    fn what_is_deep_is_no_matter() {
        let deep = |inner: &str, depth| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        let object = r#"{"a.name":1,"a.changes":2}"#;
        assert_eq!(unchanged(&deep(object, 100)), deep(r#"{"a.name":1}"#, 100));
        assert_eq!(unchanged(&deep(object, 100_000)), deep(object, 100_000));
    }
}
