//! The validated exceptions of a type to Rust.

mod classes;
mod pieces;
mod remote;
mod text;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::model::Exceptions;

/// All that is made of the type.
pub(super) fn implementation(exceptions: &Exceptions) -> TokenStream {
    let text = exceptions.has_texts.then(|| text::implementations(exceptions));
    let body =
        [classes::constants(exceptions), remote::to_remote(exceptions), remote::from_remote(exceptions)];
    wrap(exceptions, &body, text.as_ref())
}

/// An implementation for a type with errors; none for a generic one, which would need bounds.
pub(super) fn placeholder(exceptions: &Exceptions) -> TokenStream {
    if exceptions.is_generic {
        return TokenStream::new();
    }
    let body = quote_spanned!(Span::mixed_site()=> ::core::unimplemented!());
    let text = exceptions.has_texts.then(|| text::placeholders(exceptions));
    wrap(exceptions, &[TokenStream::new(), body.clone(), body], text.as_ref())
}

fn wrap(
    exceptions: &Exceptions,
    [constants, to_remote, from_remote]: &[TokenStream; 3],
    text: Option<&TokenStream>,
) -> TokenStream {
    let Exceptions { name, runtime, .. } = exceptions;
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            use #runtime::codegen as __rpc;

            #[automatically_derived]
            #[allow(deprecated)]
            impl __rpc::RpcException for #name {
                #constants

                fn to_remote(&self) -> __rpc::RemoteError {
                    #to_remote
                }

                fn from_remote(__remote: &__rpc::RemoteError) -> ::core::option::Option<Self> {
                    #from_remote
                }
            }

            #text
        };
    }
}
