//! What was received to events.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Type;

use super::super::content::{Field, Payload};
use super::super::model::{Event, Set};
use super::payload::unboxed;
use crate::render::placed_at;

/// The body of `read`.
pub(super) fn read(set: &Set) -> TokenStream {
    let (mut patterns, constants): (Vec<&Event>, Vec<&Event>) =
        set.events.iter().partition(|event| event.event_type.is_pattern());
    // What says more of an event type comes first: else it would never be asked.
    patterns.sort_by_key(|event| event.content.parameters.len());
    let constants = constants.into_iter().map(|event| {
        let (event_type, value) = (&event.event_type.literal, value(event));
        quote_spanned!(Span::mixed_site()=> #event_type => ::core::option::Option::Some(#value),)
    });
    let other = match &set.other {
        Some(other) => {
            let path = &other.path;
            let own = quote_spanned!(placed_at(&other.ty)=> __rpc::whole(__notification));
            quote_spanned!(Span::mixed_site()=> ::core::option::Option::Some(#path(#own)))
        }
        None => quote_spanned!(Span::mixed_site()=> ::core::option::Option::None),
    };
    let others = match patterns.is_empty() {
        true => other,
        false => {
            let patterns = patterns.into_iter().map(|event| {
                let (condition, value) = (condition(event), value(event));
                quote_spanned!(Span::mixed_site()=> if #condition { ::core::option::Option::Some(#value) } else)
            });
            quote_spanned!(Span::mixed_site()=> #(#patterns)* { #other })
        }
    };
    let has_payload = |event: &Event| !matches!(event.content.payload, Payload::Nothing);
    let reading = set.events.iter().any(has_payload).then(
        || quote_spanned!(Span::mixed_site()=> let __event = __rpc::Reading::of::<Self>(__notification);),
    );
    quote_spanned! {Span::mixed_site()=>
        #reading
        ::core::result::Result::Ok(match __notification.event_type() {
            #(#constants)*
            _ => #others,
        })
    }
}

/// Whether the event type is that of a pattern; its parameters are variables then.
fn condition(event: &Event) -> TokenStream {
    let parts = event.event_type.parts.iter().map(|part| part.text().unwrap_or_default());
    let names: Vec<_> = event.content.parameters.iter().map(|field| &field.name).collect();
    let values = event
        .content
        .parameters
        .iter()
        .map(|Field { name, ty, .. }| quote_spanned!(placed_at(ty)=> __rpc::parameter::<#ty>(#name)));
    quote_spanned! {Span::mixed_site()=>
        let ::core::option::Option::Some((#(::core::option::Option::Some(#names),)*)) =
            __rpc::parameters(__notification.event_type(), &[#(#parts),*]).map(|[#(#names),*]| (#(#values,)*))
    }
}

/// The value of an event whose parameters are known.
fn value(event: &Event) -> TokenStream {
    let path = &event.path;
    let parameters = event.content.parameters.iter().map(|field| &field.name);
    match &event.content.payload {
        Payload::Nothing => quote_spanned!(Span::mixed_site()=> #path { #(#parameters),* }),
        Payload::Unnamed(ty) => {
            let payload = whole(event, ty);
            quote_spanned!(Span::mixed_site()=> #path(#payload))
        }
        Payload::Named(Field { name, ty, .. }) => {
            let payload = whole(event, ty);
            quote_spanned!(Span::mixed_site()=> #path { #(#parameters,)* #name: #payload })
        }
        Payload::Members(fields) => {
            let members = fields
                .iter()
                .map(|Field { name, wire, ty }| quote_spanned!(placed_at(ty)=> #name: __members.get(#wire)?));
            quote_spanned! {Span::mixed_site()=> {
                let __members = __event.members()?;
                #path { #(#parameters,)* #(#members),* }
            }}
        }
    }
}

/// A payload that is one value.
fn whole(event: &Event, ty: &Type) -> TokenStream {
    if !event.is_object {
        return quote_spanned!(placed_at(ty)=> __event.payload()?);
    }
    let object = unboxed(ty);
    let read = quote_spanned!(placed_at(ty)=> __event.object::<#object>()?);
    match std::ptr::eq(object, ty) {
        true => read,
        false => quote_spanned!(placed_at(ty)=> ::std::boxed::Box::new(#read)),
    }
}
