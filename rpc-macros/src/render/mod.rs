//! The validated interface to tokens.
//!
//! Everything is quoted with mixed-site spans: a local or `self` of ours is out of reach of the
//! user's expressions and the other way round, whatever it is called. Tokens of the user keep their
//! spans, so that rustc complains about them where they were written.

mod arguments;
mod client;
mod description;
mod docs;
mod endpoint;
mod manager;
mod names;
mod request;
mod version;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::model::Interface;

pub(crate) use manager::manager;
pub(crate) use names::named_at;
pub(crate) use version::version;

/// The client, its requests and the endpoint.
pub(crate) fn interface(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let client_type = client::client_type(interface);
    let request_types = interface.methods.iter().map(|method| request::request_type(interface, method));
    let client = client::client(interface);
    let requests = interface.methods.iter().map(|method| request::request(interface, method));
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
