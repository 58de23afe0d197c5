//! Events to what is sent.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::super::content::{Field, Payload};
use super::super::model::{Event, Set};
use super::payload::{pattern, unboxed, variable};
use crate::render::placed_at;

/// The body of `notification`.
pub(super) fn notification(set: &Set) -> TokenStream {
    // An empty enum has no value to match by reference.
    if set.events.is_empty() && set.other.is_none() {
        return quote_spanned!(Span::mixed_site()=> match *self {});
    }
    let events = set.events.iter().map(event);
    let other = set.other.as_ref().map(|other| {
        let path = &other.path;
        let event = variable(&other.ty);
        let own = quote_spanned!(placed_at(&other.ty)=> __rpc::whole(#event));
        quote_spanned!(Span::mixed_site()=> #path(#event) => #own,)
    });
    quote_spanned! {Span::mixed_site()=>
        ::core::result::Result::Ok(match self { #(#events)* #other })
    }
}

/// The arm of one event.
fn event(event: &Event) -> TokenStream {
    let pattern = pattern(event);
    let priority = format_ident!("{}", event.priority.variant, span = Span::mixed_site());
    let (event_type, payload) = (event_type(event), payload(event));
    quote_spanned! {Span::mixed_site()=>
        #pattern => __rpc::Notification::with_payload(__rpc::Priority::#priority, #event_type, #payload?),
    }
}

fn event_type(event: &Event) -> TokenStream {
    if !event.event_type.is_pattern() {
        let text = &event.event_type.literal;
        return quote_spanned!(Span::mixed_site()=> #text);
    }
    let format = event.event_type.shape();
    let parts = event
        .content
        .parameters
        .iter()
        .map(|Field { name, wire, ty }| quote_spanned!(placed_at(ty)=> __rpc::part(#wire, #name)?));
    quote_spanned!(Span::mixed_site()=> ::std::format!(#format, #(#parts),*))
}

fn payload(event: &Event) -> TokenStream {
    let whole = |ty, value: &_| match event.is_object {
        true => {
            let object = unboxed(ty);
            quote_spanned!(placed_at(ty)=> __rpc::object::<#object>(#value))
        }
        false => quote_spanned!(placed_at(ty)=> __rpc::payload(#value)),
    };
    match &event.content.payload {
        Payload::Nothing => quote_spanned!(Span::mixed_site()=> __rpc::nothing()),
        Payload::Unnamed(ty) => whole(ty, &variable(ty)),
        Payload::Named(field) => whole(&field.ty, &field.name),
        Payload::Members(fields) => {
            let members = fields
                .iter()
                .map(|Field { name, wire, ty }| quote_spanned!(placed_at(ty)=> __rpc::member(#wire, #name)?));
            quote_spanned!(Span::mixed_site()=> __rpc::members([#(#members),*]))
        }
    }
}
