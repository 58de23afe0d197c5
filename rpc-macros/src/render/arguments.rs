//! Arguments on their way into a request.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Expr, Type};

use super::names::named_at;
use crate::model::{Argument, Default, Late, Legacy};
use crate::parse::Old;

/// The type of an argument's client parameter.
pub(super) fn parameter(argument: &Argument) -> TokenStream {
    let ty = &argument.ty;
    if argument.is_string {
        quote_spanned!(Span::mixed_site()=> impl ::core::convert::AsRef<str>)
    } else {
        quote_spanned!(Span::mixed_site()=> impl __rpc::Borrow<#ty>)
    }
}

/// The type that a client parameter is borrowed as.
pub(super) fn borrowed_type(argument: &Argument) -> TokenStream {
    let ty = &argument.ty;
    if argument.is_string {
        quote_spanned!(Span::mixed_site()=> str)
    } else {
        quote_spanned!(Span::mixed_site()=> #ty)
    }
}

/// A client parameter, borrowed as its type.
pub(super) fn borrow(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    if argument.is_string {
        quote_spanned!(Span::mixed_site()=> ::core::convert::AsRef::as_ref(&#name))
    } else {
        quote_spanned!(Span::mixed_site()=> __rpc::Borrow::borrow(&#name))
    }
}

/// The value of an expression, borrowed as the argument's type.
pub(super) fn borrow_value(argument: &Argument, value: &Expr) -> TokenStream {
    if argument.is_string {
        quote_spanned!(Span::mixed_site()=> ::core::convert::AsRef::as_ref(&(#value)))
    } else {
        quote_spanned!(Span::mixed_site()=> __rpc::Borrow::borrow(&(#value)))
    }
}

/// The call that adds an argument with the value `value`, a reference, to a request.
pub(super) fn add(argument: &Argument, value: &TokenStream) -> TokenStream {
    add_as(argument, &borrowed_type(argument), value)
}

/// The call that adds an argument whose parameter was declared with a type of its own.
pub(super) fn add_declared(argument: &Argument, declared: &Type) -> TokenStream {
    let (name, wanted) = (&argument.name, &argument.ty);
    let carry = named_at("carry", declared);
    match declared {
        Type::Reference(reference) => {
            let ty = &reference.elem;
            let value = quote_spanned!(Span::mixed_site()=> __rpc::#carry::<#wanted, _>(#name));
            add_as(argument, &ty.to_token_stream(), &value)
        }
        ty => {
            let value = quote_spanned!(Span::mixed_site()=> __rpc::#carry::<#wanted, _>(&#name));
            add_as(argument, &ty.to_token_stream(), &value)
        }
    }
}

/// The call that adds an argument that only older servers have.
pub(super) fn add_legacy(legacy: &Legacy) -> TokenStream {
    let (wire, value) = (&legacy.wire, &legacy.value);
    // An absent value of any type, which nothing else here would name.
    let is_none = matches!(value, Expr::Path(path) if path.path.is_ident("None"));
    let of_any_type = is_none.then(|| quote_spanned!(Span::mixed_site()=> ::<()>));
    quote_spanned!(Span::mixed_site()=> .legacy_arg(#wire, &(#value #of_any_type)))
}

fn add_as(argument: &Argument, ty: &TokenStream, value: &TokenStream) -> TokenStream {
    let wire = &argument.wire;
    if argument.is_rest {
        let rest = named_at("rest", &argument.ty);
        return quote_spanned!(Span::mixed_site()=> .#rest::<#ty>(#value));
    }
    match (&argument.late, &argument.default) {
        (Some(Late { old: Old::With(function), .. }), _) => {
            // By a closure, so that a function of a slice serves a `Vec` as well.
            let it = named_at("value", function);
            quote_spanned!(Span::mixed_site()=> .arg_or::<#ty, _>(#wire, #value, |#it| #function(#it)))
        }
        (Some(Late { old: Old::ErrorIf(function), .. }), _) => {
            let it = named_at("value", function);
            quote_spanned!(Span::mixed_site()=> .arg_unless::<#ty>(#wire, #value, |#it| #function(#it)))
        }
        (Some(Late { old: Old::ErrorIfSet, .. }), Some(default)) => {
            let default = default_reference(argument, default);
            quote_spanned!(Span::mixed_site()=> .arg_unless_default::<#ty>(#wire, #value, #default))
        }
        (Some(Late { old: Old::ErrorIfSet, .. }), None) => {
            quote_spanned!(Span::mixed_site()=> .arg_unless_old::<#ty>(#wire, #value))
        }
        (Some(Late { old: Old::Drop, .. }) | None, _) => {
            quote_spanned!(Span::mixed_site()=> .arg::<#ty>(#wire, #value))
        }
    }
}

/// The call that adds an argument's default, which older servers do as well without.
pub(super) fn add_default(argument: &Argument) -> TokenStream {
    let Some(default) = &argument.default else { return TokenStream::new() };
    let value = default_reference(argument, default);
    match &argument.late {
        Some(Late { old: Old::ErrorIfSet | Old::ErrorIf(_), .. }) => {
            let (ty, wire) = (borrowed_type(argument), &argument.wire);
            quote_spanned!(Span::mixed_site()=> .arg::<#ty>(#wire, #value))
        }
        _ => add(argument, &value),
    }
}

/// The default as a value of the argument's type.
pub(super) fn default_value(ty: &Type, default: &Default) -> TokenStream {
    match default {
        Default::OfType => {
            quote_spanned!(Span::mixed_site()=> <#ty as ::core::default::Default>::default())
        }
        Default::Text(text) => {
            quote_spanned!(Span::mixed_site()=> <#ty as ::core::convert::From<&str>>::from(#text))
        }
        Default::Value(value) => quote_spanned!(Span::mixed_site()=> #value),
    }
}

pub(super) fn default_reference(argument: &Argument, default: &Default) -> TokenStream {
    match default {
        Default::Text(text) if argument.is_string => quote_spanned!(Span::mixed_site()=> #text),
        _ => {
            let value = default_value(&argument.ty, default);
            quote_spanned!(Span::mixed_site()=> &(#value))
        }
    }
}
