//! Tells an editor about the keys in attributes: for each that is written an import of the constant that documents it, by the
//! very token of the attribute. So a key is completed, and its documentation shown, as with any other path.
//!
//! To complete something, rust-analyzer expands the macro once as it is written, and once with a word at the cursor, and looks
//! in both at the same place. So these imports are to be before all else, which may come to something else then, and where
//! nothing is written yet there is an import as well: of the module.
//!
//! Only rust-analyzer gets these imports. A compiler does not, and so `cargo expand` shows nothing of them.

mod lists;
mod written;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use self::lists::{Attributes, List};
pub(crate) use self::lists::{EVENTS, EXCEPTIONS, MANAGER, OBJECTS, TRAIT};
use self::written::Written;

/// What rust-analyzer sets for the process in which it runs macros.
const EDITOR: &str = "RUST_ANALYZER_INTERNALS_DO_NOT_USE";

/// The imports for the attributes within `item`, and for those of the macro itself, which the expansion begins with; nothing
/// if no editor asks.
pub(crate) fn imports(
    own: Option<(&'static List, &TokenStream)>,
    item: &TokenStream,
    known: Attributes,
) -> TokenStream {
    match std::env::var_os(EDITOR) {
        Some(_) => imports_for_editor(own, item, known),
        None => TokenStream::new(),
    }
}

fn imports_for_editor(
    own: Option<(&'static List, &TokenStream)>,
    item: &TokenStream,
    known: Attributes,
) -> TokenStream {
    let mut written = Written::default();
    if let Some((list, tokens)) = own {
        written::keys(list, tokens.clone(), &mut written);
    }
    written::attributes(known, item.clone(), &mut written);
    let runtime = written.runtime.unwrap_or_else(|| quote!(::rpc_runtime));
    let imports = written.keys.into_iter().map(|(module, key)| {
        let module = Ident::new(module, Span::call_site());
        let Some(key) = key else { return quote!(use #runtime::codegen::keys::#module as _;) };
        // A keyword, which no path may have as it is.
        let key = if key == "type" { Ident::new_raw("type", key.span()) } else { key };
        quote!(use #runtime::codegen::keys::#module::#key as _;)
    });
    quote! {
        const _: () = {
            #(#[allow(unused_imports)] #imports)*
        };
    }
}

#[cfg(test)]
mod tests;
