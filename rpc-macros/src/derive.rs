//! What all derives begin with.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// What `expand` makes of a type, and what is wrong with it; nothing if it is no type.
///
/// After errors the implementations are to be there without content, so that they are not followed by others about each
/// use of the type.
pub(crate) fn derive(
    item: TokenStream,
    expand: impl FnOnce(&DeriveInput, &mut Errors) -> TokenStream,
) -> (TokenStream, Errors) {
    let mut errors = Errors::default();
    let expansion = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => expand(&item, &mut errors),
        Err(error) => {
            errors.add(error);
            TokenStream::new()
        }
    };
    (expansion, errors)
}
