//! The fields of objects.

use std::fmt;

use crate::class::{HoldsObjects, ObjectClass};

/// A field of an object: unset, or set to a value and maybe changed since the object was loaded.
///
/// A nullable field is a `Field<Option<T>>`. What is unset is not written, so that a service passes an object on without
/// the fields that it never had: in Python such a field is loaded when somebody asks for it. Setting marks the field as
/// changed, as in Python even if the value is the same.
///
/// ```
/// use rpc_runtime::object::Field;
///
/// let mut host: Field<Option<String>> = Field::unset();
/// assert_eq!(host.value(), None);
/// host.set(None);
/// assert!(host.is_set() && host.is_changed() && host.value().is_none());
/// host.set(Some("host1@lvm".to_owned()));
/// assert_eq!(host.as_deref(), Some("host1@lvm"));
/// ```
///
/// Two fields are equal if both are unset or their values are equal, whether changed or not.
#[derive(Clone)]
pub struct Field<T>(State<T>);

/// A field that is set once: [`set`](Self::set) refuses another value.
///
/// ```
/// use rpc_runtime::object::ReadOnly;
///
/// let mut id: ReadOnly<String> = "a".to_owned().into();
/// assert!(id.set("a".to_owned()).is_ok());
/// assert!(id.set("b".to_owned()).is_err());
/// ```
#[derive(Clone)]
pub struct ReadOnly<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    Unset,
    Set { value: T, changed: bool },
}

/// A read-only field has another value already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a read-only field is set already, to another value")]
#[non_exhaustive]
pub struct ReadOnlyError;

macro_rules! fields {
    ($($name:ident),*) => { $(
        impl<T> $name<T> {
            /// A field that is not set.
            #[must_use]
            pub const fn unset() -> Self {
                Self(State::Unset)
            }

            /// A field as it is in an object that was loaded: set and not changed.
            #[must_use]
            pub const fn loaded(value: T) -> Self {
                Self(State::Set { value, changed: false })
            }

            /// The value, if it is set.
            #[must_use]
            pub const fn get(&self) -> Option<&T> {
                match &self.0 {
                    State::Set { value, .. } => Some(value),
                    State::Unset => None,
                }
            }

            /// The value itself, if it is set.
            #[must_use]
            pub fn into_inner(self) -> Option<T> {
                match self.0 {
                    State::Set { value, .. } => Some(value),
                    State::Unset => None,
                }
            }

            /// Whether it is set, be it to null.
            #[must_use]
            pub const fn is_set(&self) -> bool {
                self.get().is_some()
            }

            /// Whether it was set since the object was loaded or its changes were reset. Changes of an object in it
            /// are those of that object.
            #[must_use]
            pub const fn is_changed(&self) -> bool {
                matches!(self.0, State::Set { changed: true, .. })
            }
        }

        impl<T> $name<Option<T>> {
            /// The value, if it is set and not null.
            #[must_use]
            pub fn value(&self) -> Option<&T> {
                self.get()?.as_ref()
            }
        }

        impl $name<Option<String>> {
            /// The text, if it is set and not null.
            #[must_use]
            pub fn as_deref(&self) -> Option<&str> {
                self.get()?.as_deref()
            }
        }

        impl $name<String> {
            /// The text, if it is set.
            #[must_use]
            pub fn as_deref(&self) -> Option<&str> {
                self.get().map(String::as_str)
            }
        }

        impl<T> Default for $name<T> {
            fn default() -> Self {
                Self::unset()
            }
        }

        /// Set and changed, as in an object that is new.
        impl<T> From<T> for $name<T> {
            fn from(value: T) -> Self {
                Self(State::Set { value, changed: true })
            }
        }

        impl<T: PartialEq> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.get() == other.get()
            }
        }

        impl<T: Eq> Eq for $name<T> {}

        impl<T: fmt::Debug> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.0 {
                    State::Unset => f.write_str("Unset"),
                    State::Set { value, .. } => value.fmt(f),
                }
            }
        }

        impl<T: HoldsObjects> HoldsObjects for $name<T> {
            fn class() -> &'static ObjectClass {
                T::class()
            }
        }

        impl<T> SlotState for $name<T> {
            fn is_set(&self) -> bool {
                self.is_set()
            }

            fn is_changed(&self) -> bool {
                self.is_changed()
            }

            fn mark(&mut self, is_changed: bool) {
                if let State::Set { changed, .. } = &mut self.0 {
                    *changed = is_changed;
                }
            }
        }

        impl<T> Slot for $name<T> {
            type Value = T;

            fn load(&mut self, value: T) {
                *self = Self::loaded(value);
            }

            fn put(&mut self, value: T) {
                *self = value.into();
            }

            fn get(&self) -> Option<&T> {
                self.get()
            }
        }
    )* };
}

fields!(Field, ReadOnly);

impl<T> Field<T> {
    /// Sets the value, which counts as a change.
    pub fn set(&mut self, value: impl Into<T>) {
        *self = Self::from(value.into());
    }

    /// Takes the value away: the field is not written.
    pub fn clear(&mut self) {
        self.0 = State::Unset;
    }

    /// The value, to be looked at or to change an object in it, which knows its changes itself. Nothing counts as a
    /// change of this field: see [`change`](Self::change).
    pub const fn get_mut(&mut self) -> Option<&mut T> {
        match &mut self.0 {
            State::Set { value, .. } => Some(value),
            State::Unset => None,
        }
    }

    /// The value, to be changed in its place, if it is set.
    pub const fn change(&mut self) -> Option<&mut T> {
        match &mut self.0 {
            State::Set { value, changed } => {
                *changed = true;
                Some(value)
            }
            State::Unset => None,
        }
    }
}

impl<T: PartialEq> ReadOnly<T> {
    /// Sets the value of a field that has none.
    ///
    /// # Errors
    /// It has another one, and keeps that.
    pub fn set(&mut self, value: T) -> Result<(), ReadOnlyError> {
        match self.get() {
            None => *self = value.into(),
            Some(present) if *present == value => {}
            Some(_) => return Err(ReadOnlyError),
        }
        Ok(())
    }
}

/// What generated code asks of a field whatever its type.
#[diagnostic::on_unimplemented(
    message = "a field of an object may be unset, and `{Self}` has no value for that",
    label = "make it `Field<{Self}>`, or `ReadOnly<{Self}>`"
)]
pub trait SlotState {
    /// Whether it is set.
    fn is_set(&self) -> bool;
    /// Whether it was set since the object was loaded.
    fn is_changed(&self) -> bool;
    /// Says that it was, or was not; nothing if it is unset.
    fn mark(&mut self, is_changed: bool);
}

/// A field of a type that derives `VersionedObject`.
#[diagnostic::on_unimplemented(
    message = "a field of an object may be unset, and `{Self}` has no value for that",
    label = "make it `Field<{Self}>`, or `ReadOnly<{Self}>`"
)]
pub trait Slot: SlotState {
    /// What it holds.
    type Value;
    /// Sets it without a change.
    fn load(&mut self, value: Self::Value);
    /// Sets it, which is a change.
    fn put(&mut self, value: Self::Value);
    /// The value, if it is set.
    fn get(&self) -> Option<&Self::Value>;
}
