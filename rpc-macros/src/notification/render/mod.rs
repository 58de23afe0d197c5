//! The validated events to Rust.

mod description;
mod payload;
mod read;
mod write;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Path;

use super::model::Set;

/// The implementation of a set.
pub(super) fn implementation(set: &Set, runtime: &Path) -> TokenStream {
    wrap(&set.name, runtime, &description::events(set), &write::notification(set), &read::read(set))
}

/// An implementation for a type with errors.
pub(super) fn placeholder(name: &Ident, runtime: &Path) -> TokenStream {
    let text = name.to_string();
    let events = quote_spanned!(Span::mixed_site()=> __rpc::EventSet::new(#text, &[]));
    let body = quote_spanned!(Span::mixed_site()=> ::core::unimplemented!());
    wrap(name, runtime, &events, &body, &body)
}

fn wrap(
    name: &Ident,
    runtime: &Path,
    events: &TokenStream,
    notification: &TokenStream,
    read: &TokenStream,
) -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        const _: () = {
            use #runtime::codegen::notification as __rpc;

            #[automatically_derived]
            #[allow(deprecated)]
            impl __rpc::RpcNotification for #name {
                const EVENTS: __rpc::EventSet = #events;

                fn notification(&self) -> ::core::result::Result<__rpc::Notification, __rpc::EncodeError> {
                    #notification
                }

                fn read(
                    __notification: &__rpc::Notification,
                ) -> ::core::result::Result<::core::option::Option<Self>, __rpc::PayloadError> {
                    #read
                }
            }
        };
    }
}
