//! Payloads in patterns and expressions.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::{GenericArgument, PathArguments, Type};

use super::super::content::Payload;
use super::super::model::Event;
use crate::render::placed_at;

/// The variable for a field without a name, placed where its type is written.
pub(super) fn variable(ty: &Type) -> Ident {
    Ident::new("__payload", placed_at(ty))
}

/// The pattern of an event's values, with a variable for each field.
pub(super) fn pattern(event: &Event) -> TokenStream {
    let path = &event.path;
    if let Payload::Unnamed(ty) = &event.content.payload {
        let payload = variable(ty);
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
