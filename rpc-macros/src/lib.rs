//! The macros of `rpc-runtime`: the `#[rpc_manager]` attribute, and the derives `RpcException`, `VersionedObject` and
//! `RpcNotification`.
//!
//! Depend on `rpc-runtime`, which exports them.
//
// The examples in the documentation are tests of `rpc-tests`: they need `rpc-runtime`, which needs this crate.

mod derive;
mod errors;
mod exception;
mod expand;
mod ide;
mod model;
mod notification;
mod object;
mod parse;
mod render;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use quote::quote;

#[cfg_attr(not(doctest), doc = include_str!("docs/rpc_manager.md"))]
#[proc_macro_attribute]
pub fn rpc_manager(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (attribute, item) = (attribute.into(), item.into());
    let imports = ide::imports(Some((&ide::TRAIT, &attribute)), &item, ide::MANAGER);
    let (expansion, errors) = expand::expand(attribute, item);
    errors.after(quote!(#imports #expansion)).into()
}

#[cfg_attr(not(doctest), doc = include_str!("docs/rpc_exception.md"))]
#[proc_macro_derive(RpcException, attributes(exception))]
pub fn rpc_exception(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::EXCEPTIONS);
    let (expansion, errors) = exception::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}

#[cfg_attr(not(doctest), doc = include_str!("docs/versioned_object.md"))]
#[proc_macro_derive(VersionedObject, attributes(object))]
pub fn versioned_object(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::OBJECTS);
    let (expansion, errors) = object::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}

#[cfg_attr(not(doctest), doc = include_str!("docs/rpc_notification.md"))]
#[proc_macro_derive(RpcNotification, attributes(notification, event))]
pub fn rpc_notification(item: TokenStream) -> TokenStream {
    let item = item.into();
    let imports = ide::imports(None, &item, ide::EVENTS);
    let (expansion, errors) = notification::expand(item);
    errors.after(quote!(#imports #expansion)).into()
}
