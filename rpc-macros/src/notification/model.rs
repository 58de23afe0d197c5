//! The validated set of events. Only this can be rendered, so what is wrong never reaches the renderer.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Type, Variant};

use super::content::{Content, Payload};
use super::event_type::EventType;
use super::keys::{EventKeys, FieldKeys, SetKeys, refuse};
use super::names;
use super::priority::Priority;
use super::versions::SetVersion;
use crate::errors::Errors;
use crate::model::{Carried, Version};

/// A type and the events that its values are.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) name: Ident,
    pub(super) topic: Option<String>,
    pub(super) exchange: Option<String>,
    pub(super) version: Option<Version>,
    pub(super) carried: Carried,
    pub(super) events: Vec<Event>,
    /// The variant that takes every other event as it came.
    pub(super) other: Option<Other>,
}

/// A variant, or the struct itself.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) name: Ident,
    /// `Self` or `Self::Variant`.
    pub(super) path: TokenStream,
    pub(super) event_type: EventType,
    pub(super) priority: Priority,
    pub(super) since: Option<Version>,
    /// Whether the payload is a versioned object.
    pub(super) is_object: bool,
    pub(super) content: Content,
    pub(super) carried: Carried,
}

/// The variant for events that are none of the others.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) path: TokenStream,
    /// The type of its field.
    pub(super) ty: Type,
}

impl Set {
    /// Validates a type; without a set, what is wrong is in `errors`.
    pub(super) fn new(item: &DeriveInput, keys: &SetKeys, errors: &mut Errors) -> Option<Self> {
        if item.generics.lt_token.is_some() {
            errors.at(
                &item.generics,
                "a set of events cannot be generic: its description says nothing of type parameters",
            );
        }
        let version = SetVersion::read(keys, errors);
        let mut set = Self {
            name: item.ident.clone(),
            topic: keys.topic.as_ref().map(|text| names::topic(text, errors)),
            exchange: keys.exchange.as_ref().map(|text| names::exchange(text, errors)),
            version: version.known(),
            carried: Carried::of(&item.attrs),
            events: Vec::new(),
            other: None,
        };
        match &item.data {
            Data::Struct(data) => {
                let keys = EventKeys::read(&item.attrs, &["type", "priority", "since", "object"], errors);
                let place = Place { path: quote!(Self), name: &item.ident, attributes: &item.attrs };
                set.events.extend(place.event(&keys, version, &data.fields, errors));
            }
            Data::Enum(data) => {
                refuse(&item.attrs, "event", "goes on the variants", errors);
                for variant in &data.variants {
                    set.add(variant, version, errors);
                }
            }
            Data::Union(data) => {
                errors.at(data.union_token, "#[derive(RpcNotification)] goes on an enum or a struct");
            }
        }
        set.check_types(errors);
        errors.is_empty().then_some(set)
    }

    fn add(&mut self, variant: &Variant, version: SetVersion, errors: &mut Errors) {
        let name = &variant.ident;
        let place = Place { path: quote!(Self::#name), name, attributes: &variant.attrs };
        refuse(&variant.attrs, "notification", "goes on the type", errors);
        let keys = EventKeys::read(&variant.attrs, &["type", "priority", "since", "object", "other"], errors);
        let Some(token) = keys.keys.token("other") else {
            self.events.extend(place.event(&keys, version, &variant.fields, errors));
            return;
        };
        for key in keys.keys.seen().filter(|key| *key != "other") {
            errors.at(key, format!("the `other` variant keeps the event as it is: it takes no `{key}`"));
        }
        if self.other.is_some() {
            errors.at(token, "only one variant can take all other events");
        }
        for field in &variant.fields {
            for key in FieldKeys::read(&field.attrs, errors).keys.seen() {
                errors.at(key, "the `other` variant keeps the event as it is: its field has no keys");
            }
        }
        match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                self.other = Some(Other { path: place.path, ty: fields.unnamed[0].ty.clone() });
            }
            _ => errors.at(name, format!("the `other` variant holds the event: `{name}(Notification)`")),
        }
    }

    /// Two events of one type could not be told apart.
    fn check_types(&self, errors: &mut Errors) {
        let mut owners = HashMap::new();
        for Event { name, event_type, .. } in &self.events {
            let Some(first) = owners.insert(event_type.shape(), name) else { continue };
            let text = event_type.literal.value();
            let both = if event_type.is_pattern() { "of the events" } else { "of the type" };
            errors.at(
                &event_type.literal,
                format!("{first} and {name} are both {both} {text:?}: they cannot be told apart"),
            );
        }
    }
}

/// Where an event is declared.
struct Place<'a> {
    path: TokenStream,
    name: &'a Ident,
    attributes: &'a [Attribute],
}

impl Place<'_> {
    fn event(
        self,
        keys: &EventKeys,
        version: SetVersion,
        fields: &Fields,
        errors: &mut Errors,
    ) -> Option<Event> {
        let name = self.name;
        for (key, example) in [("type", "type = \"volume.create.end\""), ("priority", "priority = info")] {
            if !keys.keys.saw(key) {
                errors.at(name, format!("{name} needs `{key}`: #[event({example})]"));
            }
        }
        let event_type = keys.event_type.as_ref().and_then(|text| EventType::read(text, errors));
        let content = Content::new(fields, event_type.as_ref(), errors);
        let since = keys.since.as_ref().and_then(|text| version.since(text, errors));
        let object = keys.keys.token("object");
        let wrong = match content.payload {
            Payload::Nothing => Some("`object` is for a payload, and there is none"),
            Payload::Members(_) => {
                Some("an object is the whole payload: mark its field with #[event(payload)]")
            }
            Payload::Unnamed(_) | Payload::Named(_) => None,
        };
        if let (Some(token), Some(wrong)) = (object, wrong) {
            errors.at(token, wrong);
        }
        Some(Event {
            name: name.clone(),
            path: self.path,
            event_type: event_type?,
            priority: keys.priority?,
            since,
            is_object: object.is_some(),
            content,
            carried: Carried::of(self.attributes),
        })
    }
}
