//! From the tokens of a trait to the tokens of everything that is made of it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::errors::Errors;
use crate::model::{Interface, check_reserved};
use crate::parse::{ManagerKeys, ManagerTrait};
use crate::render;

/// The expansion of `#[rpc_manager(attribute)] item`, and what is wrong with it.
///
/// The trait is always part of it, and after errors as much of the client and the endpoint as is
/// sound, so that an editor goes on to complete names while something is being typed.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> (TokenStream, Errors) {
    let mut errors = Errors::default();
    check_reserved(attribute.clone(), &mut errors);
    let keys = ManagerKeys::read(attribute, &mut errors);
    let manager = match syn::parse2::<ManagerTrait>(item.clone()) {
        Ok(manager) => manager,
        Err(error) => {
            errors.add(error);
            return (item, errors);
        }
    };
    for method in manager.methods() {
        let attributes = &method.attributes;
        let signature = &method.signature;
        check_reserved(quote!(#(#attributes)* #signature), &mut errors);
    }
    let interface = Interface::new(keys, &manager, &mut errors);
    let manager = render::manager(&manager);
    let generated = interface.as_ref().map(render::interface);
    (quote!(#manager #generated), errors)
}
