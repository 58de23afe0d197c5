//! JSON as it came.

use std::fmt;
use std::sync::Arc;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::releases::ObjectVersions;
use super::scope;
use super::unchanged::Unchanged;

/// A value of which only the text is known: its digits are those of the sender, however many.
///
/// As [`RawValue`], which it is made of, but it can also be read where serde has set a value aside, as it does for
/// untagged enums and flattened fields. There integers beyond 64 bits become floats.
///
/// Debug output has the length alone, as the text may be secret.
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// The text of a value.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        to_raw_value(value).map(Self)
    }

    /// The text of a value, with the objects in it in these versions at most: what a conductor answers who is asked for an
    /// older object, or neutron who is asked for a version by an argument.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use rpc_runtime::object::{ObjectVersions, RawJson};
    ///
    /// let versions = Arc::new(ObjectVersions::new([("Volume", "1.8")])?);
    /// let older = RawJson::capped(&versions, &["no object"])?;
    /// assert_eq!(older.text(), r#"["no object"]"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If it cannot be written as JSON, or an object not in its version.
    pub fn capped<T: Serialize + ?Sized>(
        versions: &Arc<ObjectVersions>,
        value: &T,
    ) -> Result<Self, serde_json::Error> {
        scope::capped(Some(versions), || Self::new(value))
    }

    /// A value by its text.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn from_text(text: impl Into<String>) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text.into()).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value.
    ///
    /// # Errors
    /// If it is not a `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.text())
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.text().len())
    }
}

/// By the text, so `1.0` is not `1.00`.
impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for RawJson {}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if scope::omits_changes() {
            return Unchanged::new(&self.0).serialize(serializer);
        }
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(AnyFormat(deserializer)).map(Self)
    }
}

/// Has a `RawValue` read from it whatever it reads itself.
///
/// `RawValue` asks for a type of a certain name, which the deserializers of `serde_json` know and answer by the text, and no
/// other: those hand themselves on, and here the text is made of what they have.
struct AnyFormat<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for AnyFormat<D> {
    type Error = D::Error;

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, TextOr { name, visitor })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct TextOr<V> {
    name: &'static str,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for TextOr<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, text: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(text)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        let text = Value::deserialize(value)?.to_string();
        self.visitor.visit_map(Given { name: Some(self.name), text }).map_err(D::Error::custom)
    }
}

/// A text in the form in which `serde_json` hands one on.
struct Given {
    name: Option<&'static str>,
    text: String,
}

impl<'de> MapAccess<'de> for Given {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        self.name.take().map(|name| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        seed.deserialize(StrDeserializer::new(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Object { raw: RawJson },
        Text(String),
    }

    #[test]
    fn digits_are_kept() {
        let text = r#"{"a": [1180591620717411303424, 1.0, 1e-07, "\u00e9"]}"#;
        let raw: RawJson = serde_json::from_str(text).unwrap();
        assert_eq!(raw.text(), text);
        assert_eq!(serde_json::to_string(&raw).unwrap(), text);
        assert_eq!(raw.decode::<Value>().unwrap()["a"][1], 1.0);
        assert!(!format!("{raw:?}").contains("118"));
    }

    #[test]
    fn what_serde_has_set_aside_is_read_too() {
        match serde_json::from_str(r#"{"raw": {"b": [1, 1.5, null, "é"]}}"#).unwrap() {
            Either::Object { raw } => assert_eq!(raw.text(), r#"{"b":[1,1.5,null,"é"]}"#),
            Either::Text(text) => panic!("{text}"),
        }
        assert!(matches!(serde_json::from_str(r#""x""#).unwrap(), Either::Text(text) if text == "x"));
        let value = serde_json::json!({"k": [2]});
        assert_eq!(RawJson::deserialize(&value).unwrap().text(), r#"{"k":[2]}"#);
        assert_eq!(RawJson::deserialize(value).unwrap().text(), r#"{"k":[2]}"#);
    }
}
