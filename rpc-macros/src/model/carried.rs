//! Attributes of a trait or method that its client, request and handler get as well.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote_spanned};

use crate::parse::Conditional;

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
        for it in attributes.iter().flat_map(Conditional::all_of) {
            let path = it.attribute.path();
            if path.is_ident("doc") {
                carried.docs.push(under_conditions(it));
            } else if path.is_ident("cfg") {
                carried.cfgs.push(cfg(it));
            } else if path.is_ident("deprecated") {
                carried.deprecated = Some(under_conditions(it));
            }
        }
        carried
    }

    /// The documentation as one expression of type `&'static str`, or nothing without one. What is there under a
    /// condition only is for rustdoc.
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

/// The attribute, if it is there.
fn under_conditions(it: Conditional) -> Attribute {
    let Some(condition) = it.condition() else { return it.attribute };
    let meta = &it.attribute.meta;
    parse_quote_spanned!(it.attribute.span()=> #[cfg_attr(#condition, #meta)])
}

/// A `#[cfg]`, which asks for nothing where it is not there.
fn cfg(it: Conditional) -> Attribute {
    match (it.condition(), &it.attribute.meta) {
        (Some(condition), Meta::List(asked)) => {
            let asked = &asked.tokens;
            parse_quote_spanned!(it.attribute.span()=> #[cfg(any(not(#condition), #asked))])
        }
        _ => it.attribute,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn attributes_under_conditions() {
        let carried = Carried::of(&[
            parse_quote!(#[cfg(a)]),
            parse_quote!(#[cfg_attr(b, cfg(c), doc = "text", inline)]),
            parse_quote!(#[cfg_attr(d, deprecated)]),
        ]);
        let text = |it: &Attribute| it.to_token_stream().to_string().replace(' ', "");
        let texts = |all: &[Attribute]| all.iter().map(text).collect::<Vec<_>>();
        assert_eq!(texts(&carried.cfgs), ["#[cfg(a)]", "#[cfg(any(not(b),c))]"]);
        assert_eq!(texts(&carried.docs), ["#[cfg_attr(b,doc=\"text\")]"]);
        assert_eq!(carried.deprecated.as_ref().map(text).as_deref(), Some("#[cfg_attr(d,deprecated)]"));
    }
}
