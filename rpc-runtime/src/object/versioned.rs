//! What a type of objects is.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeOwned, MapAccess};

use super::field::{Slot, SlotState};
use super::origin::Origin;
use crate::class::{ObjectClass, ObjectField};

/// A type whose values are versioned objects, as those of oslo.versionedobjects.
///
/// Derived; see the derive of the same name for its attributes. A value is an argument, a result or a field like any other: it
/// is read and written by serde, in the form that Python's serialisers know.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no versioned object",
    label = "derive `VersionedObject` for it"
)]
pub trait VersionedObject: Fields + Serialize + DeserializeOwned {
    /// The description of the class.
    const CLASS: ObjectClass;

    /// Sets each field that is not set and has a default to that, which counts as a change: as `obj_set_defaults` in Python.
    fn set_defaults(&mut self) {}

    /// The names of the fields that were set since the object was loaded or [reset](Self::reset_changes), or that hold an
    /// object with such fields; in the order of the type. As `obj_what_changed` in Python.
    fn what_changed(&self) -> Vec<&str>;

    /// Says that no field was set since the object was loaded. Objects in its fields keep their own changes.
    fn reset_changes(&mut self) {
        self.slots_mut().into_iter().for_each(|slot| slot.mark(false));
        self.origin_mut().reset_changes();
    }

    /// The version that it is written in, if nobody asks for an older one: that which it came with, or that of the class.
    fn object_version(&self) -> &str {
        self.origin().version().unwrap_or(Self::CLASS.version)
    }
}

/// The fields of an object, one by one, for the code that reads and writes all of them. Derived with [`VersionedObject`].
pub trait Fields: Default + 'static {
    /// What the object came with.
    fn origin(&self) -> &Origin;

    /// The same, to be changed.
    fn origin_mut(&mut self) -> &mut Origin;

    /// Which field of the class has, or had, that name on the wire.
    fn number(name: &str) -> Option<usize>;

    /// All fields in the order of the class.
    fn slots(&self) -> Vec<&dyn SlotState>;

    /// The same, to be changed.
    fn slots_mut(&mut self) -> Vec<&mut dyn SlotState>;

    /// Reads the value of a field, which comes next in `data`.
    ///
    /// # Errors
    /// The value is not of the field's type.
    fn read<'de, A: MapAccess<'de>>(&mut self, number: usize, data: &mut A) -> Result<(), A::Error>;

    /// Writes all fields in the order of the class.
    ///
    /// # Errors
    /// Those of `out`.
    fn write<W: WriteFields>(&self, out: &mut W) -> Result<(), W::Error>;
}

/// Where fields are written to.
pub trait WriteFields {
    /// What can go wrong.
    type Error;

    /// Writes a field, if it is set.
    ///
    /// # Errors
    /// Its value cannot be written.
    fn field<F>(&mut self, number: usize, name: &'static str, slot: &F) -> Result<(), Self::Error>
    where
        F: Slot,
        F::Value: Serialize;
}

/// What is known of a type when it is compiled: with names and keys that are constants, writing an object takes a fifth less.
pub(super) struct ClassOf<T>(PhantomData<T>);

impl<T: VersionedObject> ClassOf<T> {
    pub(super) const CLASS: &'static ObjectClass = &T::CLASS;
    pub(super) const NAME_KEY: &'static str = Self::CLASS.project.name_key();
    pub(super) const NAMESPACE_KEY: &'static str = Self::CLASS.project.namespace_key();
    pub(super) const VERSION_KEY: &'static str = Self::CLASS.project.version_key();
    pub(super) const DATA_KEY: &'static str = Self::CLASS.project.data_key();
    pub(super) const CHANGES_KEY: &'static str = Self::CLASS.project.changes_key();

    /// A field of the class.
    #[inline]
    pub(super) fn field(number: usize) -> Option<&'static ObjectField> {
        Self::CLASS.fields.get(number)
    }
}
