//! What an event says.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::decode::decode;
use crate::wire::EncodeError;

/// What an event says, as JSON. Cloning shares it.
///
/// Debug output has the length alone, as the text may be secret.
#[derive(Clone)]
pub struct Payload(Arc<RawValue>);

impl Payload {
    /// A value as JSON.
    ///
    /// # Errors
    /// If it cannot be written as JSON; the error calls it `payload`.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        to_raw_value(value).map(Self::from).map_err(|error| EncodeError::payload(&error))
    }

    /// The JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// The value.
    ///
    /// # Errors
    /// If it is not a `T`: what is wrong, and where. What was read is not repeated.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        decode(self.text(), "").map_err(serde_json::Error::custom)
    }
}

impl From<Box<RawValue>> for Payload {
    fn from(text: Box<RawValue>) -> Self {
        Self(text.into())
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.text().len())
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Payload {}
