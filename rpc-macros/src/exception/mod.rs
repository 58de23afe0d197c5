//! `#[derive(RpcException)]`: an error type to Python exceptions and back.

mod content;
mod keys;
mod model;
mod render;
mod template;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;
use model::Exceptions;

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
    let exceptions = Exceptions::new(&item, &mut errors);
    let implementation = if errors.is_empty() {
        render::implementation(&exceptions)
    } else {
        render::placeholder(&exceptions)
    };
    (implementation, errors)
}
