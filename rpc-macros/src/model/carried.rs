//! Attributes of a trait or method that its client, request and handler get as well.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The attributes that are carried, by what they do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    /// `#[doc]`: text and rustdoc options.
    pub(crate) docs: Vec<Attribute>,
    /// `#[cfg]`: what is generated for the method exists under the same conditions.
    pub(crate) cfgs: Vec<Attribute>,
    /// `#[deprecated]`.
    pub(crate) deprecated: Option<Attribute>,
}

impl Carried {
    /// Picks from all attributes of an item; the others stay on the trait alone.
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let mut carried = Self::default();
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("doc") {
                carried.docs.push(attribute.clone());
            } else if path.is_ident("cfg") {
                carried.cfgs.push(attribute.clone());
            } else if path.is_ident("deprecated") {
                carried.deprecated = Some(attribute.clone());
            }
        }
        carried
    }

    /// The documentation as one expression of type `&'static str`, or nothing without one.
    pub(crate) fn doc_text(&self) -> Option<TokenStream> {
        let mut parts = Vec::new();
        let mut text = String::new();
        for attribute in &self.docs {
            let Meta::NameValue(pair) = &attribute.meta else { continue };
            if !(text.is_empty() && parts.is_empty()) {
                text.push('\n');
            }
            match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => {
                    let line = line.value();
                    text.push_str(line.strip_prefix(' ').unwrap_or(&line));
                }
                // `#[doc = include_str!(..)]`
                expression => {
                    parts.push(std::mem::take(&mut text).to_token_stream());
                    parts.push(expression.to_token_stream());
                }
            }
        }
        if parts.is_empty() {
            return (!text.is_empty()).then(|| text.to_token_stream());
        }
        parts.push(text.to_token_stream());
        Some(quote!(::core::concat!(#(#parts),*)))
    }
}
