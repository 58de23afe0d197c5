//! The keys of `#[exception]` on a type, a variant and a field.

use syn::{Attribute, LitInt, LitStr, Path};

use crate::errors::Errors;
use crate::parse::{Keys, flag, inside, named, path, value};

/// What `#[exception(..)]` says on a type or a variant.
#[derive(Debug)]
pub(super) struct ExceptionKeys {
    pub(super) keys: Keys,
    pub(super) module: Option<LitStr>,
    pub(super) class: Option<LitStr>,
    pub(super) message: Option<LitStr>,
    pub(super) code: Option<LitInt>,
    pub(super) runtime: Option<Path>,
}

impl ExceptionKeys {
    /// Reads the keys of which `known` make sense in this place.
    pub(super) fn read(
        attributes: &[Attribute],
        known: &'static [&'static str],
        errors: &mut Errors,
    ) -> Self {
        let mut read = Self {
            keys: Keys::new(known),
            module: None,
            class: None,
            message: None,
            code: None,
            runtime: None,
        };
        let Self { keys, module, class, message, code, runtime } = &mut read;
        for attribute in named(attributes, "exception") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "module" => *module = Some(value(key, input)?),
                    "class" => *class = Some(value(key, input)?),
                    "message" => *message = Some(value(key, input)?),
                    "code" => *code = Some(value(key, input)?),
                    "crate" => *runtime = Some(path(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        read
    }
}

/// What `#[exception(..)]` says on a field.
#[derive(Debug)]
pub(super) struct FieldKeys {
    pub(super) keys: Keys,
    pub(super) name: Option<LitStr>,
}

impl FieldKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["name", "cause"]);
        let mut name = None;
        for attribute in named(attributes, "exception") {
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
