//! The keys of `#[rpc_manager]`, `#[rpc]` and `#[arg]`, and the grammar that all keys share.

mod argument;
mod conditional;
mod keys;
mod manager;
mod method;
mod profile;
mod suggest;
mod values;

use syn::Attribute;

pub(crate) use argument::{ArgKeys, Old, is_arg};
pub(crate) use conditional::Conditional;
pub(crate) use keys::{Keys, flag, inside, named, value};
pub(crate) use manager::ManagerKeys;
pub(crate) use method::{DowngradeKey, LegacyKey, RpcKeys, is_rpc};
pub(crate) use profile::{Profile, ProfileKey};
pub(crate) use suggest::closest;
pub(crate) use values::{AliasKey, Derived, Parameter, WasKey, name_of, path, runtime, version_text, was};

/// Whether an attribute is one of ours, which no compiler knows and which is never emitted, or has one in it.
pub(crate) fn is_helper(attribute: &Attribute) -> bool {
    let is_ours = |it: &Conditional| is_rpc(&it.attribute) || is_arg(&it.attribute);
    Conditional::all_of(attribute).iter().any(is_ours)
}

/// Whether the last word of an attribute's path is `name`, wherever it comes from.
pub(crate) fn is_called(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.last().is_some_and(|last| last.ident == name)
}
