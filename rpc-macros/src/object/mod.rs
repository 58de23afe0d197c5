//! `#[derive(VersionedObject)]`: a struct to an object of oslo.versionedobjects and back.

mod field;
mod keys;
mod model;
mod render;
mod versions;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;
use crate::parse::runtime;
use keys::ObjectKeys;
use model::Object;

/// The expansion of the derive, and what is wrong with it.
///
/// After errors the implementations are there without content, so that they are not followed by
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
    let keys = ObjectKeys::read(&item.attrs, &mut errors);
    let runtime = runtime(keys.runtime.clone());
    let object = Object::new(&item, &keys, &mut errors);
    let implementations = match &object {
        Some(object) => render::implementations(object, &runtime),
        // One for a generic type would need bounds.
        None if item.generics.lt_token.is_some() => TokenStream::new(),
        None => render::placeholder(&item.ident, &runtime),
    };
    (implementations, errors)
}
