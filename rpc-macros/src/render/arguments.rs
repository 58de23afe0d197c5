//! Arguments on their way into a request.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Path, Type};

use super::names::{named_at, placed_at};
use crate::model::{Argument, Default, Form, Late, Legacy};
use crate::parse::Old;

/// The type of an argument's client parameter.
pub(super) fn parameter(argument: &Argument) -> TokenStream {
    match &argument.form {
        Form::Text => quote_spanned!(Span::mixed_site()=> impl ::core::convert::AsRef<str>),
        Form::Plain(ty) => quote_spanned!(Span::mixed_site()=> impl __rpc::Borrow<#ty>),
        form => {
            let form = arg_form(form);
            quote_spanned!(Span::mixed_site()=> impl __rpc::AsArg<#form>)
        }
    }
}

/// The type that the runtime has for the form, where it is a matter of the runtime at all.
fn arg_form(form: &Form) -> TokenStream {
    match form {
        Form::Text => quote_spanned!(Span::mixed_site()=> str),
        Form::Plain(ty) | Form::OptionOfNumber(ty) => ty.to_token_stream(),
        Form::List(element) => quote_spanned!(Span::mixed_site()=> [#element]),
        Form::OptionOf(inner) => {
            let inner = arg_form(inner);
            quote_spanned!(Span::mixed_site()=> __rpc::OptionOf<#inner>)
        }
    }
}

/// The type of an argument as it is lent, behind a reference unless it [is lent by value](is_by_value).
fn lent(form: &Form) -> TokenStream {
    match form {
        Form::OptionOf(inner) => {
            let inner = arg_form(inner);
            quote_spanned!(Span::mixed_site()=> __rpc::Option<&#inner>)
        }
        form => arg_form(form),
    }
}

/// Whether an argument is lent as a value that has the reference, if any, inside.
fn is_by_value(form: &Form) -> bool {
    matches!(form, Form::OptionOf(_) | Form::OptionOfNumber(_))
}

/// The statement that lends a client parameter to all that use it.
pub(super) fn bind(argument: &Argument) -> TokenStream {
    let (name, ty, value) = (&argument.name, lent(&argument.form), lend_parameter(argument));
    let ty = match is_by_value(&argument.form) {
        true => ty,
        false => quote_spanned!(Span::mixed_site()=> &#ty),
    };
    quote_spanned!(Span::mixed_site()=> let #name: #ty = #value;)
}

/// A reference to what was lent by then.
pub(super) fn bound(argument: &Argument) -> TokenStream {
    reference(argument, argument.name.to_token_stream())
}

/// A reference to a client parameter as it is lent.
pub(super) fn borrow(argument: &Argument) -> TokenStream {
    reference(argument, lend_parameter(argument))
}

fn lend_parameter(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    match &argument.form {
        Form::Text => quote_spanned!(Span::mixed_site()=> ::core::convert::AsRef::as_ref(&#name)),
        Form::Plain(_) => quote_spanned!(Span::mixed_site()=> __rpc::Borrow::borrow(&#name)),
        _ => quote_spanned!(Span::mixed_site()=> __rpc::AsArg::as_arg(&#name)),
    }
}

/// A reference to a value that no caller gives, as it is lent.
pub(super) fn borrow_value(argument: &Argument, value: &(impl ToTokens + Spanned)) -> TokenStream {
    // Rustc shows the value, if it is of another type.
    let here = placed_at(value);
    let lent = match &argument.form {
        Form::Text => quote_spanned!(here=> ::core::convert::AsRef::as_ref(&(#value))),
        Form::Plain(_) => quote_spanned!(here=> __rpc::Borrow::borrow(&(#value))),
        form => {
            let form = arg_form(form);
            quote_spanned!(here=> __rpc::Lend::<#form>::lend(&(#value)))
        }
    };
    reference(argument, lent)
}

fn reference(argument: &Argument, lent: TokenStream) -> TokenStream {
    match is_by_value(&argument.form) {
        true => quote_spanned!(Span::mixed_site()=> &#lent),
        false => lent,
    }
}

/// The call that adds an argument with the value `value`, a reference to it as it is lent, to a request.
pub(super) fn add(argument: &Argument, value: &TokenStream) -> TokenStream {
    let (wire, ty) = (&argument.wire, lent(&argument.form));
    if argument.is_rest {
        let rest = named_at("rest", &argument.ty);
        return quote_spanned!(Span::mixed_site()=> .#rest::<#ty>(#value));
    }
    match (&argument.late, &argument.default) {
        (Some(Late { old: Old::With(function), .. }), _) => {
            let (it, given) = asked(argument, function);
            quote_spanned!(Span::mixed_site()=> .arg_or::<#ty, _>(#wire, #value, |#it| #function(#given)))
        }
        (Some(Late { old: Old::ErrorIf(function), .. }), _) => {
            let (it, given) = asked(argument, function);
            quote_spanned!(Span::mixed_site()=> .arg_unless::<#ty>(#wire, #value, |#it| #function(#given)))
        }
        (Some(Late { old: Old::ErrorIfSet, .. }), Some(default)) => {
            let default = lend_default(argument, default);
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

/// What a function of the user's is called with by a closure of ours: its parameter, and the value.
fn asked(argument: &Argument, function: &Path) -> (Ident, TokenStream) {
    let it = named_at("value", function);
    let given = match is_by_value(&argument.form) {
        true => quote_spanned!(placed_at(function)=> *#it),
        false => it.to_token_stream(),
    };
    (it, given)
}

/// The call that adds an argument whose value is a constant of the interface.
pub(super) fn add_constant(argument: &Argument, value: &Default) -> TokenStream {
    let (wire, ty) = (&argument.wire, &argument.ty);
    if argument.is_rest || matches!(argument.late, Some(Late { old: Old::With(_), .. })) {
        return add(argument, &lend_default(argument, value));
    }
    // Whatever the policy: older servers do as well without what no caller has set.
    match (&argument.form, value) {
        (Form::Text, Default::Text(text)) => {
            quote_spanned!(Span::mixed_site()=> .arg::<str>(#wire, #text))
        }
        (_, value) => {
            let value = default_value(ty, value);
            quote_spanned!(Span::mixed_site()=> .arg::<#ty>(#wire, &(#value)))
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

/// A reference to the default, as it is lent.
fn lend_default(argument: &Argument, default: &Default) -> TokenStream {
    let ty = &argument.ty;
    match (&argument.form, default) {
        (Form::Text, Default::Text(text)) => quote_spanned!(Span::mixed_site()=> #text),
        (Form::Text | Form::Plain(_), default) => {
            let value = default_value(ty, default);
            quote_spanned!(Span::mixed_site()=> &(#value))
        }
        (_, default) => {
            let value = default_value(ty, default);
            borrow_value(argument, &quote_spanned!(Span::mixed_site()=> __rpc::of_type::<#ty>(#value)))
        }
    }
}
