//! Objects of every shape.
#![deny(warnings)]

use rpc_runtime::VersionedObject;
use rpc_runtime::object::{Field, Origin, Project, ReadOnly};

const CINDER: Project = Project::new("cinder");

/// Nothing but what it came with.
#[derive(Debug, Clone, Default, PartialEq, VersionedObject)]
#[object(project = CINDER, version = "1.0")]
pub struct Empty {
    #[object(origin)]
    pub origin: Origin,
}

/// It holds others of its own class, and is private.
#[derive(Default, VersionedObject)]
#[object(project = self::CINDER, version = "1.0.1", dict, unknown = keep)]
struct Group {
    parent: Field<Option<Box<Group>>>,
    groups: ReadOnly<Vec<Group>>,
    list: Field<Option<list::EmptyList>>,
    #[object(origin)]
    origin: Origin,
}

mod list {
    use super::*;

    /// Visible to some, with documentation.
    #[derive(Default, VersionedObject)]
    #[object(project = super::CINDER, version = "1.0")]
    pub(super) struct EmptyList {
        pub(super) objects: Field<Vec<Empty>>,
        #[object(origin)]
        pub(super) origin: Origin,
    }
}

/// What is under `#[cfg]` is there, or not, with its number.
#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.3")]
pub struct Conditional {
    #[cfg(any())]
    pub absent: NoSuchType,
    #[cfg(not(any()))]
    pub present: Field<u8>,
    #[cfg_attr(not(any()), object(name = "type"))]
    pub kind: Field<u8>,
    #[object(origin)]
    pub origin: Origin,
}

/// Whoever uses an old field is warned, the derive is not.
#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.3", name = "Old")]
#[deprecated]
pub struct Deprecated {
    #[deprecated]
    #[object(until = "1.2", default)]
    pub old: Field<u8>,
    #[deprecated]
    #[object(origin)]
    pub origin: Origin,
}

/// Words of the language, and of the derive.
#[derive(Default, VersionedObject)]
#[object(project = CINDER, version = "1.3")]
pub struct Words {
    pub r#type: Field<String>,
    #[object(was("fn", until = "1.2"))]
    pub r#match: Field<String>,
    pub data: Field<u8>,
    pub name: Field<u8>,
    pub number: Field<u8>,
    pub out: Field<u8>,
    pub read: Field<u8>,
    pub to: Field<u8>,
    pub from: Field<u8>,
    pub self_: Field<u8>,
    #[object(default = number() + super_())]
    pub origin: Field<u8>,
    #[object(origin)]
    pub came_with: Origin,
}

fn number() -> u8 {
    1
}

fn super_() -> u8 {
    2
}

/// Items with names that a careless expansion would import.
#[allow(dead_code)]
mod items {
    use rpc_runtime::VersionedObject;

    pub struct ObjectClass;
    pub struct Field;
    pub struct Serialize;
    pub struct Vec;
    pub struct Option;
    pub struct Result;
    pub const PROJECT: rpc_runtime::object::Project = rpc_runtime::object::Project::new("cinder");

    #[derive(Default, VersionedObject)]
    #[object(project = PROJECT, version = "1.0")]
    pub struct Origin {
        field: rpc_runtime::object::Field<u8>,
        #[object(origin)]
        origin: rpc_runtime::object::Origin,
    }
}

/// Within a function, with what is there.
fn local() -> usize {
    const LOCAL: Project = Project::new("local");

    #[derive(Default, VersionedObject)]
    #[object(project = LOCAL, version = "1.0")]
    struct Local {
        id: Field<u8>,
        #[object(origin)]
        origin: Origin,
    }

    let mut local = Local::default();
    local.id.set(1);
    local.what_changed().len()
}

fn main() {
    const { assert!(Conditional::CLASS.fields.len() == 2) };
    const { assert!(Group::CLASS.fields.len() == 3 && list::EmptyList::CLASS.fields.len() == 1) };
    assert_eq!(local(), 1);
    let mut words = Words::default();
    words.set_defaults();
    assert_eq!(words.origin.get(), Some(&3));
}
