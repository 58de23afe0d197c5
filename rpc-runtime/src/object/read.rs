//! Objects as they are read, in one pass where the head comes before the data, as Python writes it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::fault::ObjectError;
use super::field::Slot;
use super::raw::RawJson;
use super::scope;
use super::versioned::{ClassOf, Fields, VersionedObject};
use crate::class::ObjectClass;
use crate::text::{inner_without_value, shortened};
use crate::version::Version;

/// Reads an object.
///
/// # Errors
/// It is none, it is of another class or version, or a field is wrong: the text names class and field.
pub fn deserialize<'de, T: VersionedObject, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Reads the value of a field.
///
/// # Errors
/// It is not of the field's type.
pub fn read<'de, S, A>(slot: &mut S, data: &mut A) -> Result<(), A::Error>
where
    S: Slot,
    S::Value: Deserialize<'de>,
    A: MapAccess<'de>,
{
    slot.load(data.next_value()?);
    Ok(())
}

/// Passes over the value of a field that there is not.
///
/// # Errors
/// It is no JSON.
pub fn skip<'de, A: MapAccess<'de>>(data: &mut A) -> Result<(), A::Error> {
    data.next_value::<IgnoredAny>().map(|_| ())
}

/// The version that a text of the wire says: a single number is a major version.
pub(super) fn version_of(text: &str) -> Option<Version> {
    match text.contains('.') {
        true => text.parse().ok(),
        false => format!("{text}.0").parse().ok(),
    }
}

/// The same error, told where it happened: of many levels the innermost ones.
fn within<E: Error>(class: &ObjectClass, name: &str, error: &E) -> E {
    const LONGEST: usize = 200;
    // The value is left out here, while it can be told from the rest.
    let text = inner_without_value(error);
    if text.starts_with("... ") {
        return E::custom(text);
    }
    if text.len() > LONGEST {
        return E::custom(format_args!("... {text}"));
    }
    E::custom(format_args!("{}.{name}: {text}", class.name))
}

fn fail<E: Error>(error: ObjectError) -> E {
    let text = error.to_string();
    scope::failed(error);
    E::custom(text)
}

/// A part of an object's head.
enum Said {
    /// What the class says.
    Same,
    Other(Box<str>),
}

/// What comes before the data.
#[derive(Default)]
struct Head {
    name: Option<Said>,
    namespace: Option<Said>,
    version: Option<Said>,
}

impl Head {
    fn is_begun(&self) -> bool {
        self.name.is_some() || self.namespace.is_some() || self.version.is_some()
    }

    fn is_complete(&self) -> bool {
        self.name.is_some() && self.namespace.is_some() && self.version.is_some()
    }

    /// Whether the type reads such an object; the version that it came with, if that is another one than the class has.
    fn check<E: Error>(self, class: &ObjectClass) -> Result<Option<Box<str>>, E> {
        let missing = |key| Err(E::custom(format_args!("an object {} without {key}", class.name)));
        let Some(name) = self.name else { return missing(class.project.name_key()) };
        let Some(namespace) = self.namespace else { return missing(class.project.namespace_key()) };
        let Some(version) = self.version else { return missing(class.project.version_key()) };
        match (namespace, name) {
            (Said::Same, Said::Same) => {}
            (Said::Same, Said::Other(name)) => {
                return Err(fail(ObjectError::Class { class: shortened(&name) }));
            }
            (Said::Other(namespace), name) => {
                let name = match &name {
                    Said::Same => class.name,
                    Said::Other(name) => name,
                };
                let class = format!("{}.{}", shortened(&namespace), shortened(name));
                return Err(fail(ObjectError::Class { class }));
            }
        }
        let Said::Other(text) = version else { return Ok(None) };
        match Fit::of(class, &text) {
            Fit::Own => Ok(None),
            Fit::Older => Ok(Some(text)),
            Fit::Newer if scope::reads_newer() => Ok(Some(text)),
            Fit::Newer | Fit::OtherMajor => Err(fail(unsupported(class, &text))),
            Fit::NoVersion => {
                let key = class.project.version_key();
                Err(E::custom(format_args!("{}: {key} is not of the form MAJOR.MINOR", class.name)))
            }
        }
    }
}

/// What the version of an object is to a class.
enum Fit {
    Own,
    Older,
    Newer,
    OtherMajor,
    NoVersion,
}

impl Fit {
    fn of(class: &ObjectClass, text: &str) -> Self {
        let own = class.number();
        match version_of(text) {
            None => Self::NoVersion,
            // The third number is that of a stable branch, whose objects are those of the version without it.
            Some(version)
                if (version.major(), version.minor()) == (own.major(), own.minor())
                    && version.patch() >= own.patch() =>
            {
                Self::Own
            }
            Some(version) if own.accepts(version) => Self::Older,
            Some(version) if version.major() == own.major() => Self::Newer,
            Some(_) => Self::OtherMajor,
        }
    }
}

/// What is wrong with an object of that version.
pub(super) fn unsupported(class: &ObjectClass, version: &str) -> ObjectError {
    ObjectError::Version {
        name: class.name.to_owned(),
        version: shortened(&without_patch(version)),
        supported: class.version.to_owned(),
    }
}

/// The same version as Python's errors say it.
fn without_patch(version: &str) -> Cow<'_, str> {
    let mut numbers = version.split('.');
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(major), Some(minor), Some(_)) => format!("{major}.{minor}").into(),
        _ => version.into(),
    }
}

/// Whether an object of that version is not read by a type of that class.
pub(super) fn is_too_new(class: &ObjectClass, version: &str) -> bool {
    matches!(Fit::of(class, version), Fit::Newer | Fit::OtherMajor)
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: VersionedObject> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object {} of {}", T::CLASS.name, T::CLASS.project.namespace())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let class = ClassOf::<T>::CLASS;
        let mut object = T::default();
        let (mut head, mut changes) = (Head::default(), None);
        let (mut has_data, mut came) = (false, None);
        // A class of another project, and whether the fields themselves come here.
        let (mut foreign, mut is_dictionary) = (None, false);
        while let Some(key) = map.next_key_seed(KeySeed::<T>(PhantomData))? {
            if is_dictionary && !matches!(key, Key::Other(_)) {
                (object, is_dictionary) = (T::default(), false);
            }
            match key {
                Key::Name => head.name = Some(said(&mut map, class, ClassOf::<T>::NAME_KEY, class.name)?),
                Key::Namespace => {
                    let (key, own) = (ClassOf::<T>::NAMESPACE_KEY, class.project.namespace());
                    head.namespace = Some(said(&mut map, class, key, own)?);
                }
                Key::Version => {
                    head.version = Some(said(&mut map, class, ClassOf::<T>::VERSION_KEY, class.version)?);
                }
                Key::Data => {
                    // Before a head that comes later, its fields are read as those of this type. To set them aside and read
                    // them then would take a pass more for each level of objects in objects.
                    if head.is_complete() && came.is_none() {
                        came = Some(std::mem::take(&mut head).check(class)?);
                    }
                    if has_data {
                        // The last one counts.
                        object = T::default();
                    }
                    map.next_value_seed(Data(&mut object))?;
                    has_data = true;
                }
                Key::Changes => {
                    let named = map.next_value_seed(Changes::<T>::default());
                    changes = Some(named.map_err(|error| within(class, ClassOf::<T>::CHANGES_KEY, &error))?);
                }
                Key::Other(name) if name.ends_with(".name") => foreign = Some(map.next_value::<RawJson>()?),
                Key::Other(name)
                    if is_dictionary || class.reads_dictionaries && !head.is_begun() && !has_data =>
                {
                    is_dictionary = true;
                    read_named(&mut object, name, &mut map)?;
                }
                Key::Other(_) => skip(&mut map)?,
            }
        }
        let is_empty = !head.is_begun() && !has_data && changes.is_none();
        if foreign.is_none() && (is_dictionary || class.reads_dictionaries && is_empty) {
            return Ok(object);
        }
        let came = match (came, foreign) {
            (Some(came), _) => came,
            (None, Some(name)) if head.name.is_none() => {
                let class = name.decode::<String>().unwrap_or_default();
                return Err(fail(ObjectError::Class { class: shortened(&class) }));
            }
            (None, _) => head.check(class)?,
        };
        if !has_data {
            let key = ClassOf::<T>::DATA_KEY;
            return Err(A::Error::custom(format_args!("an object {} without {key}", class.name)));
        }
        if let Some(came) = came {
            object.origin_mut().came_with(came);
        }
        if let Some(changes) = changes {
            changes.apply(&mut object);
        }
        Ok(object)
    }
}

/// A text of the head.
fn said<'de, A: MapAccess<'de>>(
    map: &mut A,
    class: &ObjectClass,
    key: &str,
    own: &'static str,
) -> Result<Said, A::Error> {
    map.next_value_seed(Compared(own)).map_err(|error| within(class, key, &error))
}

/// Reads the field of that name, or keeps it.
fn read_named<'de, T: VersionedObject, A: MapAccess<'de>>(
    object: &mut T,
    name: Box<str>,
    data: &mut A,
) -> Result<(), A::Error> {
    match T::number(&name) {
        Some(number) => read_numbered(object, number, data),
        None => keep(object, name, data),
    }
}

fn read_numbered<'de, T: VersionedObject, A: MapAccess<'de>>(
    object: &mut T,
    number: usize,
    data: &mut A,
) -> Result<(), A::Error> {
    object.read(number, data).map_err(|error| {
        let class = ClassOf::<T>::CLASS;
        within(class, ClassOf::<T>::field(number).map_or("?", |field| field.name), &error)
    })
}

fn keep<'de, T: VersionedObject, A: MapAccess<'de>>(
    object: &mut T,
    name: Box<str>,
    data: &mut A,
) -> Result<(), A::Error> {
    if T::CLASS.keeps_unknown {
        object.origin_mut().keep(name, data.next_value()?);
        return Ok(());
    }
    skip(data)
}

/// A key beside the data.
enum Key {
    Name,
    Namespace,
    Version,
    Data,
    Changes,
    Other(Box<str>),
}

struct KeySeed<T>(PhantomData<T>);

impl<'de, T: VersionedObject> DeserializeSeed<'de> for KeySeed<T> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: VersionedObject> Visitor<'_> for KeySeed<T> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Key, E> {
        Ok(match text {
            _ if text == ClassOf::<T>::NAME_KEY => Key::Name,
            _ if text == ClassOf::<T>::NAMESPACE_KEY => Key::Namespace,
            _ if text == ClassOf::<T>::VERSION_KEY => Key::Version,
            _ if text == ClassOf::<T>::DATA_KEY => Key::Data,
            _ if text == ClassOf::<T>::CHANGES_KEY => Key::Changes,
            _ => Key::Other(text.into()),
        })
    }
}

/// A text that is most likely this one, and takes no memory then.
struct Compared(&'static str);

impl<'de> DeserializeSeed<'de> for Compared {
    type Value = Said;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Said, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Compared {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Said, E> {
        Ok(if text == self.0 { Said::Same } else { Said::Other(text.into()) })
    }
}

/// The fields of an object.
struct Data<'a, T>(&'a mut T);

impl<'de, T: VersionedObject> DeserializeSeed<'de> for Data<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: VersionedObject> Visitor<'de> for Data<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the fields of a {}", T::CLASS.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut data: A) -> Result<(), A::Error> {
        while let Some(name) = data.next_key_seed(NameSeed::<T>(PhantomData))? {
            match name {
                Ok(number) => read_numbered(self.0, number, &mut data)?,
                Err(name) => keep(self.0, name, &mut data)?,
            }
        }
        Ok(())
    }
}

/// The number of a field, or a name that no field has.
struct NameSeed<T>(PhantomData<T>);

impl<'de, T: Fields> DeserializeSeed<'de> for NameSeed<T> {
    type Value = Result<usize, Box<str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Fields> Visitor<'_> for NameSeed<T> {
    type Value = Result<usize, Box<str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(T::number(name).ok_or_else(|| name.into()))
    }
}

/// The names of the fields that were changed.
struct Changes<T> {
    known: BTreeSet<usize>,
    unknown: BTreeSet<Box<str>>,
    of: PhantomData<T>,
}

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self { known: BTreeSet::new(), unknown: BTreeSet::new(), of: PhantomData }
    }
}

impl<T: VersionedObject> Changes<T> {
    fn apply(self, object: &mut T) {
        let mut unset = Vec::new();
        let mut slots = object.slots_mut();
        for number in self.known {
            match slots.get_mut(number) {
                Some(slot) if slot.is_set() => slot.mark(true),
                _ => unset.extend(ClassOf::<T>::field(number).map(|field| field.name)),
            }
        }
        let unknown = self.unknown.into_iter().filter(|_| T::CLASS.keeps_unknown);
        for name in unset.into_iter().map(Into::into).chain(unknown) {
            object.origin_mut().keep_change(name);
        }
    }
}

impl<'de, T: VersionedObject> DeserializeSeed<'de> for Changes<T> {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: VersionedObject> Visitor<'de> for Changes<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the names of the changed fields")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut names: A) -> Result<Self, A::Error> {
        while let Some(name) = names.next_element_seed(NameSeed::<T>(PhantomData))? {
            match name {
                Ok(number) => drop(self.known.insert(number)),
                Err(name) => drop(self.unknown.insert(name)),
            }
        }
        Ok(self)
    }
}
