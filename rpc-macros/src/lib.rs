//! The `#[rpc_manager]` attribute and the `RpcException` derive.

use proc_macro::TokenStream;

/// Placeholder.
#[proc_macro_attribute]
pub fn rpc_manager(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Placeholder.
#[proc_macro_derive(RpcException, attributes(exception))]
pub fn rpc_exception(_item: TokenStream) -> TokenStream {
    TokenStream::new()
}
