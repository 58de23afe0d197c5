//! The keys of `#[rpc_manager]`, `#[rpc]` and `#[arg]`, and the grammar that all keys share.

mod argument;
mod keys;
mod manager;
mod method;
mod profile;
mod suggest;
mod values;

use syn::Attribute;

pub(crate) use argument::{ArgKeys, Old, is_arg};
pub(crate) use keys::{Keys, flag, inside, named, value};
pub(crate) use manager::ManagerKeys;
pub(crate) use method::{DowngradeKey, LegacyKey, RpcKeys, is_rpc};
pub(crate) use profile::{Profile, ProfileKey};
pub(crate) use suggest::closest;
pub(crate) use values::{AliasKey, Derived, Parameter, WasKey, name_of, path, runtime, version_text, was};

/// Whether an attribute is one of ours, which no compiler knows and which is never emitted.
pub(crate) fn is_helper(attribute: &Attribute) -> bool {
    is_rpc(attribute) || is_arg(attribute)
}
