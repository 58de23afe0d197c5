//! Names in generated code that more than one part of it uses.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::spanned::Spanned;

use crate::model::Interface;

/// The span of tokens of ours, placed where the user wrote `at`: rustc shows that place when the
/// runtime cannot do with what is there, without it being spelled again.
pub(crate) fn placed_at(at: &impl Spanned) -> Span {
    Span::mixed_site().located_at(at.span())
}

/// A name of ours, placed where the user wrote `at`.
pub(super) fn named_at(name: &str, at: &impl Spanned) -> Ident {
    Ident::new(name, placed_at(at))
}

/// The type of the context, for use inside the block that imports the runtime.
pub(super) fn context_type(interface: &Interface) -> TokenStream {
    match &interface.context {
        Some(context) => context.to_token_stream(),
        None => quote_spanned!(Span::mixed_site()=> __rpc::Context),
    }
}
