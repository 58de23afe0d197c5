//! What an exception carries: the fields of a variant or struct.

use proc_macro2::Ident;
use syn::{Fields, Type};

use super::keys::FieldKeys;
use crate::errors::Errors;
use crate::model::Claims;
use crate::parse::name_of;

/// The name that Python's exceptions have for the text that they are given as an argument.
pub(super) const MESSAGE: &str = "message";
/// The keyword argument that the code of a class is sent as.
pub(super) const CODE: &str = "code";

/// What an exception carries.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing but its text.
    Nothing,
    /// Positional arguments of these types, at least one.
    Positional(Vec<Type>),
    /// Keyword arguments.
    Named(Vec<Field>),
}

/// A field that is a keyword argument.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Ident,
    /// The name on the wire.
    pub(super) wire: String,
    pub(super) ty: Type,
    /// Whether it is the error behind this one.
    pub(super) is_cause: bool,
}

impl Content {
    /// Validates the fields; what is wrong with them is in `errors`.
    pub(super) fn new(fields: &Fields, errors: &mut Errors) -> Self {
        match fields {
            Fields::Unit => Self::Nothing,
            Fields::Unnamed(fields) => {
                for field in &fields.unnamed {
                    let keys = FieldKeys::read(&field.attrs, errors);
                    if let Some(name) = &keys.name {
                        errors.at(
                            name,
                            "a field without a name is a positional argument, which has none on the wire",
                        );
                    }
                    if let Some(cause) = keys.keys.token("cause") {
                        errors.at(
                            cause,
                            "the cause of an exception is a keyword argument: give the field a name",
                        );
                    }
                }
                let types: Vec<Type> = fields.unnamed.iter().map(|field| field.ty.clone()).collect();
                if types.is_empty() { Self::Nothing } else { Self::Positional(types) }
            }
            Fields::Named(fields) => {
                let mut named = Named::default();
                for field in &fields.named {
                    named.add(field, errors);
                }
                Self::Named(named.fields)
            }
        }
    }

    /// The keyword arguments.
    pub(super) fn fields(&self) -> &[Field] {
        if let Self::Named(fields) = self { fields } else { &[] }
    }

    /// The index of the field that is the text given to the class.
    pub(super) fn message(&self) -> Option<usize> {
        self.fields().iter().position(|field| field.wire == MESSAGE)
    }
}

#[derive(Default)]
struct Named {
    fields: Vec<Field>,
    names: Claims,
    has_cause: bool,
}

impl Named {
    fn add(&mut self, field: &syn::Field, errors: &mut Errors) {
        let Some(ident) = &field.ident else { return };
        let keys = FieldKeys::read(&field.attrs, errors);
        // It is parsed, as the compiler parses it for what it does not take yet.
        if ident == "_" {
            return errors.at(ident, "a keyword argument needs a name");
        }
        let (wire, at) = name_of(ident, keys.name.as_ref());
        if wire.is_empty() {
            errors.at(at, "the name of a keyword argument is empty");
        }
        self.names.claim("keyword argument", &wire, ident, at, errors);
        let cause = keys.keys.token("cause");
        if let Some(cause) = cause.filter(|_| self.has_cause) {
            errors.at(cause, "only one field can be the cause");
        }
        self.has_cause |= cause.is_some();
        self.fields.push(Field {
            name: ident.clone(),
            wire,
            ty: field.ty.clone(),
            is_cause: cause.is_some(),
        });
    }
}
