//! The keys of `#[exception]` on a type, a variant and a field.

use syn::{Attribute, LitStr, Path};

use crate::errors::Errors;
use crate::parse::{Keys, flag, inside, named, path, value};

/// What `#[exception(..)]` says on a type or a variant.
#[derive(Debug)]
pub(super) struct ExceptionKeys {
    pub(super) keys: Keys,
    pub(super) module: Option<LitStr>,
    pub(super) class: Option<LitStr>,
    pub(super) runtime: Option<Path>,
}

impl ExceptionKeys {
    /// Reads the keys of which `known` make sense in this place.
    pub(super) fn read(
        attributes: &[Attribute],
        known: &'static [&'static str],
        errors: &mut Errors,
    ) -> Self {
        let mut keys = Keys::new(known);
        let (mut module, mut class, mut runtime) = (None, None, None);
        for attribute in named(attributes, "exception") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "module" => module = Some(value(key, input)?),
                    "class" => class = Some(value(key, input)?),
                    "crate" => runtime = Some(path(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, module, class, runtime }
    }
}

/// The `name` of a field.
pub(super) fn field_name(attributes: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut keys = Keys::new(&["name"]);
    let mut name = None;
    for attribute in named(attributes, "exception") {
        keys.read(inside(attribute, errors), errors, |key, input| {
            name = Some(value(key, input)?);
            Ok(())
        });
    }
    name
}
