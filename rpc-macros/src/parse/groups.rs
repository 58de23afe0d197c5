//! Groups without delimiters: what a fragment of `macro_rules` comes as.
//!
//! They are part of the tree that the parser makes, so that `String` as `$t:ty` would be another type than `String`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Expr, FnArg, ReturnType, Signature, Type};

/// The same type without such groups, as far as it stays the same type.
pub(super) fn without_in_type(ty: Type) -> Type {
    let tokens = ty.to_token_stream();
    match has_group(tokens.clone()) {
        true => syn::parse2(flat(tokens)).unwrap_or(ty),
        false => ty,
    }
}

/// The same expression without such a group around it. Inside one stands for parentheses.
pub(crate) fn without_around(expression: Expr) -> Expr {
    match expression {
        Expr::Group(group) => without_around(*group.expr),
        expression => expression,
    }
}

/// The same signature, each of its types without such groups.
pub(super) fn without_in_signature(mut signature: Signature) -> Signature {
    let flatten = |ty: &mut Box<Type>| **ty = without_in_type((**ty).clone());
    for input in &mut signature.inputs {
        if let FnArg::Typed(parameter) = input {
            flatten(&mut parameter.ty);
        }
    }
    if let ReturnType::Type(_, ty) = &mut signature.output {
        flatten(ty);
    }
    signature
}

fn has_group(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::None || has_group(group.stream()),
        _ => false,
    })
}

fn flat(tokens: TokenStream) -> TokenStream {
    let mut flattened = TokenStream::new();
    for token in tokens {
        match token {
            // `&$t` is no `&dyn A + B`.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None && !is_sum(&group.stream()) => {
                flattened.extend(flat(group.stream()));
            }
            TokenTree::Group(group) => {
                let mut inside = proc_macro2::Group::new(group.delimiter(), flat(group.stream()));
                inside.set_span(group.span());
                flattened.extend([TokenTree::Group(inside)]);
            }
            token => flattened.extend([token]),
        }
    }
    flattened
}

/// Whether these are bounds with a `+` between them.
fn is_sum(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '+'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Group;
    use quote::quote;

    fn fragment(tokens: TokenStream) -> TokenTree {
        Group::new(Delimiter::None, tokens).into()
    }

    #[test]
    fn types() {
        let string = fragment(quote!(String));
        let ty = syn::parse2(quote!(Option<#string>)).unwrap();
        assert_eq!(without_in_type(ty), syn::parse_quote!(Option<String>));
        let nested = fragment(fragment(quote!(&str)).into());
        assert!(matches!(without_in_type(syn::parse2(nested.into()).unwrap()), Type::Reference(_)));
        let sum = fragment(quote!(dyn A + B));
        let Type::Reference(kept) = without_in_type(syn::parse2(quote!(&#sum)).unwrap()) else { panic!() };
        assert!(matches!(*kept.elem, Type::Group(_)));
    }

    #[test]
    fn expressions() {
        let text = fragment(fragment(quote!("x")).into());
        assert!(matches!(without_around(syn::parse2(text.into()).unwrap()), Expr::Lit(_)));
        let sum = fragment(quote!(1 + 1));
        let Expr::Binary(product) = without_around(syn::parse2(quote!(#sum * 2)).unwrap()) else { panic!() };
        assert!(matches!(*product.left, Expr::Group(_)));
    }
}
