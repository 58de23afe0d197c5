//! Objects of classes that nobody has a type for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::raw::RawJson;
use super::read::version_of;
use super::scope;
use super::versioned::VersionedObject;
use crate::class::Project;
use crate::text::{inner_without_value, shortened};

/// A versioned object of any class: for what is only passed on, or looked at in few places.
///
/// Its fields are texts until somebody asks for one, and go out as they came. It cannot be written in an older version, as
/// nobody knows what that has: a sender that is capped below it gets an error. Objects in its fields are texts like the rest
/// of them: they go out in the versions that they have.
///
/// ```
/// use rpc_runtime::object::Object;
///
/// let text = r#"{"versioned_object.name": "Volume", "versioned_object.namespace": "cinder",
///     "versioned_object.version": "1.9", "versioned_object.data": {"id": "v1", "size": 3}}"#;
/// let mut volume: Object = serde_json::from_str(text)?;
/// assert_eq!((volume.class(), volume.version()), ("Volume", "1.9"));
/// assert_eq!(volume.get::<u64>("size").transpose()?, Some(3));
/// volume.set("size", &4)?;
/// assert!(volume.changes().eq(["size"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    prefix: String,
    namespace: String,
    class: String,
    version: String,
    data: BTreeMap<String, RawJson>,
    changes: BTreeSet<String>,
}

impl Object {
    /// An object without fields.
    #[must_use]
    pub fn new(project: &Project, class: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            prefix: project.prefix().to_owned(),
            namespace: project.namespace().to_owned(),
            class: class.into(),
            version: version.into(),
            data: BTreeMap::new(),
            changes: BTreeSet::new(),
        }
    }

    /// The namespace of its project, such as `nova`.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What its keys begin with, such as `nova_object`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The name of its class.
    #[must_use]
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The value of a field; `None` if it is not set.
    ///
    /// # Errors
    /// The value is not a `T`.
    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, field: &str) -> Option<Result<T, serde_json::Error>> {
        self.data.get(field).map(RawJson::decode)
    }

    /// Sets a field, which counts as a change.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn set<T: Serialize + ?Sized>(&mut self, field: &str, value: &T) -> Result<(), serde_json::Error> {
        self.data.insert(field.to_owned(), RawJson::new(value)?);
        self.changes.insert(field.to_owned());
        Ok(())
    }

    /// The fields that are set, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.data.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names of the fields that were changed since the object was loaded, by name.
    pub fn changes(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(String::as_str)
    }

    /// Says that no field was changed.
    pub fn reset_changes(&mut self) {
        self.changes.clear();
    }

    /// The same object as a type.
    ///
    /// # Errors
    /// It is of another class or version, or a field is wrong.
    pub fn to_typed<T: VersionedObject>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&serde_json::to_string(self)?)
    }

    /// An object of a type without the type.
    ///
    /// # Errors
    /// A field cannot be written.
    pub fn from_typed<T: VersionedObject>(object: &T) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&serde_json::to_string(object)?)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cap = scope::cap();
        if let Some((capped, number)) = cap.as_ref().and_then(|cap| cap.number(&self.class))
            && version_of(&self.version).is_none_or(|version| number < version)
        {
            return Err(S::Error::custom(format_args!(
                "an object {} {} without a type cannot be written as {capped}",
                self.class, self.version
            )));
        }
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry(&format_args!("{}.name", self.prefix), &self.class)?;
        out.serialize_entry(&format_args!("{}.namespace", self.prefix), &self.namespace)?;
        out.serialize_entry(&format_args!("{}.version", self.prefix), &self.version)?;
        out.serialize_entry(&format_args!("{}.data", self.prefix), &self.data)?;
        if !self.changes.is_empty() {
            scope::has_changes();
            if !scope::omits_changes() {
                out.serialize_entry(&format_args!("{}.changes", self.prefix), &self.changes)?;
            }
        }
        out.end()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a versioned object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let (mut prefix, mut class, mut namespace, mut version) = (None, None, None, None);
        let (mut data, mut changes) = (None, BTreeSet::new());
        while let Some(key) = map.next_key::<String>()? {
            let Some((before, part)) = key.rsplit_once('.') else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            match part {
                "name" => {
                    class = Some(part_of::<String, A>(&mut map, &key)?);
                    prefix = Some(before.to_owned());
                }
                "namespace" => namespace = Some(part_of::<String, A>(&mut map, &key)?),
                "version" => version = Some(part_of::<String, A>(&mut map, &key)?),
                "data" => data = Some(part_of(&mut map, &key)?),
                "changes" => changes = part_of(&mut map, &key)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let missing = |part| A::Error::custom(format_args!("a versioned object without its {part}"));
        Ok(Object {
            prefix: prefix.ok_or_else(|| missing("name"))?,
            namespace: namespace.ok_or_else(|| missing("namespace"))?,
            class: class.ok_or_else(|| missing("name"))?,
            version: version.ok_or_else(|| missing("version"))?,
            data: data.ok_or_else(|| missing("data"))?,
            changes,
        })
    }
}

/// A part of an object, by its key.
fn part_of<'de, T: Deserialize<'de>, A: MapAccess<'de>>(map: &mut A, key: &str) -> Result<T, A::Error> {
    map.next_value().map_err(|error| {
        let (key, error) = (shortened(key), inner_without_value(&error));
        A::Error::custom(format_args!("a versioned object's {key}: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_is_wrong_is_named() {
        for (key, value) in [
            ("name", "7"),
            ("namespace", "null"),
            ("version", "[]"),
            ("data", "\"hunter2\""),
            ("changes", "null"),
        ] {
            let text = format!(r#"{{"nova_object.{key}": {value}}}"#);
            let error = serde_json::from_str::<Object>(&text).unwrap_err().to_string();
            assert!(error.contains(&format!("nova_object.{key}: invalid type")), "{error}");
            assert!(error.contains("expected") && !error.contains("hunter2"), "{error}");
        }
    }
}
