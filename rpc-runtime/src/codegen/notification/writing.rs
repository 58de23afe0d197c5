//! Events to what is sent.

use std::fmt::{Display, Write as _};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::object::ObjectPayload;
use crate::notification::{Notification, Payload};
use crate::wire::EncodeError;

/// A value as the whole payload.
///
/// # Errors
/// It cannot be written.
pub fn payload<T: Serialize + ?Sized>(value: &T) -> Result<Payload, EncodeError> {
    Payload::new(value)
}

/// An object as the whole payload.
///
/// # Errors
/// A field cannot be written.
pub fn object<T: ObjectPayload>(object: &T) -> Result<Payload, EncodeError> {
    object.write()
}

/// The payload of an event that says nothing more: readers in Python expect a dictionary.
///
/// # Errors
/// Those of [`members`].
pub fn nothing() -> Result<Payload, EncodeError> {
    members([])
}

/// A value as a member of the payload.
///
/// # Errors
/// It cannot be written; the error names it.
pub fn member<T: Serialize + ?Sized>(
    name: &'static str,
    value: &T,
) -> Result<(&'static str, Box<RawValue>), EncodeError> {
    let text =
        to_raw_value(value).map_err(|error| EncodeError::new("payload", format_args!("{name}: {error}")))?;
    Ok((name, text))
}

/// The payload that has these members.
///
/// # Errors
/// None: they are JSON already.
pub fn members<const N: usize>(members: [(&'static str, Box<RawValue>); N]) -> Result<Payload, EncodeError> {
    struct Object<const N: usize>([(&'static str, Box<RawValue>); N]);

    impl<const N: usize> Serialize for Object<N> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut out = serializer.serialize_map(Some(N))?;
            for (name, value) in &self.0 {
                out.serialize_entry(name, value)?;
            }
            out.end()
        }
    }

    Payload::new(&Object(members))
}

/// A value as a part of the event type.
///
/// # Errors
/// It cannot be written, or not so that it is read again: it is empty, or has a dot. The error has its name alone.
pub fn part<T: Display + ?Sized>(name: &'static str, value: &T) -> Result<String, EncodeError> {
    let mut text = String::new();
    let why = match write!(text, "{value}") {
        Err(_) => "cannot be written",
        Ok(()) if text.is_empty() => "is empty",
        Ok(()) if text.contains('.') => "has a dot in it, which stands between parts",
        Ok(()) => return Ok(text),
    };
    Err(EncodeError::new("event type", format_args!("{name} {why}")))
}

/// The event that is no other variant, as it came.
pub fn whole(event: &Notification) -> Notification {
    event.clone()
}
