//! How a request is sent, and the request type of a method with settable arguments.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::argument_docs;
use super::arguments::{add, borrow, parameter};
use super::names::named_at;
use crate::model::{Argument, Interface, Kind, Method};

/// The reply that a method's caller waits for, and the call that makes it of a request.
pub(super) fn sent(method: &Method) -> (TokenStream, TokenStream) {
    let returns = &method.returns;
    let call = named_at("call", returns);
    match method.kind {
        Kind::Call => (
            quote_spanned!(Span::mixed_site()=> __rpc::Call<#returns>),
            quote_spanned!(Span::mixed_site()=> .#call()),
        ),
        Kind::CallOrCast => (
            quote_spanned!(Span::mixed_site()=> __rpc::CallOrCast<#returns>),
            quote_spanned!(Span::mixed_site()=> .call_or_cast()),
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
    let how = match method.kind {
        Kind::CallOrCast => "by `call` or `cast`",
        Kind::Call | Kind::Cast | Kind::Fanout => "when awaited",
    };
    let doc = format!(" A request of [`{}::{}`], sent {how}.", interface.client, method.name);
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #[doc = #doc]
        #[must_use = "a request is sent when it is awaited"]
        #[derive(::core::fmt::Debug)]
        #visibility struct #name {
            request: #runtime::codegen::Draft,
        }
    })
}

/// What can be done with the request type: set arguments, and send it.
pub(super) fn request(interface: &Interface, method: &Method) -> Option<TokenStream> {
    method.settable().next()?;
    let name = interface.request(method);
    let cfgs = &method.carried.cfgs;
    let setters = method.settable().map(|argument| setter(interface, argument));
    let sending = match method.kind {
        Kind::CallOrCast => either(interface, method),
        Kind::Call | Kind::Cast | Kind::Fanout => future(interface, method),
    };
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #[allow(dead_code)]
        impl #name {
            #(#setters)*
        }
        #(#cfgs)*
        #sending
    })
}

/// The request as something to await.
fn future(interface: &Interface, method: &Method) -> TokenStream {
    let name = interface.request(method);
    let (sent, send) = sent(method);
    let future = quote_spanned!(Span::mixed_site()=> <#sent as ::core::future::IntoFuture>);
    quote_spanned! {Span::mixed_site()=>
        impl ::core::future::IntoFuture for #name {
            type Output = #future::Output;
            type IntoFuture = #future::IntoFuture;
            fn into_future(self) -> Self::IntoFuture {
                let __sent: #sent = self.request #send;
                ::core::future::IntoFuture::into_future(__sent)
            }
        }
    }
}

/// The two ways to send the request.
fn either(interface: &Interface, method: &Method) -> TokenStream {
    let visibility = &interface.visibility;
    let (name, returns) = (interface.request(method), &method.returns);
    quote_spanned! {Span::mixed_site()=>
        #[allow(dead_code)]
        impl #name {
            /// Waits for the result.
            #visibility fn call(self) -> __rpc::Call<#returns> {
                self.request.call()
            }

            /// Waits for the broker only.
            #visibility fn cast(self) -> __rpc::Cast {
                self.request.cast()
            }
        }
    }
}

fn setter(interface: &Interface, argument: &Argument) -> TokenStream {
    let (visibility, cfgs) = (&interface.visibility, &argument.cfgs);
    let name = &argument.name;
    let parameter = parameter(argument);
    let add = add(argument, &borrow(argument));
    let doc = argument_docs::of_setter(argument);
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #(#cfgs)*
        #visibility fn #name(self, #name: #parameter) -> Self {
            Self { request: self.request #add }
        }
    }
}
