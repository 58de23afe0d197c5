//! The client: one method for each of the trait's.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Expr, ExprCall};

use super::names::{context_type, placed_at};
use super::{argument_docs, arguments, description, docs, named, request};
use crate::model::{Argument, Carried, ClientParameter, Interface, Method, Source, may_use};

/// The struct of the client.
pub(super) fn client_type(interface: &Interface) -> TokenStream {
    let Interface { client, visibility, runtime, .. } = interface;
    let docs = docs::client(interface);
    let deprecated = &interface.carried.deprecated;
    quote_spanned! {Span::mixed_site()=>
        #(#[doc = #docs])*
        #deprecated
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #client {
            client: #runtime::codegen::Client,
        }
    }
}

/// The constants and methods of the client.
pub(super) fn client(interface: &Interface) -> TokenStream {
    let Interface { name, client, topic, visibility, .. } = interface;
    let description = description::interface(interface);
    let constants = interface.methods.iter().map(|method| description::method(interface, method));
    let methods = interface.methods.iter().map(|method| match method.is_manual {
        true => prepare(interface, method),
        false => client_method(interface, method),
    });
    let endpoint_doc = format!(" An endpoint of `manager`, by value or in an `Arc`, as [`{name}`].");
    let target_doc = format!(" The address of any server: the topic `{topic}`.");
    let serve_doc = format!(
        " Sets up a server of `manager`, by value or in an `Arc`, as [`{name}`]: the one called `server` of the topic `{topic}`."
    );
    quote_spanned! {Span::mixed_site()=>
        // A program that only calls or only serves leaves the other half unused, and how many
        // arguments there are was decided in the trait.
        #[allow(dead_code, clippy::too_many_arguments, clippy::type_complexity)]
        impl #client {
            #description
            #(#constants)*

            /// A client that sends over `transport`.
            #visibility fn new(transport: &__rpc::Transport) -> Self {
                Self { client: __rpc::Client::new(transport, &Self::INTERFACE) }
            }

            /// The same client, sending only what servers of the version `pin` understand, whatever it was
            /// pinned to before.
            #visibility fn pinned(&self, pin: impl ::core::convert::Into<__rpc::VersionPin>) -> Self {
                Self { client: self.client.pinned(::core::convert::Into::into(pin)) }
            }

            /// The pin that a version or the name of a release stands for.
            #visibility fn pin(text: &__rpc::str) -> ::core::result::Result<__rpc::VersionPin, __rpc::PinError> {
                Self::INTERFACE.pin(text)
            }

            /// Whether the pin in force allows to send a method, by its name on the wire.
            #visibility fn supports(&self, method: &__rpc::str) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
                self.client.supports(method)
            }

            /// Whether the pin in force allows to send an argument, by its name on the wire.
            #visibility fn supports_argument(
                &self,
                method: &__rpc::str,
                argument: &__rpc::str,
            ) -> ::core::result::Result<__rpc::bool, __rpc::SupportsError> {
                self.client.supports_argument(method, argument)
            }

            /// The same client with these options before those that it has: what they do not set stays.
            #visibility fn with(&self, options: __rpc::CallOptions) -> Self {
                Self { client: self.client.with(options) }
            }

            #[doc = #endpoint_doc]
            #visibility fn endpoint<Form>(manager: impl __rpc::IntoEndpoint<Self, Form>) -> __rpc::Endpoint {
                __rpc::IntoEndpoint::into_endpoint(manager)
            }

            #[doc = #serve_doc]
            #visibility fn serve<Form>(
                transport: &__rpc::Transport,
                server: impl ::core::convert::Into<__rpc::String>,
                manager: impl __rpc::IntoEndpoint<Self, Form>,
            ) -> __rpc::ServerBuilder {
                __rpc::serve(transport, &Self::INTERFACE, server, manager)
            }

            #[doc = #target_doc]
            #visibility fn target() -> __rpc::Target {
                Self::INTERFACE.target()
            }

            #(#methods)*
        }
    }
}

fn client_method(interface: &Interface, method: &Method) -> TokenStream {
    let visibility = &interface.visibility;
    let attributes = attributes(interface, method);
    let (name, context_name, context) = (&method.name, &method.context.name, context_type(interface));
    let (parameters, take_apart) = match method.is_by_name {
        true => named::parameter(interface, method),
        false => (positional(method), TokenStream::new()),
    };
    // What an expression uses is borrowed for it, and then for the argument itself.
    let bindings = method.arguments.iter().filter(|argument| is_bound(method, argument)).map(|argument| {
        let (cfgs, bind) = (&argument.cfgs, arguments::bind(argument));
        quote_spanned!(Span::mixed_site()=> #(#cfgs)* #bind)
    });
    let (statements, request) = fill(method);
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
        #attributes
        #visibility fn #name(&self, #context_name: &#context #parameters) -> #returns {
            #take_apart
            #(#bindings)*
            #statements
            #body
        }
    }
}

/// The parameters of the client method, one by one.
fn positional(method: &Method) -> TokenStream {
    let parameters = method.parameters().into_iter().map(|parameter| match parameter {
        ClientParameter::Declared(declared) => {
            let (name, ty) = (&declared.name, &declared.ty);
            quote_spanned!(Span::mixed_site()=> #name: #ty)
        }
        ClientParameter::Argument(argument) => {
            let (cfgs, name, ty) = (&argument.cfgs, &argument.name, arguments::parameter(argument));
            quote_spanned!(Span::mixed_site()=> #(#cfgs)* #name: #ty)
        }
    });
    quote_spanned!(Span::mixed_site()=> #(, #parameters)*)
}

/// The function that starts a request of a manual method.
fn prepare(interface: &Interface, method: &Method) -> TokenStream {
    let visibility = &interface.visibility;
    let attributes = attributes(interface, method);
    let (name, context_name, context) = (method.prepare(), &method.context.name, context_type(interface));
    let constant = method.constant();
    quote_spanned! {Span::mixed_site()=>
        #attributes
        #visibility fn #name(&self, #context_name: &#context) -> __rpc::Prepared {
            __rpc::Prepared::new(self.client.request(&Self::#constant, #context_name))
        }
    }
}

/// What stands before a function of the client: documentation, conditions, a deprecation.
fn attributes(interface: &Interface, method: &Method) -> TokenStream {
    let Carried { docs, cfgs, deprecated } = &method.carried;
    let doc = docs::method(interface, method);
    let arguments = (!method.is_manual).then(|| argument_docs::of_method(method));
    let separator = (!docs.is_empty()).then(|| quote_spanned!(Span::mixed_site()=> #[doc = ""]));
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #separator
        #(#docs)*
        #arguments
        #(#cfgs)*
        #deprecated
    }
}

/// The request with all its arguments: what goes before, and the expression itself.
fn fill(method: &Method) -> (TokenStream, TokenStream) {
    let (context_name, constant) = (&method.context.name, method.constant());
    let to = method.to.as_ref().map(|to| destination(&to.value));
    let to = to.map(|to| quote_spanned!(Span::mixed_site()=> .to(#to)));
    let start = quote_spanned! {Span::mixed_site()=>
        self.client.request(&Self::#constant, #context_name) #to
    };
    let arguments = method.arguments.iter().map(|argument| add(method, argument));
    let legacy: Vec<TokenStream> = method.legacy.iter().map(arguments::add_legacy).collect();
    if method.arguments.iter().all(|argument| argument.cfgs.is_empty()) {
        let request = quote_spanned!(Span::mixed_site()=> #start #(#arguments)* #(#legacy)*);
        return (TokenStream::new(), request);
    }
    // A condition goes on a statement, not on one call of a chain.
    let statements = method.arguments.iter().zip(arguments).map(|(argument, add)| {
        let cfgs = &argument.cfgs;
        quote_spanned!(Span::mixed_site()=> #(#cfgs)* let __request = __request #add;)
    });
    (
        quote_spanned!(Span::mixed_site()=> let __request = #start; #(#statements)*),
        quote_spanned!(Span::mixed_site()=> __request #(#legacy)*),
    )
}

/// The value of `to`, in which `any_if_none` is ours without an import.
fn destination(to: &Expr) -> TokenStream {
    if let Expr::Call(call) = to
        && let Expr::Path(function) = &*call.func
        && function.path.is_ident("any_if_none")
    {
        let ours = Expr::Verbatim(quote_spanned!(placed_at(function)=> __rpc::any_if_none));
        return ExprCall { func: Box::new(ours), ..call.clone() }.into_token_stream();
    }
    to.to_token_stream()
}

/// The call that adds one argument to the request.
fn add(method: &Method, argument: &Argument) -> TokenStream {
    match &argument.source {
        Source::Parameter if is_bound(method, argument) => {
            arguments::add(argument, &argument.name.to_token_stream())
        }
        Source::Parameter => arguments::add(argument, &arguments::borrow(argument)),
        Source::Setter => {
            argument.default.iter().map(|value| arguments::add_unset(method, argument, value)).collect()
        }
        Source::Declared => arguments::add(argument, &arguments::borrow_value(argument, &argument.name)),
        Source::Derived(value) => arguments::add(argument, &arguments::borrow_value(argument, value)),
        Source::Fixed(value) => arguments::add_constant(argument, value),
    }
}

/// Whether an argument's parameter is borrowed once, for all that use it.
fn is_bound(method: &Method, argument: &Argument) -> bool {
    let uses = |value: &Expr| may_use(value, &argument.name);
    matches!(argument.source, Source::Parameter) && method.values().any(uses)
}
