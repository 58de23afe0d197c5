//! What was received to events.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::object::ObjectPayload;
use crate::notification::decode::{decode, said};
use crate::notification::{Notification, PayloadError, RpcNotification};
use crate::text::shortened;

/// An event that is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'n> {
    notification: &'n Notification,
    set: &'static str,
}

impl<'n> Reading<'n> {
    /// The event as one of the set `E`.
    pub fn of<E: RpcNotification>(notification: &'n Notification) -> Self {
        Self { notification, set: E::EVENTS.name }
    }

    /// The whole payload.
    ///
    /// # Errors
    /// It is no `T`.
    pub fn payload<T: DeserializeOwned>(self) -> Result<T, PayloadError> {
        decode(self.notification.payload().text(), "").map_err(|why| self.wrong(why))
    }

    /// The whole payload, an object.
    ///
    /// # Errors
    /// It is none that a `T` reads.
    pub fn object<T: ObjectPayload>(self) -> Result<T, PayloadError> {
        T::read(self.notification.payload()).map_err(|why| self.wrong(why))
    }

    /// The members of the payload.
    ///
    /// # Errors
    /// It has none.
    pub fn members(self) -> Result<Members<'n>, PayloadError> {
        let texts = serde_json::from_str(self.notification.payload().text());
        let texts = texts.map_err(|error| self.wrong(said(&error)))?;
        Ok(Members { event: self, texts })
    }

    fn wrong(self, why: String) -> PayloadError {
        PayloadError { event_type: shortened(self.notification.event_type()), set: self.set, why }
    }
}

/// The members of a payload.
#[derive(Debug)]
pub struct Members<'n> {
    event: Reading<'n>,
    /// Of a name that is repeated, the last one counts.
    texts: BTreeMap<String, &'n RawValue>,
}

impl Members<'_> {
    /// The member of that name; what is absent is what is null.
    ///
    /// # Errors
    /// It is no `T`, or is absent and null is no `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, PayloadError> {
        let value = match self.texts.get(name) {
            Some(text) => decode(text.get(), name),
            None => serde_json::from_str("null").map_err(|_| format!("missing field `{name}`")),
        };
        value.map_err(|why| self.event.wrong(why))
    }
}

/// The parts of an event type where a pattern has empty ones, if all others are those of the pattern.
#[must_use]
pub fn parameters<'t, const N: usize>(event_type: &'t str, pattern: &[&str]) -> Option<[&'t str; N]> {
    let mut found = [""; N];
    let mut places = found.iter_mut();
    let mut parts = event_type.split('.');
    for expected in pattern {
        match (parts.next()?, *expected) {
            ("", _) => return None,
            (part, "") => *places.next()? = part,
            (part, expected) if part == expected => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(found)
}

/// A part of an event type as a value; a part that is none is of another event.
pub fn parameter<T: FromStr>(part: &str) -> Option<T> {
    part.parse().ok()
}
