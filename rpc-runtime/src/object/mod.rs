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
//!
//! # Porting a class, field by field
//!
//! A class as it is in Python:
//!
//! ```python
//! @base.CinderObjectRegistry.register
//! class Disk(base.CinderObject):
//!     # Version 1.0: Initial version
//!     # Version 1.1: Added shared
//!     # Version 1.2: Renamed size to size_gb, removed pool
//!     VERSION = '1.2'
//!
//!     fields = {
//!         'id': fields.UUIDField(read_only=True),
//!         'host': fields.StringField(nullable=True),
//!         'size_gb': fields.IntegerField(),
//!         'status': DiskStatusField(),
//!         'shared': fields.BooleanField(default=False),
//!         'created_at': fields.DateTimeField(nullable=True),
//!         'volumes': fields.ListOfObjectsField('Volume'),
//!         'cluster': fields.ObjectField('Cluster', nullable=True),
//!     }
//!
//!     @property
//!     def service_topic_queue(self):
//!         return self.host
//!
//!     def obj_make_compatible(self, primitive, target_version): ...
//! ```
//!
//! 1. The project is a constant, once for all classes: its namespace, and the prefix if it has one of its own.
//! 2. `VERSION` is `version`. The name of the struct is that of the class, or else `name`.
//! 3. Each field is a [`Field`] of the type from the table above; `nullable=True` makes that an `Option`. Names stay; one that
//!    is no identifier is `name = ".."`.
//! 4. What the comments say of versions, and `obj_make_compatible` does, is `since`, `until` and `was`. What it does beyond
//!    that is a function, `downgrade`.
//! 5. A class that nobody looks into is an [`Object`].
//! 6. Properties are methods.
//! 7. One field holds the [`Origin`]: what the object came with that the type does not know.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! use rpc_runtime::VersionedObject;
//! use rpc_runtime::object::{DateTime, Field, Object, Origin, Project, ReadOnly};
//! use serde::{Deserialize, Serialize};
//!
//! pub const CINDER: Project = Project::new("cinder");
//!
//! /// A disk of somebody's.
//! #[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
//! #[object(project = CINDER, version = "1.2")]
//! pub struct Disk {
//!     pub id: ReadOnly<String>,
//!     pub host: Field<Option<String>>,
//!     #[object(was("size", until = "1.2"))]
//!     pub size_gb: Field<u64>,
//!     pub status: Field<DiskStatus>,
//!     #[object(since = "1.1", default = false)]
//!     pub shared: Field<bool>,
//!     pub created_at: Field<Option<DateTime>>,
//!     pub volumes: Field<Vec<Volume>>,
//!     pub cluster: Field<Option<Object>>,
//!     #[object(until = "1.2")]
//!     pub pool: Field<Option<String>>,
//!     #[object(origin)]
//!     pub origin: Origin,
//! }
//!
//! impl Disk {
//!     pub fn service_topic_queue(&self) -> Option<&str> {
//!         self.host.as_deref()
//!     }
//! }
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
//! #[serde(rename_all = "kebab-case")]
//! pub enum DiskStatus {
//!     Available,
//!     InUse,
//! }
//!
//! #[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
//! #[object(project = CINDER, version = "1.0")]
//! pub struct Volume {
//!     pub id: Field<String>,
//!     #[object(origin)]
//!     pub origin: Origin,
//! }
//!
//! // One from an older service: what it lacks is not set, and its old names are known.
//! let text = r#"{"versioned_object.name": "Disk", "versioned_object.namespace": "cinder", "versioned_object.version": "1.0",
//!     "versioned_object.data": {"id": "d1", "host": null, "size": 3, "status": "in-use", "shelf": "B7"}}"#;
//! let mut disk: Disk = serde_json::from_str(text)?;
//! assert_eq!(disk.size_gb.get(), Some(&3));
//! assert!(!disk.shared.is_set() && disk.host.is_set());
//! disk.status.set(DiskStatus::Available);
//! assert_eq!(disk.what_changed(), ["status"]);
//!
//! // It goes back as it came, with what was changed, and with the field that nobody here knows.
//! let back = serde_json::to_value(&disk)?;
//! assert_eq!(back["versioned_object.version"], "1.0");
//! assert_eq!(back["versioned_object.data"]["size"], 3);
//! assert_eq!(back["versioned_object.data"]["shelf"], "B7");
//! assert_eq!(back["versioned_object.changes"], serde_json::json!(["status"]));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Reading and writing
//!
//! * What is unset is not written, and reads as unset: [`Field`].
//! * A version that the class does not read is `IncompatibleObjectVersion` at the caller, another class or project is
//!   `UnsupportedObjectError`, with the keywords of oslo.versionedobjects: [`ObjectError`]. Whatever else is wrong names class
//!   and field. It is found before a method runs.
//! * `changes` has the fields that were set, and those that hold an object with changes.
//! * Both take one pass over the text where the head of an object comes before its data, as Python writes it.

mod fault;
mod field;
mod origin;
mod raw;
mod read;
mod releases;
pub(crate) mod scope;
pub(crate) mod search;
mod types;
mod unchanged;
mod untyped;
mod versioned;
mod write;

pub use fault::ObjectError;
pub use field::{Field, ReadOnly, ReadOnlyError};
pub use origin::Origin;
pub use raw::RawJson;
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
