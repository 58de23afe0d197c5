//! `#[derive(RpcNotification)]`: an enum or struct to events on the bus and back.

mod content;
mod event_type;
mod keys;
mod model;
mod names;
mod priority;
mod render;
mod versions;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;
use crate::parse::runtime;
use keys::SetKeys;
use model::Set;

/// The expansion of the derive, and what is wrong with it.
///
/// After errors the implementation is there without content, so that they are not followed by
/// others about each use of the type.
pub(crate) fn expand(item: TokenStream) -> (TokenStream, Errors) {
    let mut errors = Errors::default();
    let item = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => item,
        Err(error) => {
            errors.add(error);
            return (TokenStream::new(), errors);
        }
    };
    let keys = SetKeys::read(&item.attrs, &mut errors);
    let runtime = runtime(keys.runtime.clone());
    let set = Set::new(&item, &keys, &mut errors);
    let implementation = match &set {
        Some(set) => render::implementation(set, &runtime),
        // One for a generic type would need bounds.
        None if item.generics.lt_token.is_some() => TokenStream::new(),
        None => render::placeholder(&item.ident, &runtime),
    };
    (implementation, errors)
}
