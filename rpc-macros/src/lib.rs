//! The `#[rpc_manager]` attribute and the `RpcException` derive.

mod errors;
mod exception;
mod expand;
mod model;
mod parse;
mod render;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Placeholder.
#[proc_macro_attribute]
pub fn rpc_manager(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let (expansion, errors) = expand::expand(attribute.into(), item.into());
    errors.after(expansion).into()
}

/// Placeholder.
#[proc_macro_derive(RpcException, attributes(exception))]
pub fn rpc_exception(item: TokenStream) -> TokenStream {
    let (expansion, errors) = exception::expand(item.into());
    errors.after(expansion).into()
}
