//! `Display` and `Error` of a type whose texts are templates.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::super::content::Content;
use super::super::model::{Exception, Exceptions};
use super::super::template::Piece;
use super::pieces::{formatted, variables};

/// `Display`, as Python formats the texts, and `Error`.
pub(super) fn implementations(exceptions: &Exceptions) -> TokenStream {
    let texts = exceptions.variants.iter().map(text);
    let other = exceptions.other.as_ref().map(
        |path| quote_spanned!(Span::mixed_site()=> #path(__remote) => ::core::fmt::Display::fmt(__remote, __f),),
    );
    let fmt = quote_spanned!(Span::mixed_site()=> match self { #(#texts)* #other });
    let causes: Vec<TokenStream> = exceptions.variants.iter().filter_map(cause).collect();
    let source = (!causes.is_empty()).then(|| {
        // There may be no other variant.
        quote_spanned! {Span::mixed_site()=>
            fn source(&self) -> ::core::option::Option<&(dyn ::core::error::Error + 'static)> {
                #[allow(unreachable_patterns)]
                match self {
                    #(#causes)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    });
    wrap(exceptions, &fmt, source.as_ref())
}

/// The same for a type with errors.
pub(super) fn placeholders(exceptions: &Exceptions) -> TokenStream {
    wrap(exceptions, &quote_spanned!(Span::mixed_site()=> ::core::unimplemented!()), None)
}

fn wrap(exceptions: &Exceptions, fmt: &TokenStream, source: Option<&TokenStream>) -> TokenStream {
    let name = &exceptions.name;
    quote_spanned! {Span::mixed_site()=>
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::fmt::Display for #name {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #fmt
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::error::Error for #name {
            #source
        }
    }
}

/// The arm that writes the text of a value.
fn text(exception: &Exception) -> TokenStream {
    let Exception { path, module, class, content, template, .. } = exception;
    if let Content::Positional(types) = content {
        let fields = variables(types.len());
        return quote_spanned! {Span::mixed_site()=>
            #path(#(#fields),*) => __rpc::exception::text_of_args(
                __f, #module, #class, &[#(__rpc::exception::value(#fields)),*]
            ),
        };
    }
    let pieces = template.as_ref().map_or(&[][..], |template| &template.pieces);
    let fields = content.fields();
    let is_used =
        |at: usize| pieces.iter().any(|piece| matches!(piece, Piece::Field(used, _) if *used == at));
    let own = exception.own_text();
    let used = fields.iter().enumerate().filter(|(at, field)| is_used(*at) || own == Some(&field.name));
    let used = used.map(|(_, field)| &field.name);
    let formatted = formatted(pieces, |at| {
        let name = &fields[at].name;
        quote_spanned!(Span::mixed_site()=> #name)
    });
    let usual = quote_spanned!(Span::mixed_site()=> __f.write_fmt(::core::format_args!(#formatted)));
    let body = match own {
        None => usual,
        Some(message) => quote_spanned! {Span::mixed_site()=>
            match #message {
                ::core::option::Option::Some(__text) => ::core::fmt::Display::fmt(__text, __f),
                ::core::option::Option::None => #usual,
            }
        },
    };
    quote_spanned!(Span::mixed_site()=> #path { #(#used,)* .. } => #body,)
}

/// The arm that gives the cause of a value, if it has one.
fn cause(exception: &Exception) -> Option<TokenStream> {
    let field = exception.content.fields().iter().find(|field| field.is_cause)?;
    let (path, name) = (&exception.path, &field.name);
    Some(quote_spanned!(Span::mixed_site()=> #path { #name, .. } => __rpc::exception::source(#name),))
}
