//! The description of a set, as a constant.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::ext::IdentExt as _;

use super::super::content::Payload;
use super::super::model::{Event, Set};
use super::payload::unboxed;
use crate::model::{Carried, source_text};
use crate::render::{placed_at, version};

/// The value of `EVENTS`.
pub(super) fn events(set: &Set) -> TokenStream {
    let name = set.name.unraw().to_string();
    let events = set.events.iter().map(event);
    let with_topic = set.topic.as_ref().map(|topic| quote_spanned!(Span::mixed_site()=> .with_topic(#topic)));
    let with_exchange =
        set.exchange.as_ref().map(|exchange| quote_spanned!(Span::mixed_site()=> .with_exchange(#exchange)));
    let with_version = set.version.map(|of| {
        let of = version(of);
        quote_spanned!(Span::mixed_site()=> .with_version(#of))
    });
    let with_others = set.other.as_ref().map(|_| quote_spanned!(Span::mixed_site()=> .with_others()));
    let with_doc = with_doc(&set.carried);
    quote_spanned! {Span::mixed_site()=>
        __rpc::EventSet::new(#name, &[#(#events),*]) #with_topic #with_exchange #with_version #with_others #with_doc
    }
}

fn event(event: &Event) -> TokenStream {
    let (name, event_type) = (event.name.unraw().to_string(), &event.event_type.literal);
    let priority = format_ident!("{}", event.priority.variant, span = Span::mixed_site());
    let payload = payload_text(&event.content.payload);
    let with_since = event.since.map(|since| {
        let since = version(since);
        quote_spanned!(Span::mixed_site()=> .with_since(#since))
    });
    let with_class = event.content.payload.whole().filter(|_| event.is_object).map(|ty| {
        let ty = unboxed(ty);
        let class = quote_spanned!(placed_at(ty)=> <#ty as __rpc::ObjectPayload>::CLASS);
        quote_spanned!(Span::mixed_site()=> .with_class(#class))
    });
    let with_doc = with_doc(&event.carried);
    quote_spanned! {Span::mixed_site()=>
        __rpc::Event::new(#name, #event_type, __rpc::Priority::#priority, #payload)
            #with_since #with_class #with_doc
    }
}

/// The type of a payload for people to read.
fn payload_text(payload: &Payload) -> String {
    match payload {
        Payload::Nothing => "{}".to_owned(),
        Payload::Unnamed(ty) => source_text(ty),
        Payload::Named(field) => source_text(&field.ty),
        Payload::Members(fields) => {
            let members = fields.iter().map(|field| format!("{}: {}", field.wire, source_text(&field.ty)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn with_doc(carried: &Carried) -> Option<TokenStream> {
    carried.doc_text().map(|text| quote_spanned!(Span::mixed_site()=> .with_doc(#text)))
}
