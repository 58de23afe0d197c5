//! The dispatcher: from a request to the manager's method and back.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};

use super::arguments::default_value;
use super::names::{context_type, named_at};
use crate::model::{Argument, Interface, Late, Method};
use crate::parse::Old;

/// The dispatcher of the interface.
pub(super) fn endpoint(interface: &Interface) -> TokenStream {
    let Interface { name, client, .. } = interface;
    let arms = interface.methods.iter().map(|method| arm(interface, method));
    quote_spanned! {Span::mixed_site()=>
        // A name that no type of the user's has.
        impl<__RpcManager: #name> __rpc::Serves<__RpcManager> for #client {
            const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;

            async fn dispatch(manager: &__RpcManager, incoming: __rpc::Incoming) -> __rpc::Outcome {
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
    let (client, context) = (&interface.client, context_type(interface));
    let wire = &method.wire;
    let was = method.was.as_ref().map(|was| {
        let name = &was.name;
        quote_spanned!(Span::mixed_site()=> | #name)
    });
    let ctx = named_at("ctx", &method.context.ty);
    let constant = method.constant();
    let binding =
        args(method).map_or_else(|| quote_spanned!(Span::mixed_site()=> _), Ident::into_token_stream);
    let handle = handle(method, &ctx);
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #wire #was => {
            let (#ctx, #binding) = incoming.open::<#context>(&#client::#constant)?;
            #handle
        }
    }
}

/// What the decoded arguments are called; nothing in a method without any.
fn args(method: &Method) -> Option<Ident> {
    method.arguments.first()?;
    // Where all of them are conditional, there may be nobody to use it.
    let all_conditional = method.arguments.iter().all(|argument| !argument.cfgs.is_empty());
    Some(Ident::new(if all_conditional { "_args" } else { "args" }, Span::mixed_site()))
}

/// The call of the manager's method, and what becomes of its result.
fn handle(method: &Method, ctx: &Ident) -> TokenStream {
    let (name, args, result) = (&method.name, args(method), named_at("result", &method.returns));
    let call = |arguments: Vec<&Argument>| {
        let arguments = arguments.into_iter().map(|it| argument(it, args.as_ref()));
        quote_spanned!(Span::mixed_site()=> let #result = manager.#name(#ctx #(, #arguments)*).await;)
    };
    let outcome = match &method.profile.expected[..] {
        [] => quote_spanned!(Span::mixed_site()=> incoming.outcome(#result)),
        expected => quote_spanned! {Span::mixed_site()=>
            incoming.outcome_expecting(#result, |error| ::core::matches!(error, #(#expected)|*))
        },
    };
    let conditions = method.conditions();
    if conditions.is_empty() {
        let call = call(method.arguments.iter().collect());
        return quote_spanned!(Span::mixed_site()=> #call #outcome);
    }
    // An argument of a call cannot be conditional, so there is a call for every combination.
    let calls = (0..1_u32 << conditions.len()).map(|combination| {
        let holds = |at: usize| combination & (1 << at) != 0;
        let predicates = conditions.iter().enumerate().map(|(at, condition)| match holds(at) {
            true => quote_spanned!(Span::mixed_site()=> all(#condition)),
            false => quote_spanned!(Span::mixed_site()=> not(all(#condition))),
        });
        let is_there = |argument: &&Argument| {
            let at = conditions.iter().position(|condition| Some(*condition) == argument.condition.as_ref());
            at.is_none_or(holds)
        };
        let call = call(method.arguments.iter().filter(is_there).collect());
        quote_spanned!(Span::mixed_site()=> #[cfg(all(#(#predicates),*))] #call)
    });
    quote_spanned!(Span::mixed_site()=> #(#calls)* #outcome)
}

/// Decodes one argument. What an old client cannot send is an option or has a default; what is
/// converted for old servers was always there.
fn argument(argument: &Argument, args: Option<&Ident>) -> TokenStream {
    let (wire, ty) = (&argument.wire, &argument.ty);
    if argument.is_rest {
        let rest = named_at("rest", ty);
        return quote_spanned!(Span::mixed_site()=> #args.#rest()?);
    }
    match (&argument.default, &argument.late) {
        (Some(default), _) => {
            let or_else = named_at("or_else", ty);
            let value = default_value(ty, default);
            quote_spanned!(Span::mixed_site()=> #args.#or_else(#wire, || #value)?)
        }
        (None, Some(Late { old: Old::Drop | Old::ErrorIfSet | Old::ErrorIf(_), .. })) => {
            let optional = named_at("optional", ty);
            quote_spanned!(Span::mixed_site()=> #args.#optional(#wire)?)
        }
        (None, Some(Late { old: Old::With(_), .. }) | None) => {
            let required = named_at("required", ty);
            quote_spanned!(Span::mixed_site()=> #args.#required(#wire)?)
        }
    }
}
