//! What the `VersionedObject` derive calls.

pub use serde::de::MapAccess;
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::class::{HoldsObjects, NotAnObject, ObjectClass, ObjectField, Of, Project};
pub use crate::object::generated::*;
pub use crate::object::{Origin, VersionedObject};
pub use crate::version::Version;
