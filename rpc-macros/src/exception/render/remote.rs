//! Values to remote errors and back.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

use super::super::content::{Content, Field};
use super::super::model::{Exception, Exceptions};
use super::super::template::Template;
use super::pieces::{formatted, variables};

/// The body of `to_remote`.
pub(super) fn to_remote(exceptions: &Exceptions) -> TokenStream {
    let remotes = exceptions.variants.iter().map(remote_of);
    let other = exceptions.other.as_ref().map(
        |path| quote_spanned!(Span::mixed_site()=> #path(__remote) => ::core::clone::Clone::clone(__remote),),
    );
    // An empty enum has no value to match by reference.
    let value = if exceptions.variants.is_empty() && exceptions.other.is_none() {
        quote_spanned!(Span::mixed_site()=> *self)
    } else {
        quote_spanned!(Span::mixed_site()=> self)
    };
    quote_spanned!(Span::mixed_site()=> match #value { #(#remotes)* #other })
}

/// The body of `from_remote`.
pub(super) fn from_remote(exceptions: &Exceptions) -> TokenStream {
    let known = exceptions.variants.iter().map(value_of);
    let known = quote_spanned!(Span::mixed_site()=> #(#known)* ::core::option::Option::None);
    match &exceptions.other {
        None => known,
        Some(path) => quote_spanned! {Span::mixed_site()=>
            let __known = || -> ::core::option::Option<Self> { #known };
            __known().or_else(|| ::core::option::Option::Some(#path(::core::clone::Clone::clone(__remote))))
        },
    }
}

/// The arm that makes the remote error of a value.
fn remote_of(exception: &Exception) -> TokenStream {
    let Exception { path, module, class, content, .. } = exception;
    let code = exception.code.map(|code| {
        let code = Literal::u16_unsuffixed(code);
        quote_spanned!(Span::mixed_site()=> .with_kwarg("code", #code))
    });
    match content {
        Content::Nothing => quote_spanned! {Span::mixed_site()=>
            #path { .. } => __rpc::exception::remote(self, #module, #class) #code,
        },
        Content::Positional(types) => {
            let fields = variables(types.len());
            quote_spanned! {Span::mixed_site()=>
                #path(#(#fields),*) => __rpc::exception::positional(
                    self, #module, #class, [#(__rpc::exception::value(#fields)),*]
                ) #code,
            }
        }
        Content::Named(fields) => {
            // Python's classes take their text as a positional argument only.
            let message = exception.template.as_ref().and(content.message());
            let sent = |(at, _): &(usize, &Field)| Some(*at) != message;
            let sent = || fields.iter().enumerate().filter(sent).map(|(_, field)| field);
            let names = sent().map(|field| &field.name);
            let kwargs = sent().map(|Field { name, wire, .. }| {
                quote_spanned!(Span::mixed_site()=> .with_kwarg(#wire, __rpc::exception::value(#name)))
            });
            let remote = quote_spanned! {Span::mixed_site()=>
                __rpc::exception::remote(self, #module, #class) #(#kwargs)* #code
            };
            match exception.own_text() {
                Some(message) => quote_spanned! {Span::mixed_site()=>
                    #path { #(#names,)* #message } => __rpc::exception::with_text(#remote, #message.is_some()),
                },
                None => {
                    let rest = message.map(|_| quote_spanned!(Span::mixed_site()=> ..));
                    quote_spanned!(Span::mixed_site()=> #path { #(#names,)* #rest } => #remote,)
                }
            }
        }
    }
}

/// The statement that returns a value if the remote error is of its class.
fn value_of(exception: &Exception) -> TokenStream {
    let Exception { path, module, class, content, template, .. } = exception;
    let value = match content {
        Content::Nothing => quote_spanned!(Span::mixed_site()=> #path {}),
        Content::Positional(types) => {
            let fields = types.iter().enumerate().map(|(index, ty)| {
                let index = Literal::usize_unsuffixed(index);
                quote_spanned!(Span::mixed_site()=> __rpc::exception::arg::<#ty>(__remote, #index)?)
            });
            quote_spanned!(Span::mixed_site()=> #path(#(#fields),*))
        }
        Content::Named(fields) => match (template, content.message()) {
            (Some(template), Some(message)) => with_message(path, fields, template, message),
            _ => {
                let fields = fields.iter().map(|field| {
                    let (name, kwarg) = (&field.name, kwarg(field));
                    quote_spanned!(Span::mixed_site()=> #name: #kwarg)
                });
                quote_spanned!(Span::mixed_site()=> #path { #(#fields),* })
            }
        },
    };
    quote_spanned! {Span::mixed_site()=>
        if __remote.is(#module, #class) {
            return ::core::option::Option::Some(#value);
        }
    }
}

fn kwarg(Field { wire, ty, .. }: &Field) -> TokenStream {
    quote_spanned!(Span::mixed_site()=> __rpc::exception::kwarg::<#ty>(__remote, #wire)?)
}

/// A value whose message is found in the text of the remote error, once the keyword arguments are known.
fn with_message(path: &TokenStream, fields: &[Field], template: &Template, message: usize) -> TokenStream {
    let variables = variables(fields.len());
    let others = fields.iter().zip(&variables).enumerate().filter(|(at, _)| *at != message);
    let kwargs = others.map(|(_, (field, variable))| {
        let kwarg = kwarg(field);
        quote_spanned!(Span::mixed_site()=> let #variable = #kwarg;)
    });
    let text = |pieces| {
        let formatted = formatted(pieces, |at| {
            let variable = &variables[at];
            quote_spanned!(Span::mixed_site()=> &#variable)
        });
        quote_spanned!(Span::mixed_site()=> ::core::format_args!(#formatted))
    };
    let ty = &fields[message].ty;
    let found = match template.around(message) {
        Some((before, after)) => {
            let (before, after) = (text(before), text(after));
            quote_spanned!(Span::mixed_site()=> __rpc::exception::between::<#ty>(__remote, #before, #after)?)
        }
        None => {
            let usual = text(&template.pieces);
            quote_spanned!(Span::mixed_site()=> __rpc::exception::unless::<#ty>(__remote, #usual)?)
        }
    };
    let (names, own) = (fields.iter().map(|field| &field.name), &variables[message]);
    quote_spanned! {Span::mixed_site()=> {
        #(#kwargs)*
        let #own = #found;
        #path { #(#names: #variables),* }
    }}
}
