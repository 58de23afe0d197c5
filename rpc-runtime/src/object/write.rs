//! Objects as they are written, in one pass: what changed is known once the data is written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::marker::PhantomData;

use serde::ser::{Error, SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::field::Slot;
use super::raw::RawJson;
use super::read::version_of;
use super::scope;
use super::versioned::{ClassOf, VersionedObject, WriteFields};
use crate::version::Version;

/// Writes an object: in the version that it came with or that of its class, or in an older one where the sender is capped.
///
/// # Errors
/// A value cannot be written, or the object not in that version.
pub fn serialize<T: VersionedObject, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let class = ClassOf::<T>::CLASS;
    let cap = scope::cap();
    let mut form = Form::own(object);
    let mut text = object.object_version();
    if let Some((capped, number)) = cap.as_ref().and_then(|cap| cap.number(class.name))
        && number < form.version
    {
        if number.major() != form.version.major() {
            let why = format_args!("an object {} {text} cannot be written as {capped}", class.name);
            return Err(S::Error::custom(why));
        }
        (text, form) = (capped, Form { version: number, is_older: true });
    }
    let changes = RefCell::new(Vec::new());
    let mut out = serializer.serialize_struct("VersionedObject", 5)?;
    out.serialize_field(ClassOf::<T>::NAME_KEY, class.name)?;
    out.serialize_field(ClassOf::<T>::NAMESPACE_KEY, class.project.namespace())?;
    out.serialize_field(ClassOf::<T>::VERSION_KEY, text)?;
    out.serialize_field(ClassOf::<T>::DATA_KEY, &Data { object, form, changes: &changes })?;
    let changes = changes.into_inner();
    if !changes.is_empty() {
        scope::has_changes();
        if !scope::omits_changes() {
            out.serialize_field(ClassOf::<T>::CHANGES_KEY, &changes)?;
        }
    }
    out.end()
}

/// Sets a field that is not set to its default.
pub fn set_default<S: Slot>(slot: &mut S, default: impl FnOnce() -> S::Value) {
    if !slot.is_set() {
        slot.put(default());
    }
}

/// The names of the fields that were set, or hold objects in which some were.
pub fn what_changed<T: VersionedObject>(object: &T) -> Vec<&str> {
    let changes = RefCell::new(Vec::new());
    let data = Fields { object, form: Form::own(object), changes: &changes };
    // What cannot be written is found out when it is to be sent; until there its changes are known.
    let _ = data.serialize(&mut serde_json::Serializer::new(io::sink()));
    changes.into_inner()
}

/// In which version fields are written.
#[derive(Clone, Copy)]
struct Form {
    version: Version,
    /// Whether that is below the one that the object would be written in by itself.
    is_older: bool,
}

impl Form {
    fn own<T: VersionedObject>(object: &T) -> Self {
        let own = T::CLASS.number();
        let version = object.origin().version().and_then(version_of).unwrap_or(own);
        Self { version, is_older: false }
    }

    /// The name of a field; `None` if it is not written.
    #[inline]
    fn name<T: VersionedObject>(self, number: usize, name: &'static str) -> Option<&'static str> {
        let Some(field) = ClassOf::<T>::field(number) else { return Some(name) };
        if self.is_older {
            return field.name_at(self.version);
        }
        // What was set in an object that came with an older version is news: it goes out, as Python has it.
        match (field.until, field.was) {
            (Some(until), _) if self.version >= until => None,
            (_, Some((was, until))) if self.version < until => Some(was),
            _ => Some(name),
        }
    }
}

/// The data of an object.
struct Data<'a, 'c, T> {
    object: &'a T,
    form: Form,
    /// The names of changed fields, as they are written.
    changes: &'c RefCell<Vec<&'a str>>,
}

impl<T: VersionedObject> Serialize for Data<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = Fields { object: self.object, form: self.form, changes: self.changes };
        let Some(downgrade) = T::CLASS.downgrade.filter(|_| self.form.is_older) else {
            return fields.serialize(serializer);
        };
        let present = RawJson::new(&fields).and_then(|data| data.decode::<BTreeMap<String, RawJson>>());
        let present = present.map_err(S::Error::custom)?;
        let values = present.iter().map(|(name, text)| Ok((name.clone(), text.decode()?)));
        let values: Map<String, Value> =
            values.collect::<serde_json::Result<_>>().map_err(S::Error::custom)?;
        let mut data = values.clone();
        downgrade(&mut data, self.form.version);
        self.changes.borrow_mut().retain(|name| data.contains_key(*name));
        let mut out = serializer.serialize_map(Some(data.len()))?;
        for (name, value) in &data {
            // A value has not all digits that its text may have: what stays as it is goes out by that.
            match present.get(name).filter(|_| values.get(name) == Some(value)) {
                Some(text) => out.serialize_entry(name, text)?,
                None => out.serialize_entry(name, value)?,
            }
        }
        out.end()
    }
}

/// The fields of an object as its class has them.
struct Fields<'a, 'c, T> {
    object: &'a T,
    form: Form,
    changes: &'c RefCell<Vec<&'a str>>,
}

impl<T: VersionedObject> Serialize for Fields<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let class = ClassOf::<T>::CLASS;
        let origin = self.object.origin();
        // A field of a struct has a name that lives for ever, and is written faster.
        let out = match origin.unknown().next() {
            None => Out::<S>::Struct(serializer.serialize_struct("data", class.fields.len().max(1))?),
            Some(_) => Out::Map(serializer.serialize_map(None)?),
        };
        let mut writer = Writer::<T, S> { out, form: self.form, changes: self.changes, of: PhantomData };
        self.object.write(&mut writer)?;
        for (name, value) in origin.unknown() {
            writer.out.unknown(name, value)?;
        }
        self.keep_changes();
        writer.out.end()
    }
}

impl<T: VersionedObject> Fields<'_, '_, T> {
    /// Adds the changes that the object came with and has no values for.
    fn keep_changes(&self) {
        let mut names = self.object.origin().changes().peekable();
        if names.peek().is_none() {
            return;
        }
        let slots = self.object.slots();
        let mut changes = self.changes.borrow_mut();
        for name in names {
            let Some(number) = T::number(name) else {
                changes.push(name);
                continue;
            };
            if !slots.get(number).is_some_and(|slot| slot.is_set()) {
                changes.extend(
                    self.form.name::<T>(number, ClassOf::<T>::field(number).map_or("", |field| field.name)),
                );
            }
        }
    }
}

/// Where the fields of an object go.
enum Out<S: Serializer> {
    Struct(S::SerializeStruct),
    Map(S::SerializeMap),
}

impl<S: Serializer> Out<S> {
    #[inline]
    fn field<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<(), S::Error> {
        match self {
            Self::Struct(out) => out.serialize_field(name, value),
            Self::Map(out) => out.serialize_entry(name, value),
        }
    }

    fn unknown<V: Serialize + ?Sized>(&mut self, name: &str, value: &V) -> Result<(), S::Error> {
        match self {
            // There is none then.
            Self::Struct(_) => Ok(()),
            Self::Map(out) => out.serialize_entry(name, value),
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        match self {
            Self::Struct(out) => out.end(),
            Self::Map(out) => out.end(),
        }
    }
}

struct Writer<'a, 'c, T, S: Serializer> {
    out: Out<S>,
    form: Form,
    changes: &'c RefCell<Vec<&'a str>>,
    of: PhantomData<T>,
}

impl<T: VersionedObject, S: Serializer> WriteFields for Writer<'_, '_, T, S> {
    type Error = S::Error;

    #[inline]
    fn field<F>(&mut self, number: usize, name: &'static str, slot: &F) -> Result<(), S::Error>
    where
        F: Slot,
        F::Value: Serialize,
    {
        let Some(value) = slot.get() else { return Ok(()) };
        let Some(name) = self.form.name::<T>(number, name) else { return Ok(()) };
        let within = scope::notice_changes(|| self.out.field(name, value))?;
        if within || slot.is_changed() {
            self.changes.borrow_mut().push(name);
        }
        Ok(())
    }
}
