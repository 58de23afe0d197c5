//! Where every stage leaves its errors, so that one run of the compiler shows all of them.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far, in the order of the source.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// An error at all of `at`; at the whole invocation if `at` is empty.
    pub(crate) fn at(&mut self, at: impl ToTokens, message: impl Display) {
        self.found.push(syn::Error::new_spanned(at, message));
    }

    /// An error of the parser, which carries its own place.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// How many errors there are: stages compare it to learn whether they added any.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The tokens with a `compile_error!` for each error after them.
    pub(crate) fn after(self, mut tokens: TokenStream) -> TokenStream {
        tokens.extend(self.found.iter().map(syn::Error::to_compile_error));
        tokens
    }

    #[cfg(test)]
    pub(crate) fn found(&self) -> &[syn::Error] {
        &self.found
    }
}
