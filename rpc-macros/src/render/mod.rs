//! The validated interface to tokens.
//!
//! Everything is quoted with mixed-site spans: a local or `self` of ours is out of reach of the
//! user's expressions and the other way round, whatever it is called. Tokens of the user keep their
//! spans, so that rustc complains about them where they were written.

mod client;
mod description;
mod docs;
mod endpoint;
mod manager;
mod request;
mod setters;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use crate::model::Interface;

pub(crate) use manager::manager;

/// The client, its requests and the endpoint.
pub(crate) fn interface(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let client_type = client::client_type(interface);
    let request_types = interface.methods.iter().map(|method| setters::request_type(interface, method));
    let client = client::client(interface);
    let requests = interface.methods.iter().map(|method| setters::request(interface, method));
    let endpoint = endpoint::endpoint(interface);
    quote_spanned! {Span::mixed_site()=>
        #client_type
        #(#request_types)*
        const _: () = {
            use #runtime::codegen as __rpc;
            #client
            #(#requests)*
            #endpoint
        };
    }
}

/// The type of the context, for use inside the block that imports the runtime.
fn context_type(interface: &Interface) -> TokenStream {
    match &interface.context {
        Some(context) => context.to_token_stream(),
        None => quote_spanned!(Span::mixed_site()=> __rpc::Context),
    }
}

/// A name of the runtime, placed where the user wrote `ty`: rustc shows that place when the runtime
/// cannot do with the type, without the type being spelled again.
fn named_at(name: &str, ty: &Type) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(ty.span()))
}
