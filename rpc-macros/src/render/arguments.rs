//! Arguments on their way into a request.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::names::{named_at, placed_at};
use crate::model::{Argument, Default, Form, Late, Legacy, Method};
use crate::parse::Old;

/// The type of an argument's client parameter.
pub(super) fn parameter(argument: &Argument) -> TokenStream {
    match &argument.form {
        Form::Text => quote_spanned!(Span::mixed_site()=> impl ::core::convert::AsRef<__rpc::str>),
        Form::Plain(ty) => quote_spanned!(Span::mixed_site()=> impl __rpc::Borrow<#ty>),
        form => {
            let form = arg_form(form);
            quote_spanned!(Span::mixed_site()=> impl __rpc::AsArg<#form>)
        }
    }
}

/// The type that the runtime has for the form, where it is a matter of the runtime at all.
fn arg_form(form: &Form) -> TokenStream {
    let here = placed_in(form);
    match form {
        Form::Text => quote_spanned!(here=> __rpc::str),
        Form::Plain(ty) | Form::OptionOfNumber(ty) => ty.to_token_stream(),
        Form::List(element) => quote_spanned!(here=> [#element]),
        Form::OptionOf(inner) => {
            let inner = arg_form(inner);
            quote_spanned!(here=> __rpc::OptionOf<#inner>)
        }
    }
}

/// Where rustc shows what is wrong with a type that is made of the form's: at that one.
fn placed_in(form: &Form) -> Span {
    match form {
        Form::Text => Span::mixed_site(),
        Form::Plain(ty) | Form::OptionOfNumber(ty) | Form::List(ty) => placed_at(ty),
        Form::OptionOf(inner) => placed_in(inner),
    }
}

/// The type of an argument as it is lent, behind a reference unless it [is lent by value](is_by_value).
fn lent(argument: &Argument) -> TokenStream {
    match &argument.form {
        Form::OptionOf(inner) => {
            let (here, inner) = (placed_in(inner), arg_form(inner));
            quote_spanned!(here=> __rpc::Option<&#inner>)
        }
        form => arg_form(form),
    }
}

/// Whether an argument is lent as a value that has the reference, if any, inside.
fn is_by_value(form: &Form) -> bool {
    matches!(form, Form::OptionOf(_) | Form::OptionOfNumber(_))
}

/// The type of an argument as it is lent.
fn lent_type(argument: &Argument) -> TokenStream {
    let lent = lent(argument);
    match is_by_value(&argument.form) {
        true => lent,
        false => quote_spanned!(placed_in(&argument.form)=> &#lent),
    }
}

/// The statement that lends a client parameter to all that use it.
pub(super) fn bind(argument: &Argument) -> TokenStream {
    let (name, ty, value) = (&argument.name, lent_type(argument), borrow(argument));
    quote_spanned!(Span::mixed_site()=> let #name: #ty = #value;)
}

/// A client parameter as it is lent.
pub(super) fn borrow(argument: &Argument) -> TokenStream {
    let name = &argument.name;
    match &argument.form {
        Form::Text => quote_spanned!(Span::mixed_site()=> ::core::convert::AsRef::as_ref(&#name)),
        Form::Plain(_) => quote_spanned!(Span::mixed_site()=> __rpc::Borrow::borrow(&#name)),
        _ => quote_spanned!(Span::mixed_site()=> __rpc::AsArg::as_arg(&#name)),
    }
}

/// A value that no caller gives, as it is lent.
pub(super) fn borrow_value(argument: &Argument, value: &(impl ToTokens + Spanned)) -> TokenStream {
    // Rustc shows the value, if it is of another type.
    let here = placed_at(value);
    match &argument.form {
        Form::Text => quote_spanned!(here=> ::core::convert::AsRef::as_ref(&(#value))),
        Form::Plain(_) => quote_spanned!(here=> __rpc::Borrow::borrow(&(#value))),
        form => {
            let form = arg_form(form);
            quote_spanned!(here=> __rpc::Lend::<#form>::lend(&(#value)))
        }
    }
}

/// The call that adds an argument with the value `value`, as it is lent, to a request.
pub(super) fn add(argument: &Argument, value: &TokenStream) -> TokenStream {
    let (wire, ty) = (&argument.wire, lent(argument));
    let reference = by_reference(argument, value);
    // Rustc shows the type, if it cannot be sent.
    let call = |name| named_at(name, &argument.ty);
    if argument.is_rest {
        let rest = call("rest");
        return quote_spanned!(Span::mixed_site()=> .#rest::<#ty>(#reference));
    }
    match (&argument.late, &argument.default) {
        (Some(Late { old: Old::With(function), .. }), _) => {
            let (arg_or, ty) = (call("arg_or"), lent_type(argument));
            quote_spanned!(Span::mixed_site()=> .#arg_or::<#ty, _>(#wire, #value, #function))
        }
        (Some(Late { old: Old::ErrorIf(function), .. }), _) => {
            let (arg_unless, ty) = (call("arg_unless"), lent_type(argument));
            quote_spanned!(Span::mixed_site()=> .#arg_unless::<#ty>(#wire, #value, #function))
        }
        (Some(Late { old: Old::ErrorIfSet, .. }), Some(default)) => {
            let default = by_reference(argument, &lend_default(argument, default));
            let arg_unless_default = call("arg_unless_default");
            quote_spanned!(Span::mixed_site()=> .#arg_unless_default::<#ty>(#wire, #reference, #default))
        }
        (Some(Late { old: Old::ErrorIfSet, .. }), None) => {
            let arg_unless_old = call("arg_unless_old");
            quote_spanned!(Span::mixed_site()=> .#arg_unless_old::<#ty>(#wire, #reference))
        }
        (Some(Late { old: Old::Drop, .. }) | None, _) => {
            let arg = call("arg");
            quote_spanned!(Span::mixed_site()=> .#arg::<#ty>(#wire, #reference))
        }
    }
}

/// A reference to a value that is lent.
fn by_reference(argument: &Argument, lent: &TokenStream) -> TokenStream {
    match is_by_value(&argument.form) {
        true => quote_spanned!(Span::mixed_site()=> &#lent),
        false => lent.clone(),
    }
}

/// The call that adds an argument that nobody has set yet.
pub(super) fn add_unset(method: &Method, argument: &Argument, value: &Default) -> TokenStream {
    if !method.may_lack_serde(argument) || is_sent_as_any(argument) {
        return add_constant(argument, value);
    }
    // If the type has no serde, the setter tells.
    let (wire, ty, value) = (&argument.wire, &argument.ty, default_value(&argument.ty, value));
    quote_spanned!(Span::mixed_site()=> .arg(#wire, __rpc::Of::<#ty>::unset(&(#value))))
}

/// Whether a constant goes the same way as any value.
fn is_sent_as_any(argument: &Argument) -> bool {
    argument.is_rest || matches!(argument.late, Some(Late { old: Old::With(_), .. }))
}

/// The call that adds an argument whose value is a constant of the interface.
pub(super) fn add_constant(argument: &Argument, value: &Default) -> TokenStream {
    let (wire, ty) = (&argument.wire, &argument.ty);
    if is_sent_as_any(argument) {
        return add(argument, &lend_default(argument, value));
    }
    // Whatever the policy: older servers do as well without what no caller has set.
    match (&argument.form, value) {
        (Form::Text, Default::Text(text)) => {
            quote_spanned!(Span::mixed_site()=> .arg::<__rpc::str>(#wire, #text))
        }
        (_, value) => {
            let (arg, value) = (named_at("arg", ty), default_value(ty, value));
            quote_spanned!(Span::mixed_site()=> .#arg::<#ty>(#wire, &(#value)))
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
            quote_spanned!(Span::mixed_site()=> <#ty as ::core::convert::From<&__rpc::str>>::from(#text))
        }
        Default::Value(value) => quote_spanned!(Span::mixed_site()=> #value),
    }
}

/// The default as it is lent.
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
