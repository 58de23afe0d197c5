//! Tokens to raw attributes and signatures: what was written, not yet whether it makes sense.

mod attributes;
mod groups;
mod item;

pub(crate) use attributes::{
    AliasKey, ArgKeys, Conditional, Derived, DowngradeKey, Keys, LegacyKey, ManagerKeys, Old, Parameter,
    Profile, ProfileKey, RpcKeys, WasKey, closest, flag, inside, is_arg, is_called, is_helper, is_rpc,
    name_of, named, path, runtime, value, version_text, was,
};
pub(crate) use groups::without_around;
pub(crate) use item::{ManagerTrait, MethodEnd, TraitItem, TraitMethod};
