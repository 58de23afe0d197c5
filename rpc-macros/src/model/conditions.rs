//! The conditions of arguments.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

use super::types::source_text;

/// What the `#[cfg]`s of an argument ask for, separated by commas. Two that read the same are the
/// same.
#[derive(Debug)]
pub(crate) struct Condition {
    predicates: TokenStream,
    text: String,
}

impl Condition {
    /// Nothing without any `#[cfg]`.
    pub(super) fn of(cfgs: &[&Attribute]) -> Option<Self> {
        let inside = cfgs.iter().filter_map(|cfg| match &cfg.meta {
            Meta::List(list) => Some(&list.tokens),
            Meta::Path(_) | Meta::NameValue(_) => None,
        });
        let predicates = quote!(#(#inside),*);
        (!cfgs.is_empty()).then(|| Self { text: source_text(&predicates), predicates })
    }

    /// Those among `all` that are not the same.
    pub(super) fn different<'a>(all: impl Iterator<Item = &'a Self>) -> Vec<&'a Self> {
        let mut different = Vec::new();
        for condition in all {
            if !different.contains(&condition) {
                different.push(condition);
            }
        }
        different
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl ToTokens for Condition {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.predicates.to_tokens(tokens);
    }
}
