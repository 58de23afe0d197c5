//! `#[derive(RpcException)]`: an error type to Python exceptions and back.

mod content;
mod keys;
mod model;
mod render;
mod template;

use proc_macro2::TokenStream;

use crate::derive::derive;
use crate::errors::Errors;
use model::Exceptions;

/// The expansion of the derive, and what is wrong with it.
pub(crate) fn expand(item: TokenStream) -> (TokenStream, Errors) {
    derive(item, |item, errors| {
        let exceptions = Exceptions::new(item, errors);
        if errors.is_empty() { render::implementation(&exceptions) } else { render::placeholder(&exceptions) }
    })
}
