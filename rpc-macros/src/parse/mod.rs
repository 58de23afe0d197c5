//! Tokens to raw attributes and signatures: what was written, not yet whether it makes sense.

mod attributes;
mod item;
mod keys;
mod suggest;

pub(crate) use attributes::{
    ArgKeys, Derived, DowngradeKey, LegacyKey, ManagerKeys, Old, Parameter, RpcKeys, WasKey, inside, path,
};
pub(crate) use item::{ManagerTrait, MethodEnd, TraitItem, TraitMethod};
pub(crate) use keys::{Keys, flag, value};
