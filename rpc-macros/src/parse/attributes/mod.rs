//! The keys of `#[rpc_manager]`, `#[rpc]` and `#[arg]`.

mod argument;
mod manager;
mod method;
mod values;

use proc_macro2::TokenStream;
use syn::{Attribute, Meta};

use crate::errors::Errors;

pub(crate) use argument::{ArgKeys, Old};
pub(crate) use manager::ManagerKeys;
pub(crate) use method::{DowngradeKey, LegacyKey, RpcKeys};
pub(crate) use values::{Derived, Parameter, WasKey, path};

/// The tokens between the parentheses; none after an error.
pub(crate) fn inside(attribute: &Attribute, errors: &mut Errors) -> TokenStream {
    match &attribute.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(pair) => {
            errors.at(pair, "write the keys in parentheses");
            TokenStream::new()
        }
    }
}
