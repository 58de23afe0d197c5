//! Payloads in patterns and expressions.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{GenericArgument, PathArguments, Type};

use super::super::content::Payload;
use super::super::model::Event;

/// The variable for a payload without a name.
pub(super) fn variable() -> Ident {
    format_ident!("payload", span = Span::mixed_site())
}

/// The pattern of an event's values, with a variable for each field.
pub(super) fn pattern(event: &Event) -> TokenStream {
    let path = &event.path;
    if let Payload::Unnamed(_) = event.content.payload {
        let payload = variable();
        return quote_spanned!(Span::mixed_site()=> #path(#payload));
    }
    let names = event.content.named().map(|field| &field.name);
    quote_spanned!(Span::mixed_site()=> #path { #(#names),* })
}

/// The type that a `Box` is spelled around: large objects are put into one, as the variants of an enum should not differ
/// much in size.
pub(super) fn unboxed(ty: &Type) -> &Type {
    let Type::Path(path) = ty else { return ty };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Box") else { return ty };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return ty };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => inner,
        _ => ty,
    }
}
