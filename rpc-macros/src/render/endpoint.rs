//! The dispatcher: from a request to the manager's method and back.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::arguments::default_value;
use super::names::{context_type, named_at, placed_at};
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

            async fn dispatch(__manager: &__RpcManager, __incoming: __rpc::Incoming) -> __rpc::Outcome {
                match __incoming.method() {
                    #(#arms)*
                    _ => __incoming.unknown(),
                }
            }
        }
    }
}

fn arm(interface: &Interface, method: &Method) -> TokenStream {
    let cfgs = &method.carried.cfgs;
    let (wire, name) = (&method.wire, &method.name);
    let was = method.was.as_ref().map(|was| {
        let name = &was.name;
        quote_spanned!(Span::mixed_site()=> | #name)
    });
    let ctx = named_at("__ctx", &method.context.ty);
    let open = open(interface, method, &ctx);
    let manager = quote_spanned!(Span::mixed_site()=> __manager.#name);
    let calls = combinations(method).into_iter().map(|combination| {
        let call = call(method, &manager, &ctx, &combination);
        let cfg = combination.cfg;
        quote_spanned!(Span::mixed_site()=> #cfg #call)
    });
    let outcome = outcome(method);
    quote_spanned! {Span::mixed_site()=>
        #(#cfgs)*
        #wire #was => {
            #open
            #(#calls)*
            #outcome
        }
    }
}

/// The statement that takes a request apart.
pub(super) fn open(interface: &Interface, method: &Method, ctx: &Ident) -> TokenStream {
    let (client, constant) = (&interface.client, method.constant());
    let (context, ty) = (context_type(interface), &method.context.ty);
    let args = args(method).map_or_else(|| quote_spanned!(Span::mixed_site()=> _), Ident::into_token_stream);
    quote_spanned! {Span::mixed_site()=>
        let (#ctx, #args) = __incoming.open::<#ty, #context>(&#client::#constant)?;
    }
}

/// What the decoded arguments are called; nothing in a method without any.
fn args(method: &Method) -> Option<Ident> {
    method.arguments.first()?;
    Some(Ident::new("__in", Span::mixed_site()))
}

/// Arguments of a method that are there together, and the condition under which they are.
pub(super) struct Combination<'a> {
    pub(super) cfg: Option<TokenStream>,
    pub(super) arguments: Vec<&'a Argument>,
}

/// An argument of a call cannot be conditional, so there is a call for every combination.
pub(super) fn combinations(method: &Method) -> Vec<Combination<'_>> {
    let conditions = method.conditions();
    if conditions.is_empty() {
        return vec![Combination { cfg: None, arguments: method.arguments.iter().collect() }];
    }
    let combinations = (0..1_u32 << conditions.len()).map(|combination| {
        let holds = |at: usize| combination & (1 << at) != 0;
        let predicates = conditions.iter().enumerate().map(|(at, condition)| match holds(at) {
            true => quote_spanned!(Span::mixed_site()=> all(#condition)),
            false => quote_spanned!(Span::mixed_site()=> not(all(#condition))),
        });
        let is_there = |argument: &&Argument| {
            let at = conditions.iter().position(|condition| Some(*condition) == argument.condition.as_ref());
            at.is_none_or(holds)
        };
        Combination {
            cfg: Some(quote_spanned!(Span::mixed_site()=> #[cfg(all(#(#predicates),*))])),
            arguments: method.arguments.iter().filter(is_there).collect(),
        }
    });
    combinations.collect()
}

/// The statement that calls the user's function with decoded arguments.
pub(super) fn call(
    method: &Method,
    function: &TokenStream,
    ctx: &Ident,
    combination: &Combination<'_>,
) -> TokenStream {
    let (args, result) = (args(method), named_at("__result", &method.returns));
    let arguments = combination.arguments.iter().map(|it| argument(method, it, args.as_ref()));
    quote_spanned!(Span::mixed_site()=> let #result = #function(#ctx #(, #arguments)*).await;)
}

/// What becomes of its result.
pub(super) fn outcome(method: &Method) -> TokenStream {
    let result = named_at("__result", &method.returns);
    match &method.profile.expected[..] {
        [] => quote_spanned!(Span::mixed_site()=> __incoming.outcome(#result)),
        expected => quote_spanned! {Span::mixed_site()=>
            __incoming.outcome_expecting(#result, |__error| ::core::matches!(__error, #(#expected)|*))
        },
    }
}

/// Decodes one argument. What an old client cannot send is an option or has a default; what is
/// converted for old servers was always there.
fn argument(method: &Method, argument: &Argument, args: Option<&Ident>) -> TokenStream {
    let (wire, ty) = (argument.wire.to_token_stream(), &argument.ty);
    let (decode, given) = match (&argument.default, &argument.late) {
        _ if argument.is_rest => ("rest", vec![]),
        (Some(default), _) => {
            let value = default_value(ty, default);
            ("or_else", vec![wire, quote_spanned!(Span::mixed_site()=> || #value)])
        }
        (None, Some(Late { old: Old::Drop | Old::ErrorIfSet | Old::ErrorIf(_), .. })) => {
            ("optional", vec![wire])
        }
        (None, Some(Late { old: Old::With(_), .. }) | None) => ("required", vec![wire]),
    };
    // Rustc shows the type, if it cannot be decoded.
    let (here, decode) = (placed_at(ty), named_at(decode, ty));
    match method.may_lack_serde(argument) {
        true => quote_spanned!(here=> __rpc::Of::<#ty>::#decode(#args #(, #given)*)?),
        false => quote_spanned!(Span::mixed_site()=> #args.#decode(#(#given),*)?),
    }
}
