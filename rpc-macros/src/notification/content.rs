//! What an event carries: the fields of a variant or struct.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Fields, Type};

use super::event_type::EventType;
use super::keys::FieldKeys;
use crate::errors::Errors;
use crate::model::Claims;
use crate::parse::{closest, name_of};

/// What an event carries.
#[derive(Debug)]
pub(super) struct Content {
    /// The fields that are parts of the event type, in its order.
    pub(super) parameters: Vec<Field>,
    pub(super) payload: Payload,
}

/// The fields that make the payload.
#[derive(Debug)]
pub(super) enum Payload {
    /// There is none.
    Nothing,
    /// The payload is a field without a name.
    Unnamed(Type),
    /// The payload is a field with a name.
    Named(Field),
    /// Each is a member of it.
    Members(Vec<Field>),
}

/// A field with a name.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Ident,
    /// The name on the wire.
    pub(super) wire: String,
    pub(super) ty: Type,
}

impl Content {
    /// Validates the fields of an event; what is wrong with them is in `errors`. Without the type of an event its
    /// parameters are not known.
    pub(super) fn new(fields: &Fields, event_type: Option<&EventType>, errors: &mut Errors) -> Self {
        let mut named = Named::default();
        let unnamed = match fields {
            Fields::Unit => None,
            Fields::Unnamed(fields) => unnamed(fields.unnamed.iter(), errors),
            Fields::Named(fields) => {
                for field in &fields.named {
                    named.add(field, event_type, errors);
                }
                None
            }
        };
        let mut parameters = Vec::new();
        for name in event_type.into_iter().flat_map(EventType::parameters) {
            match named.parameters.iter().position(|field| field.wire == name) {
                Some(at) => parameters.push(named.parameters.swap_remove(at)),
                None => errors.at(event_type.map(|it| &it.literal), unknown(name, fields)),
            }
        }
        let payload = unnamed.map(Payload::Unnamed).unwrap_or_else(|| named.payload(errors));
        Self { parameters, payload }
    }

    /// All fields with names.
    pub(super) fn named(&self) -> impl Iterator<Item = &Field> {
        self.parameters.iter().chain(self.payload.named())
    }
}

impl Payload {
    /// Its type, if it is one value.
    pub(super) fn whole(&self) -> Option<&Type> {
        match self {
            Self::Unnamed(ty) => Some(ty),
            Self::Named(field) => Some(&field.ty),
            Self::Nothing | Self::Members(_) => None,
        }
    }

    /// Its fields with names.
    fn named(&self) -> &[Field] {
        match self {
            Self::Nothing | Self::Unnamed(_) => &[],
            Self::Named(field) => std::slice::from_ref(field),
            Self::Members(fields) => fields,
        }
    }
}

/// The one field without a name, which is the payload.
fn unnamed<'a>(fields: impl Iterator<Item = &'a syn::Field>, errors: &mut Errors) -> Option<Type> {
    let mut payload = None;
    for field in fields {
        let keys = FieldKeys::read(&field.attrs, errors);
        for key in keys.keys.seen() {
            errors.at(key, format!("a field without a name is the payload: it takes no `{key}`"));
        }
        if payload.is_some() {
            errors.at(
                &field.ty,
                "a field without a name is the whole payload: give the fields names, or make them one type",
            );
        }
        payload.get_or_insert_with(|| field.ty.clone());
    }
    payload
}

#[derive(Default)]
struct Named {
    parameters: Vec<Field>,
    members: Vec<Field>,
    names: Claims,
    whole: Option<Field>,
}

impl Named {
    fn add(&mut self, field: &syn::Field, event_type: Option<&EventType>, errors: &mut Errors) {
        let Some(name) = &field.ident else { return };
        let keys = FieldKeys::read(&field.attrs, errors);
        // It is parsed, as the compiler parses it for what it does not take yet.
        if name == "_" {
            return errors.at(name, "a field of an event needs a name");
        }
        let (wire, at) = name_of(name, keys.name.as_ref());
        let new = |wire| Field { name: name.clone(), wire, ty: field.ty.clone() };
        let own = name.unraw().to_string();
        if event_type.is_some_and(|it| it.parameters().any(|parameter| parameter == own)) {
            for key in keys.keys.seen() {
                errors.at(key, format!("{name} is a part of the event type: it takes no `{key}`"));
            }
            self.parameters.push(new(own));
            return;
        }
        let Some(token) = keys.keys.token("payload") else {
            if wire.is_empty() {
                errors.at(at, "the name of a member is empty");
            }
            self.names.claim("member", &wire, name, at, errors);
            self.members.push(new(wire));
            return;
        };
        if let Some(text) = &keys.name {
            errors.at(text, "the whole payload has no name");
        }
        if let Some(first) = &self.whole {
            errors.at(token, format!("{} and {name} are both the payload: an event has one", first.name));
        }
        self.whole.get_or_insert_with(|| new(own));
    }

    fn payload(self, errors: &mut Errors) -> Payload {
        let Some(whole) = self.whole else {
            return if self.members.is_empty() { Payload::Nothing } else { Payload::Members(self.members) };
        };
        for field in self.members {
            let (name, whole) = (&field.name, &whole.name);
            errors
                .at(name, format!("{name} is no part of the event type, and {whole} is all of the payload"));
        }
        Payload::Named(whole)
    }
}

fn unknown(name: &str, fields: &Fields) -> String {
    let names = fields.iter().filter_map(|field| Some(field.ident.as_ref()?.unraw().to_string()));
    let names: Vec<String> = names.collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = match (closest(name, &known), known.as_slice()) {
        (Some(known), _) => format!("did you mean `{known}`?"),
        (None, []) => "there are none with names".to_owned(),
        (None, known) => format!("there are {}", known.join(", ")),
    };
    format!("the event type has `{{{name}}}`, which is none of the fields; {hint}")
}
