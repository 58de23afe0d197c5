//! Versions in generated code.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

use crate::model::Version;

/// The version as a constant, for use inside the block that imports the runtime.
pub(crate) fn version(version: Version) -> TokenStream {
    let (major, minor) = (Literal::u32_unsuffixed(version.major), Literal::u32_unsuffixed(version.minor));
    quote_spanned!(Span::mixed_site()=> __rpc::Version::new(#major, #minor))
}
