//! `#[cfg_attr]`: attributes that are there under a condition.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote_spanned;
use syn::parse::Parser as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Meta};

/// An attribute, and the conditions under which it is there: none for most.
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) conditions: Vec<TokenStream>,
    pub(crate) attribute: Attribute,
}

impl Conditional {
    /// The attribute itself, or those that a `#[cfg_attr]` stands for.
    pub(crate) fn all_of(attribute: &Attribute) -> Vec<Self> {
        let mut all = Vec::new();
        collect(attribute, &[], &mut all);
        all
    }

    /// All conditions as one; nothing without any.
    pub(crate) fn condition(&self) -> Option<TokenStream> {
        let conditions = &self.conditions;
        match &conditions[..] {
            [] => None,
            [one] => Some(one.clone()),
            [first, ..] => Some(quote_spanned!(first.span()=> all(#(#conditions),*))),
        }
    }
}

fn collect(attribute: &Attribute, conditions: &[TokenStream], all: &mut Vec<Conditional>) {
    let Meta::List(list) = &attribute.meta else {
        all.push(Conditional { conditions: conditions.to_vec(), attribute: attribute.clone() });
        return;
    };
    if !list.path.is_ident("cfg_attr") {
        all.push(Conditional { conditions: conditions.to_vec(), attribute: attribute.clone() });
        return;
    }
    let mut parts = between_commas(list.tokens.clone()).into_iter();
    let Some(condition) = parts.next() else { return };
    let conditions = [conditions, &[condition]].concat();
    for part in parts {
        let attribute = quote_spanned!(part.span()=> #[#part]);
        // What is no attribute is rustc's to complain about.
        for attribute in Attribute::parse_outer.parse2(attribute).unwrap_or_default() {
            collect(&attribute, &conditions, all);
        }
    }
}

fn between_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            (_, Some(last)) => last.extend([token]),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn nested_conditions() {
        let attribute = parse_quote!(#[cfg_attr(a, doc = "x", cfg_attr(any(b, c), deprecated,), 1)]);
        let all: Vec<String> = Conditional::all_of(&attribute)
            .iter()
            .map(|it| {
                let attribute = &it.attribute;
                let condition = it.condition().unwrap();
                quote_spanned!(attribute.span()=> #condition => #attribute).to_string().replace(' ', "")
            })
            .collect();
        assert_eq!(all, ["a=>#[doc=\"x\"]", "all(a,any(b,c))=>#[deprecated]"]);
        let plain = Conditional::all_of(&parse_quote!(#[inline]));
        assert!(plain.len() == 1 && plain[0].condition().is_none());
        assert!(Conditional::all_of(&parse_quote!(#[cfg_attr()])).is_empty());
    }
}
