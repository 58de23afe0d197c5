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

use crate::derive::derive;
use crate::errors::Errors;
use crate::parse::runtime;
use keys::SetKeys;
use model::Set;

/// The expansion of the derive, and what is wrong with it.
pub(crate) fn expand(item: TokenStream) -> (TokenStream, Errors) {
    derive(item, |item, errors| {
        let keys = SetKeys::read(&item.attrs, errors);
        let runtime = runtime(keys.runtime.clone());
        match &Set::new(item, &keys, errors) {
            Some(set) => render::implementation(set, &runtime),
            // One for a generic type would need bounds.
            None if item.generics.lt_token.is_some() => TokenStream::new(),
            None => render::placeholder(&item.ident, &runtime),
        }
    })
}
