//! Payloads that are versioned objects.

use crate::class::ObjectClass;
use crate::notification::Payload;
#[cfg(feature = "objects")]
use crate::notification::decode::said;
#[cfg(feature = "objects")]
use crate::object::{VersionedObject, scope};
use crate::wire::EncodeError;

/// A payload that is an object. Without the feature `objects` there is none.
#[cfg_attr(
    feature = "objects",
    diagnostic::on_unimplemented(
        message = "`{Self}` is no versioned object",
        label = "derive `VersionedObject` for it, or drop `object`"
    )
)]
#[cfg_attr(
    not(feature = "objects"),
    diagnostic::on_unimplemented(
        message = "`{Self}` is no payload with `object`: versioned objects are there with the feature `objects` of rpc-runtime",
        label = "needs the feature `objects`"
    )
)]
pub trait ObjectPayload: Sized {
    /// Its class.
    const CLASS: &'static ObjectClass;

    /// The payload, without what was changed in the object and in those in it: all of an event is news.
    ///
    /// # Errors
    /// A field cannot be written.
    fn write(&self) -> Result<Payload, EncodeError>;

    /// The object, which may be newer than its class within the major version.
    ///
    /// # Errors
    /// It is of another class or major version, or a field is wrong.
    fn read(payload: &Payload) -> Result<Self, String>;
}

#[cfg(feature = "objects")]
impl<T: VersionedObject> ObjectPayload for T {
    const CLASS: &'static ObjectClass = &T::CLASS;

    fn write(&self) -> Result<Payload, EncodeError> {
        scope::omitting_changes(|| Payload::new(self))
    }

    fn read(payload: &Payload) -> Result<Self, String> {
        let read = scope::reading_newer(|| serde_json::from_str(payload.text()));
        // The error names classes and fields itself.
        read.map_err(|error| said(&error))
    }
}
