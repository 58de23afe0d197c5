//! Versioned objects: the arguments, results and fields of real OpenStack services.
//!
//! An object of oslo.versionedobjects goes over the wire with its project, its class and its version, with those fields that
//! are set, and with the names of those that were changed. `#[derive(VersionedObject)]` makes a struct one, and serde reads
//! and writes it like any other value.
//!
//! | What | Where |
//! |---|---|
//! | a type of objects | `#[derive(VersionedObject)]`, [`VersionedObject`], [`Project`] |
//! | its fields | [`Field`], [`ReadOnly`], [`Origin`] |
//! | what fields hold, where serde has no type for it | [`DateTime`], [`Integer`], [`Boolean`], [`FlexibleBoolean`], [`IpNetwork`], [`MacAddress`], [`JsonText`], [`Sensitive`], [`RawJson`] |
//! | an object without a type | [`Object`] |
//! | writing for older readers | [`ObjectVersions`], [`ObjectReleases`], [`VersionPin::set_objects`](crate::VersionPin::set_objects), [`ServerBuilder::object_pin`](crate::ServerBuilder::object_pin) |
//! | reading what newer senders write | [`Backport`](crate::Backport), [`Conductor`](crate::Conductor), [`ServerBuilder::backport`](crate::ServerBuilder::backport) |
//! | descriptions | [`ObjectClass`], [`ObjectField`], [`HoldsObjects`] |
//!
//! # Which type for which field
//!
//! | Python | Rust |
//! |---|---|
//! | `StringField`, `UUIDField` | `String`; `uuid::Uuid` refuses what is none, which Python only warns of |
//! | `EnumField` | an enum that derives serde's traits; a value that it does not have is an error |
//! | `IntegerField`, `NonNegativeIntegerField` | `i64`, `u64`, ...; [`Integer`] for any size, and for digits in a text |
//! | `FloatField` | `f64` |
//! | `BooleanField` | `bool`; [`Boolean`] reads whatever Python reads |
//! | `FlexibleBooleanField` | [`FlexibleBoolean`] |
//! | `DateTimeField` | [`DateTime`] |
//! | `IPAddressField`, `IPV4AddressField`, `IPV6AddressField` | `std::net::IpAddr`, `Ipv4Addr`, `Ipv6Addr` |
//! | `IPNetworkField` | [`IpNetwork`] |
//! | `MACAddressField` | [`MacAddress`] |
//! | `SensitiveStringField` | [`Sensitive`] |
//! | `ListOf..`, `SetOf..`, `DictOf..` | `Vec`, `BTreeSet` or `HashSet`, `BTreeMap` or `HashMap` |
//! | `ObjectField`, `ListOfObjectsField` | the type of the object, a `Vec` of it |
//! | JSON in a string (`network_info`) | [`JsonText`] |
//! | anything | [`RawJson`], `serde_json::Value` |
//! | `nullable=True` | an `Option` of it |
//! | `read_only=True` | [`ReadOnly`] in place of [`Field`] |

mod fault;
mod field;
mod origin;
mod raw;
mod read;
mod releases;
pub(crate) mod scope;
mod types;
mod untyped;
mod versioned;
mod write;

pub use fault::ObjectError;
pub use field::{Field, ReadOnly, ReadOnlyError};
pub use origin::Origin;
pub use raw::RawJson;
pub(crate) use read::is_too_new;
pub use releases::{ObjectReleases, ObjectVersions};
pub use types::{
    Boolean, DateTime, FlexibleBoolean, Integer, IpNetwork, JsonText, MacAddress, ParseAddressError,
    ParseDateTimeError, ParseIntegerError, Sensitive,
};
pub use untyped::Object;
pub use versioned::VersionedObject;

pub use crate::class::{DowngradeData, HeldObject, HoldsObjects, ObjectClass, ObjectField, Project};

/// What generated code calls.
pub(crate) mod generated {
    pub use super::field::{Slot, SlotState};
    pub use super::read::{deserialize, read, skip};
    pub use super::versioned::{Fields, WriteFields};
    pub use super::write::{serialize, set_default, what_changed};
}

#[cfg(all(test, feature = "macros"))]
mod tests;
