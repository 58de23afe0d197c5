//! `#[derive(VersionedObject)]`: a struct to an object of oslo.versionedobjects and back.

mod field;
mod keys;
mod model;
mod render;
mod versions;

use proc_macro2::TokenStream;

use crate::derive::derive;
use crate::errors::Errors;
use crate::parse::runtime;
use keys::ObjectKeys;
use model::Object;

/// The expansion of the derive, and what is wrong with it.
pub(crate) fn expand(item: TokenStream) -> (TokenStream, Errors) {
    derive(item, |item, errors| {
        let keys = ObjectKeys::read(&item.attrs, errors);
        let runtime = runtime(keys.runtime.clone());
        match &Object::new(item, &keys, errors) {
            Some(object) => render::implementations(object, &runtime),
            // One for a generic type would need bounds.
            None if item.generics.lt_token.is_some() => TokenStream::new(),
            None => render::placeholder(&item.ident, &runtime),
        }
    })
}
