//! Arguments on their way into a request, and the request type of methods with defaults.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Type;

use super::named_at;
use crate::model::{Argument, Default, Interface, Kind, Late, Method};
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

/// The call that adds an argument with the value `value`, a reference, to a request.
pub(super) fn add(argument: &Argument, value: &TokenStream) -> TokenStream {
    let wire = &argument.wire;
    let ty = borrowed_type(argument);
    match (&argument.late, &argument.default) {
        (Some(Late { old: Old::With(function), .. }), _) => {
            quote_spanned!(Span::mixed_site()=> .arg_or::<#ty, _>(#wire, #value, #function))
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

/// The call that adds an argument's default.
pub(super) fn add_default(argument: &Argument) -> Option<TokenStream> {
    let default = argument.default.as_ref()?;
    Some(add(argument, &default_reference(argument, default)))
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

fn default_reference(argument: &Argument, default: &Default) -> TokenStream {
    match default {
        Default::Text(text) if argument.is_string => quote_spanned!(Span::mixed_site()=> #text),
        _ => {
            let value = default_value(&argument.ty, default);
            quote_spanned!(Span::mixed_site()=> &(#value))
        }
    }
}

/// The reply that a method's caller waits for, and the call that makes it of a request.
pub(super) fn sent(method: &Method) -> (TokenStream, TokenStream) {
    let returns = &method.returns;
    let call = named_at("call", returns);
    match method.kind {
        Kind::Call => (
            quote_spanned!(Span::mixed_site()=> __rpc::Call<#returns>),
            quote_spanned!(Span::mixed_site()=> .#call()),
        ),
        Kind::Cast | Kind::Fanout => {
            (quote_spanned!(Span::mixed_site()=> __rpc::Cast), quote_spanned!(Span::mixed_site()=> .cast()))
        }
    }
}

/// The request type of a method with settable arguments.
pub(super) fn request_type(interface: &Interface, method: &Method) -> Option<TokenStream> {
    method.settable().next()?;
    let (runtime, visibility) = (&interface.runtime, &interface.visibility);
    let name = interface.request(method);
    let cfgs = &method.carried.cfgs;
    let doc = format!(" A request of [`{}::{}`], sent when awaited.", interface.client, method.name);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #[doc = #doc]
        #[must_use = "a request is sent when it is awaited"]
        #[derive(::core::fmt::Debug)]
        #visibility struct #name {
            request: #runtime::codegen::Request,
        }
    })
}

/// What can be done with the request type: set arguments, and send it.
pub(super) fn request(interface: &Interface, method: &Method) -> Option<TokenStream> {
    method.settable().next()?;
    let name = interface.request(method);
    let cfgs = &method.carried.cfgs;
    let setters = method.settable().map(|argument| setter(interface, argument));
    let (sent, send) = sent(method);
    let future = quote_spanned!(Span::mixed_site()=> <#sent as ::core::future::IntoFuture>);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #[allow(dead_code)]
        impl #name {
            #(#setters)*
        }
        #(#cfgs)*
        impl ::core::future::IntoFuture for #name {
            type Output = #future::Output;
            type IntoFuture = #future::IntoFuture;
            fn into_future(self) -> Self::IntoFuture {
                let sent: #sent = self.request #send;
                ::core::future::IntoFuture::into_future(sent)
            }
        }
    })
}

fn setter(interface: &Interface, argument: &Argument) -> TokenStream {
    let visibility = &interface.visibility;
    let name = &argument.name;
    let parameter = parameter(argument);
    let add = add(argument, &borrow(argument));
    let otherwise = match &argument.default {
        None | Some(Default::OfType) => "the default of its type".to_owned(),
        Some(default) => format!("`{}`", default.text()),
    };
    let doc = format!(" Sets `{}`, which is {otherwise} otherwise.", argument.wire);
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #visibility fn #name(self, #name: #parameter) -> Self {
            Self { request: self.request #add }
        }
    }
}
