//! The fake of a manager, for tests.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::endpoint::{Combination, call, combinations, open, outcome};
use super::names::named_at;
use crate::model::{Interface, Method};

/// The fake and its methods, where the runtime is built for tests.
pub(super) fn fake(interface: &Interface, not_sent: Option<&TokenStream>) -> Option<TokenStream> {
    let Interface { name, visibility, client, runtime, .. } = interface;
    let fake = interface.fake.as_ref()?;
    let doc = format!(
        " A fake of [`{name}`] for tests, served as a manager is: its methods raise `NotExecuted` until they \
         are given an answer. Clones share the answers."
    );
    let setters = interface.methods.iter().flat_map(|method| {
        combinations(method).into_iter().map(|combination| setter(interface, method, &combination))
    });
    Some(quote_spanned! {Span::mixed_site()=>
        #runtime::codegen::when_testing! {
            #[doc = #doc]
            #[allow(dead_code)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::default::Default)]
            #visibility struct #fake {
                answers: #runtime::codegen::Fake,
            }

            // As in the client: whoever uses what is deprecated is warned elsewhere.
            #[allow(deprecated)]
            const _: () = {
                use #runtime::codegen as __rpc;
                #not_sent

                #[allow(dead_code, clippy::type_complexity)]
                impl #fake {
                    #(#setters)*
                }

                impl __rpc::Serves<#fake> for #client {
                    const INTERFACE: &'static __rpc::Interface = &Self::INTERFACE;

                    async fn dispatch(__fake: &#fake, __incoming: __rpc::Incoming) -> __rpc::Outcome {
                        __fake.answers.dispatch(&Self::INTERFACE, __incoming).await
                    }
                }
            };
        }
    })
}

/// The function that gives a method its answer, with the arguments that are there together.
fn setter(interface: &Interface, method: &Method, combination: &Combination<'_>) -> TokenStream {
    let (visibility, context) = (&interface.visibility, &method.context.ty);
    let (name, wire, returns) = (&method.name, &method.wire, &method.returns);
    let (cfgs, cfg) = (&method.carried.cfgs, &combination.cfg);
    let types = combination.arguments.iter().map(|argument| &argument.ty);
    let ctx = named_at("__ctx", &method.context.ty);
    let open = open(interface, method, &ctx);
    let call = call(method, &quote_spanned!(Span::mixed_site()=> __answer), &ctx, combination);
    let outcome = outcome(method);
    let doc = format!(" Answers `{wire}` by `answer` from now on.");
    quote_spanned! {Span::mixed_site()=>
        #[doc = #doc]
        #(#cfgs)*
        #cfg
        #visibility fn #name<__RpcFuture>(
            &self,
            answer: impl ::core::ops::Fn(#context #(, #types)*) -> __RpcFuture
                + ::core::marker::Send + ::core::marker::Sync + 'static,
        ) -> &Self
        where
            __RpcFuture: ::core::future::Future<Output = #returns> + ::core::marker::Send + 'static,
        {
            self.answers.give(#wire, answer, |__answer, __incoming| async move {
                #open
                #call
                #outcome
            });
            self
        }
    }
}
