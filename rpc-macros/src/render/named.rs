//! The parameters of a method that is called by their names: a struct with a field for each.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote_spanned};

use super::arguments;
use crate::model::{ClientParameter, Interface, Method, source_text};

/// The struct, for a method that has one. Its fields are of any types: which, is up to the method.
pub(super) fn args_type(interface: &Interface, method: &Method) -> Option<TokenStream> {
    if !method.is_by_name {
        return None;
    }
    let visibility = &interface.visibility;
    let (name, cfgs) = (interface.args(method), &method.carried.cfgs);
    let doc = format!(" The parameters of [`{}::{}`], by their names.", interface.client, method.name);
    let parameters = method.parameters();
    let types: Vec<Ident> =
        (0..parameters.len()).map(|at| format_ident!("P{}", at, span = Span::mixed_site())).collect();
    let fields = parameters.iter().zip(&types).map(|(parameter, ty)| {
        let (name, doc) = match parameter {
            ClientParameter::Declared(declared) => {
                let doc = format!(" A `{}`, which is not sent as it is.", source_text(&declared.ty));
                (&declared.name, doc)
            }
            ClientParameter::Argument(argument) => {
                let doc = format!(" The argument `{}`, a `{}`.", argument.wire, source_text(&argument.ty));
                (&argument.name, doc)
            }
        };
        quote_spanned!(Span::mixed_site()=> #[doc = #doc] #visibility #name: #ty)
    });
    Some(quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #[doc = #doc]
        #[allow(dead_code)]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #visibility struct #name<#(#types),*> {
            #(#fields),*
        }
    })
}

/// The one parameter of the client method, and the statement that takes it apart.
pub(super) fn parameter(interface: &Interface, method: &Method) -> (TokenStream, TokenStream) {
    let ty = interface.args(method);
    let (names, types): (Vec<&Ident>, Vec<TokenStream>) = method
        .parameters()
        .into_iter()
        .map(|parameter| match parameter {
            ClientParameter::Declared(declared) => (&declared.name, declared.ty.to_token_stream()),
            ClientParameter::Argument(argument) => (&argument.name, arguments::parameter(argument)),
        })
        .unzip();
    (
        quote_spanned!(Span::mixed_site()=> , args: #ty<#(#types),*>),
        quote_spanned!(Span::mixed_site()=> let #ty { #(#names),* } = args;),
    )
}
