//! The keys of `#[notification]` on a type, and of `#[event]` on a variant, a struct and a field.

use syn::{Attribute, LitStr, Path};

use super::priority::Priority;
use crate::errors::Errors;
use crate::parse::{Keys, flag, inside, named, path, value, version_text};

/// What `#[notification(..)]` says on a type.
#[derive(Debug)]
pub(super) struct SetKeys {
    pub(super) keys: Keys,
    pub(super) topic: Option<LitStr>,
    pub(super) exchange: Option<LitStr>,
    pub(super) version: Option<LitStr>,
    pub(super) runtime: Option<Path>,
}

impl SetKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["topic", "exchange", "version", "crate"]);
        let mut this = Self { keys: keys.clone(), topic: None, exchange: None, version: None, runtime: None };
        for attribute in named(attributes, "notification") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "topic" => this.topic = Some(value(key, input)?),
                    "exchange" => this.exchange = Some(value(key, input)?),
                    "version" => this.version = Some(version_text(key, input)?),
                    _ => this.runtime = Some(path(key, input)?),
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}

/// What `#[event(..)]` says on a variant or a struct.
#[derive(Debug)]
pub(super) struct EventKeys {
    pub(super) keys: Keys,
    pub(super) event_type: Option<LitStr>,
    pub(super) priority: Option<Priority>,
    pub(super) since: Option<LitStr>,
}

impl EventKeys {
    /// Reads the keys of which `known` make sense in this place.
    pub(super) fn read(
        attributes: &[Attribute],
        known: &'static [&'static str],
        errors: &mut Errors,
    ) -> Self {
        let mut keys = Keys::new(known);
        let mut this = Self { keys: keys.clone(), event_type: None, priority: None, since: None };
        for attribute in named(attributes, "event") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "type" => this.event_type = Some(value(key, input)?),
                    "priority" => this.priority = Some(value(key, input)?),
                    "since" => this.since = Some(version_text(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}

/// What `#[event(..)]` says on a field.
#[derive(Debug)]
pub(super) struct FieldKeys {
    pub(super) keys: Keys,
    pub(super) name: Option<LitStr>,
}

impl FieldKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        refuse(attributes, "notification", "goes on the type", errors);
        let mut keys = Keys::new(&["payload", "name"]);
        let mut name = None;
        for attribute in named(attributes, "event") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "name" => name = Some(value(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, name }
    }
}

/// Refuses our attributes of that name, which have another place.
pub(super) fn refuse(attributes: &[Attribute], name: &str, place: &str, errors: &mut Errors) {
    for attribute in named(attributes, name) {
        errors.at(attribute.path(), format!("#[{name}] {place}"));
    }
}
