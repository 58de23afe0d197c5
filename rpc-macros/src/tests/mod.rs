//! Tests of the expansion as text: what it is, where its errors point, that it never panics.

mod budget;
mod errors;
mod exceptions;
mod mutations;
mod notifications;
mod objects;
mod snapshots;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::parse::Parser as _;

use crate::errors::Errors;

/// Expands the one `#[rpc_manager]` trait that `source` consists of.
fn expand(source: &str) -> (TokenStream, Errors) {
    let (attribute, item) = split(source.parse().expect("test sources are tokens"));
    crate::expand::expand(attribute, item)
}

/// Expands a trait without errors.
fn expand_valid(source: &str) -> String {
    let (expansion, errors) = expand(source);
    assert!(errors.found().is_empty(), "{:?}", errors.found());
    pretty(expansion)
}

/// Checks where the errors are, by the text there, and what they say, by a part of it.
fn check_errors(source: &str, errors: &Errors, expected: &[(&str, &str)]) {
    let found: Vec<(String, String)> = errors
        .found()
        .iter()
        .map(|error| (error.span().source_text().unwrap_or_default(), error.to_string()))
        .collect();
    let fits = found.len() == expected.len()
        && found
            .iter()
            .zip(expected)
            .all(|((at, message), (expected_at, part))| at == expected_at && message.contains(part));
    assert!(fits, "in\n{source}\nexpected {expected:#?}\nfound {found:#?}");
}

/// The inside of the first attribute, and the item without it.
fn split(source: TokenStream) -> (TokenStream, TokenStream) {
    let parser = |input: syn::parse::ParseStream| {
        let mut attributes = input.call(syn::Attribute::parse_outer)?;
        let rest: TokenStream = input.parse()?;
        let at = attributes
            .iter()
            .position(|attribute| attribute.path().is_ident("rpc_manager"))
            .expect("test sources have the attribute");
        let attribute = attributes.remove(at);
        let tokens = match attribute.meta {
            syn::Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        let mut item = TokenStream::new();
        attributes.iter().for_each(|attribute| attribute.to_tokens(&mut item));
        item.extend(rest);
        Ok((tokens, item))
    };
    parser.parse2(source).expect("test sources start with attributes")
}

/// The expansion as `cargo expand` would show it.
fn pretty(expansion: TokenStream) -> String {
    let file =
        syn::parse2(expansion.clone()).unwrap_or_else(|error| panic!("not valid Rust: {error}\n{expansion}"));
    prettyplease::unparse(&file)
}
