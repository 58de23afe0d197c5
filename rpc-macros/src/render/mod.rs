//! The validated interface to tokens.
//!
//! Everything is quoted with mixed-site spans: a local or `self` of ours is out of reach of the
//! user's expressions and the other way round, whatever it is called. Tokens of the user keep their
//! spans, so that rustc complains about them where they were written.

mod argument_docs;
mod arguments;
mod client;
mod description;
mod docs;
mod endpoint;
mod fake;
mod manager;
mod named;
mod names;
mod request;
mod version;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::model::{Interface, Method, may_hold_objects};

pub(crate) use manager::manager;
pub(crate) use names::placed_at;
pub(crate) use version::version;

/// The client, its requests, the endpoint, and a fake if one is wanted.
pub(crate) fn interface(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let client_type = client::client_type(interface);
    let request_types = interface.methods.iter().map(|method| request::request_type(interface, method));
    let args_types = interface.methods.iter().filter_map(|method| named::args_type(interface, method));
    let client = client::client(interface);
    let requests = interface.methods.iter().map(|method| request::request(interface, method));
    let endpoint = endpoint::endpoint(interface);
    let fake = fake::fake(interface);
    // It says what holds no objects, and nobody asks where everything does.
    let may_hold = |method: &Method| {
        method.may_return_objects() || method.arguments.iter().any(|argument| may_hold_objects(&argument.ty))
    };
    let objects = interface.methods.iter().any(may_hold).then(|| {
        quote_spanned! {Span::mixed_site()=>
            #[allow(unused_imports)]
            use __rpc::NotAnObject as _;
        }
    });
    quote_spanned! {Span::mixed_site()=>
        #client_type
        #(#request_types)*
        #(#args_types)*
        // Whoever uses what is deprecated is warned in the trait and by the client.
        #[allow(deprecated)]
        const _: () = {
            use #runtime::codegen as __rpc;
            #objects
            #client
            #(#requests)*
            #endpoint
        };
        #fake
    }
}
