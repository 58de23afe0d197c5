//! The description of a class of objects: what the derive knows of it, as a constant.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::project::Project;
use crate::version::Version;

/// Changes the data of an object, which the versions of its fields have been applied to, into what it was in an
/// older version, as `obj_make_compatible` does in Python.
pub type DowngradeData = fn(&mut Map<String, Value>, Version);

/// What a class of objects is: its project, name, version and fields.
///
/// `#[derive(VersionedObject)]` makes one as `CLASS` of the type. It can be serialised, for exports and comparisons:
/// versions are texts, functions are left out, and of the object that a field holds there is the class's name.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ObjectClass {
    /// The project.
    pub project: &'static Project,
    /// The name on the wire.
    pub name: &'static str,
    /// The version, as it is written.
    pub version: &'static str,
    /// The fields in the order of the type.
    pub fields: &'static [ObjectField],
    /// Whether fields that it does not know are kept for the way back.
    pub keeps_unknown: bool,
    /// Whether a dictionary of the fields is read as well as an object.
    pub reads_dictionaries: bool,
    /// What else older versions had otherwise.
    pub downgrade: Option<DowngradeData>,
}

impl ObjectClass {
    /// A class that keeps what it does not know, and is read from objects only.
    ///
    /// # Panics
    /// If the version is not one: for a constant, when it is compiled.
    #[must_use]
    pub const fn new(
        project: &'static Project,
        name: &'static str,
        version: &'static str,
        fields: &'static [ObjectField],
    ) -> Self {
        assert!(parse(version).is_some(), "the version of a class is MAJOR.MINOR or MAJOR.MINOR.PATCH");
        Self {
            project,
            name,
            version,
            fields,
            keeps_unknown: true,
            reads_dictionaries: false,
            downgrade: None,
        }
    }

    /// The same class, which forgets fields that it does not know.
    #[must_use]
    pub const fn dropping_unknown(mut self) -> Self {
        self.keeps_unknown = false;
        self
    }

    /// The same class, which is also read from a dictionary of its fields.
    #[must_use]
    pub const fn reading_dictionaries(mut self) -> Self {
        self.reads_dictionaries = true;
        self
    }

    /// The same class with a function for what its older versions had otherwise.
    #[must_use]
    pub const fn with_downgrade(mut self, downgrade: DowngradeData) -> Self {
        self.downgrade = Some(downgrade);
        self
    }

    /// The version as a number.
    #[must_use]
    pub const fn number(&self) -> Version {
        match parse(self.version) {
            Some(version) => version,
            // Refused when the constant was made.
            None => Version::new(0, 0),
        }
    }

    /// This class and all that its fields can hold, each once.
    #[must_use]
    pub fn with_all_below(&'static self) -> Vec<&'static ObjectClass> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(class) = found.get(next).copied() {
            for below in class.fields.iter().filter_map(|field| field.object) {
                let below = below();
                if !found.iter().any(|class| class.is(below)) {
                    found.push(below);
                }
            }
            next += 1;
        }
        found
    }

    fn is(&self, other: &ObjectClass) -> bool {
        self.name == other.name && self.project.namespace() == other.project.namespace()
    }
}

impl Serialize for ObjectClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut class = serializer.serialize_struct("ObjectClass", 6)?;
        class.serialize_field("namespace", self.project.namespace())?;
        class.serialize_field("name", self.name)?;
        class.serialize_field("version", self.version)?;
        class.serialize_field("keeps_unknown", &self.keeps_unknown)?;
        class.serialize_field("reads_dictionaries", &self.reads_dictionaries)?;
        class.serialize_field("fields", self.fields)?;
        class.end()
    }
}

/// What a type of field or argument may hold: the class of an object, in a list or a dictionary of them included.
pub type HeldObject = Option<fn() -> &'static ObjectClass>;

/// One field of an [`ObjectClass`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ObjectField {
    /// The name on the wire.
    pub name: &'static str,
    /// The Rust type, as it is written.
    pub ty: &'static str,
    /// The class of the objects in it.
    pub object: HeldObject,
    /// The version that brought it; `None` if it was always there.
    pub since: Option<Version>,
    /// The first version without it.
    pub until: Option<Version>,
    /// The older name, and the first version with the present one.
    pub was: Option<(&'static str, Version)>,
    /// The default, as it is written.
    pub default: Option<&'static str>,
}

impl ObjectField {
    /// A field that was always there.
    #[must_use]
    pub const fn new(name: &'static str, ty: &'static str, object: HeldObject) -> Self {
        Self { name, ty, object, since: None, until: None, was: None, default: None }
    }

    /// The same field, came with `since`.
    #[must_use]
    pub const fn with_since(mut self, since: Version) -> Self {
        self.since = Some(since);
        self
    }

    /// The same field, removed in `until`.
    #[must_use]
    pub const fn with_until(mut self, until: Version) -> Self {
        self.until = Some(until);
        self
    }

    /// The same field, called `name` below the version `until`.
    #[must_use]
    pub const fn with_was(mut self, name: &'static str, until: Version) -> Self {
        self.was = Some((name, until));
        self
    }

    /// The same field with a default, given as text for people to read.
    #[must_use]
    pub const fn with_default(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }

    /// Its name in an object of that version; `None` if that has no such field.
    #[must_use]
    pub fn name_at(&self, version: Version) -> Option<&'static str> {
        if self.since.is_some_and(|since| version < since) || self.until.is_some_and(|until| version >= until)
        {
            return None;
        }
        match self.was {
            Some((was, until)) if version < until => Some(was),
            _ => Some(self.name),
        }
    }
}

impl Serialize for ObjectField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut field = serializer.serialize_struct("ObjectField", 7)?;
        field.serialize_field("name", self.name)?;
        field.serialize_field("ty", self.ty)?;
        field.serialize_field("object", &self.object.map(|class| class().name))?;
        field.serialize_field("since", &self.since)?;
        field.serialize_field("until", &self.until)?;
        field.serialize_field("was", &self.was)?;
        field.serialize_field("default", &self.default)?;
        field.end()
    }
}

/// A version as classes have it.
const fn parse(text: &str) -> Option<Version> {
    let bytes = text.as_bytes();
    let (mut parts, mut part, mut at, mut digits) = ([0_u32; 3], 0, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            digit @ b'0'..=b'9' if digits < 9 => {
                parts[part] = parts[part] * 10 + (digit - b'0') as u32;
                digits += 1;
            }
            b'.' if digits > 0 && part < 2 => {
                part += 1;
                digits = 0;
            }
            _ => return None,
        }
        at += 1;
    }
    if part == 0 || digits == 0 {
        return None;
    }
    Some(Version::new(parts[0], parts[1]).with_patch(parts[2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_classes() {
        assert_eq!(parse("1.38"), Some(Version::new(1, 38)));
        assert_eq!(parse("1.5.3"), Some(Version::new(1, 5).with_patch(3)));
        for wrong in ["", "1", "1.", ".1", "1.2.3.4", "1.x", "1..2", "-1.0", "1.9999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_at_versions() {
        let field = ObjectField::new("new", "Field<u8>", None)
            .with_since(Version::new(1, 2))
            .with_was("old", Version::new(1, 4))
            .with_until(Version::new(1, 6));
        for (minor, name) in [(1, None), (2, Some("old")), (4, Some("new")), (6, None)] {
            assert_eq!(field.name_at(Version::new(1, minor)), name);
        }
    }
}
