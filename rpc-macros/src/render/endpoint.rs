//! The dispatcher: from a request to the manager's method and back.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::request::default_value;
use super::{context_type, named_at};
use crate::model::{Argument, Interface, Late, Method};
use crate::parse::Old;

/// The name of the private dispatcher.
pub(super) fn dispatch_name(interface: &Interface) -> Ident {
    format_ident!("{}Dispatch", interface.client, span = Span::mixed_site())
}

pub(super) fn endpoint(interface: &Interface) -> TokenStream {
    let name = &interface.name;
    let dispatch = dispatch_name(interface);
    let arms = interface.methods.iter().map(|method| arm(interface, method));
    quote_spanned! {Span::mixed_site()=>
        struct #dispatch<M>(__rpc::Arc<M>);

        impl<M: #name> __rpc::Dispatch for #dispatch<M> {
            async fn dispatch(&self, incoming: __rpc::Incoming) -> __rpc::Outcome {
                let manager = &*self.0;
                match incoming.method() {
                    #(#arms)*
                    _ => incoming.unknown(),
                }
            }
        }
    }
}

fn arm(interface: &Interface, method: &Method) -> TokenStream {
    let cfgs = &method.carried.cfgs;
    let allow =
        method.carried.deprecated.as_ref().map(|_| quote_spanned!(Span::mixed_site()=> #[allow(deprecated)]));
    let (client, context) = (&interface.client, context_type(interface));
    let (name, wire) = (&method.name, &method.wire);
    let (ctx, result) = (named_at("ctx", &method.context.ty), named_at("result", &method.returns));
    let constant = interface.constant(method);
    let (binding, arguments) = if method.arguments.is_empty() {
        (quote_spanned!(Span::mixed_site()=> _), Vec::new())
    } else {
        (quote_spanned!(Span::mixed_site()=> args), method.arguments.iter().map(argument).collect())
    };
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #allow
        #wire => {
            let (#ctx, #binding) = incoming.open::<#context>(&#client::#constant)?;
            let #result = manager.#name(#ctx #(, #arguments)*).await;
            __rpc::outcome(#result)
        }
    }
}

/// Decodes one argument. What an old client cannot send is an option or has a default; what is
/// converted for old servers was always there.
fn argument(argument: &Argument) -> TokenStream {
    let (wire, ty) = (&argument.wire, &argument.ty);
    match (&argument.default, &argument.late) {
        (Some(default), _) => {
            let or_else = named_at("or_else", ty);
            let value = default_value(ty, default);
            quote_spanned!(Span::mixed_site()=> args.#or_else(#wire, || #value)?)
        }
        (None, Some(Late { old: Old::Drop | Old::ErrorIfSet, .. })) => {
            let optional = named_at("optional", ty);
            quote_spanned!(Span::mixed_site()=> args.#optional(#wire)?)
        }
        (None, Some(Late { old: Old::With(_), .. }) | None) => {
            let required = named_at("required", ty);
            quote_spanned!(Span::mixed_site()=> args.#required(#wire)?)
        }
    }
}
