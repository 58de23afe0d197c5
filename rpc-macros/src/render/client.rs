//! The client: one method for each of the trait's.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::{context_type, description, request};
use crate::model::{Argument, Interface, Kind, Method, may_use};

/// The struct of the client.
pub(super) fn client_type(interface: &Interface) -> TokenStream {
    let Interface { name, client, visibility, runtime, topic, version, .. } = interface;
    let namespace = interface
        .namespace
        .as_ref()
        .map(|namespace| format!(", namespace `{namespace}`"))
        .unwrap_or_default();
    let doc = format!(" Client of [`{name}`]: topic `{topic}`{namespace}, version {version}.");
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #client {
            client: #runtime::codegen::Client,
        }
    }
}

/// The constants and methods of the client.
pub(super) fn client(interface: &Interface) -> TokenStream {
    let Interface { name, client, visibility, .. } = interface;
    let description = description::interface(interface);
    let constants = interface.methods.iter().map(|method| description::method(interface, method));
    let methods = interface.methods.iter().map(|method| client_method(interface, method));
    let endpoint_doc = format!(" An endpoint that serves `manager` as [`{name}`].");
    let dispatch = super::endpoint::dispatch_name(interface);
    quote_spanned! {Span::mixed_site()=>
        // A program that only calls or only serves leaves the other half unused, and how many
        // arguments there are was decided in the trait.
        #[allow(dead_code, clippy::too_many_arguments)]
        impl #client {
            #description
            #(#constants)*

            /// A client that sends over `transport`.
            #visibility fn new(transport: &__rpc::Transport) -> Self {
                Self { client: __rpc::Client::new(transport, &Self::INTERFACE) }
            }

            /// The same client, sending only what servers of the version `pin` understand.
            #visibility fn pinned(self, pin: impl ::core::convert::Into<__rpc::VersionPin>) -> Self {
                Self { client: self.client.pinned(::core::convert::Into::into(pin)) }
            }

            /// A client that sends with these options.
            #visibility fn with(&self, options: __rpc::CallOptions) -> Self {
                Self { client: self.client.with(options) }
            }

            #[doc = #endpoint_doc]
            #visibility fn endpoint<M: #name>(manager: __rpc::Arc<M>) -> __rpc::Endpoint {
                __rpc::Endpoint::new(&Self::INTERFACE, #dispatch(manager))
            }

            #(#methods)*
        }
    }
}

fn client_method(interface: &Interface, method: &Method) -> TokenStream {
    let visibility = &interface.visibility;
    let crate::model::Carried { docs, cfgs, deprecated } = &method.carried;
    let doc = generated_doc(method);
    let separator = (!docs.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> #[doc = ""]));
    let (name, context_name, context) = (&method.name, &method.context.name, context_type(interface));
    let constant = interface.constant(method);
    let parameters = method.positional().map(|argument| {
        let (name, ty) = (&argument.name, request::parameter(argument));
        quote_spanned!(Span::mixed_site()=> #name: #ty)
    });

    let used_by_destination =
        |argument: &&Argument| method.to.as_ref().is_some_and(|to| may_use(to, &argument.name));
    let bindings = method.positional().filter(used_by_destination).map(|argument| {
        let name = &argument.name;
        let (ty, borrowed) = (request::borrowed_type(argument), request::borrow(argument));
        quote_spanned!(Span::mixed_site()=> let #name: &#ty = #borrowed;)
    });
    let to = method.to.as_ref().map(|to| quote_spanned!(Span::mixed_site()=> .to(#to)));
    let arguments = method.arguments.iter().map(|argument| {
        request::add_default(argument).unwrap_or_else(|| {
            let name = &argument.name;
            if used_by_destination(&argument) {
                request::add(argument, &quote_spanned!(Span::mixed_site()=> #name))
            } else {
                request::add(argument, &request::borrow(argument))
            }
        })
    });
    let request = quote_spanned! {Span::mixed_site()=>
        self.client.request(&Self::#constant, #context_name) #to #(#arguments)*
    };
    let (returns, body) = if method.settable().next().is_some() {
        let ty = interface.request(method);
        (
            quote_spanned!(Span::mixed_site()=> #ty),
            quote_spanned!(Span::mixed_site()=> #ty { request: #request }),
        )
    } else {
        let (returns, send) = request::sent(method);
        (returns, quote_spanned!(Span::mixed_site()=> #request #send))
    };
    quote_spanned! {Span::mixed_site()=>
        #(#docs)*
        #separator
        #[doc = #doc]
        #(#cfgs)*
        #deprecated
        #visibility fn #name(&self, #context_name: &#context #(, #parameters)*) -> #returns {
            #(#bindings)*
            #body
        }
    }
}

fn generated_doc(method: &Method) -> String {
    let Method { wire, since, .. } = method;
    match method.kind {
        Kind::Call => format!(" Calls `{wire}` (since {since})."),
        Kind::Cast => format!(" Casts `{wire}` (since {since})."),
        Kind::Fanout => format!(" Casts `{wire}` to every server of the topic (since {since})."),
    }
}
