//! The validated interface to tokens.
//!
//! Everything is quoted with mixed-site spans: a local or `self` of ours is out of reach of the
//! user's expressions and the other way round, whatever it is called. Tokens of the user keep their
//! spans, so that rustc complains about them where they were written.
//!
//! Constants and types have no such walls: variables begin with `__`, since a pattern would stand for a constant of the
//! user's with that name, and the types of the language and its library are named by paths. Parameters of public functions
//! have the names that people read.

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

use proc_macro2::{Ident, Span, TokenStream};
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
    let no_object = stand_in("NotAnObject", interface, |method| {
        method.may_return_objects() || method.arguments.iter().any(|argument| may_hold_objects(&argument.ty))
    });
    let not_sent = stand_in("NotSent", interface, |method| {
        method.arguments.iter().any(|argument| method.may_lack_serde(argument))
    });
    let fake = fake::fake(interface, not_sent.as_ref());
    quote_spanned! {Span::mixed_site()=>
        #client_type
        #(#request_types)*
        #(#args_types)*
        // Whoever uses what is deprecated is warned in the trait and by the client.
        #[allow(deprecated)]
        const _: () = {
            use #runtime::codegen as __rpc;
            #no_object
            #not_sent
            #client
            #(#requests)*
            #endpoint
        };
        #fake
    }
}

/// Imports a trait that has what a type lacks, where it is asked whether a type of one of the methods has it.
fn stand_in(name: &str, interface: &Interface, is_asked: impl Fn(&Method) -> bool) -> Option<TokenStream> {
    let name = Ident::new(name, Span::mixed_site());
    interface.methods.iter().any(is_asked).then(|| {
        // Nobody needs it where every type has everything.
        quote_spanned! {Span::mixed_site()=>
            #[allow(unused_imports)]
            use __rpc::#name as _;
        }
    })
}
