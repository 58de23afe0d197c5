//! The validated exceptions of a type.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Path, Type};

use super::keys::{ExceptionKeys, field_name};
use crate::errors::Errors;
use crate::model::{Claims, class_name, module_name};
use crate::parse::{name_of, runtime};

/// An error type and the exceptions that its values are.
#[derive(Debug)]
pub(super) struct Exceptions {
    pub(super) name: Ident,
    pub(super) is_generic: bool,
    /// The path of the runtime crate.
    pub(super) runtime: Path,
    pub(super) variants: Vec<Exception>,
    /// The variant that takes every other exception as it came.
    pub(super) other: Option<TokenStream>,
}

/// A variant, or the struct itself, with its Python class.
#[derive(Debug)]
pub(super) struct Exception {
    /// The variant, or the struct.
    pub(super) name: Ident,
    /// `Self` or `Self::Variant`.
    pub(super) path: TokenStream,
    pub(super) module: String,
    pub(super) class: String,
    pub(super) content: Content,
}

/// What an exception carries.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing but its message.
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
}

impl Exceptions {
    /// Validates a type; what is wrong with it is in `errors`.
    pub(super) fn new(item: &DeriveInput, errors: &mut Errors) -> Self {
        if item.generics.lt_token.is_some() {
            errors.at(
                &item.generics,
                "an exception cannot be generic: its class says nothing of type parameters",
            );
        }
        let known: &[&str] = match &item.data {
            Data::Struct(_) => &["module", "class", "crate"],
            _ => &["module", "crate"],
        };
        let keys = ExceptionKeys::read(&item.attrs, known, errors);
        let mut exceptions = Self {
            name: item.ident.clone(),
            is_generic: item.generics.lt_token.is_some(),
            runtime: runtime(keys.runtime.clone()),
            variants: Vec::new(),
            other: None,
        };
        match &item.data {
            Data::Struct(data) => {
                let place = Place { path: quote!(Self), name: &item.ident, attributes: &[] };
                exceptions.variants.push(place.exception(&keys, None, &data.fields, errors));
            }
            Data::Enum(data) => {
                for variant in &data.variants {
                    let name = &variant.ident;
                    let place = Place { path: quote!(Self::#name), name, attributes: &variant.attrs };
                    exceptions.add(place, keys.module.as_ref(), &variant.fields, errors);
                }
            }
            Data::Union(data) => {
                errors.at(data.union_token, "#[derive(RpcException)] goes on an enum or a struct");
            }
        }
        exceptions.check_classes(errors);
        exceptions
    }

    fn add(&mut self, place: Place<'_>, module: Option<&LitStr>, fields: &Fields, errors: &mut Errors) {
        let keys = ExceptionKeys::read(place.attributes, &["module", "class", "other"], errors);
        let Some(token) = keys.keys.token("other") else {
            self.variants.push(place.exception(&keys, module, fields, errors));
            return;
        };
        if let Some(class) = keys.module.as_ref().or(keys.class.as_ref()) {
            errors.at(class, "the `other` variant has no class: it keeps that of the remote error");
        }
        if !matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1) {
            errors.at(
                place.name,
                format!("the `other` variant holds the remote error: `{}(RemoteError)`", place.name),
            );
        }
        for field in fields {
            if let Some(name) = field_name(&field.attrs, errors) {
                errors.at(name, "the `other` variant keeps the remote error as it is: its field has no name");
            }
        }
        if self.other.is_some() {
            errors.at(token, "only one variant can take all other exceptions");
        }
        self.other = Some(place.path);
    }

    /// Two variants of one class could not be told apart.
    fn check_classes(&self, errors: &mut Errors) {
        let mut owners = HashMap::new();
        for exception in &self.variants {
            let Exception { name, module, class, .. } = exception;
            if let Some(first) = owners.insert((module, class), name) {
                errors.at(
                    name,
                    format!("{first} and {name} are both {module}.{class}: they cannot be told apart"),
                );
            }
        }
    }
}

/// Where an exception is declared.
struct Place<'a> {
    path: TokenStream,
    name: &'a Ident,
    attributes: &'a [Attribute],
}

impl Place<'_> {
    fn exception(
        self,
        keys: &ExceptionKeys,
        default_module: Option<&LitStr>,
        fields: &Fields,
        errors: &mut Errors,
    ) -> Exception {
        let name = self.name;
        let module = match keys.module.as_ref().or(default_module) {
            Some(module) => module_name(module, errors),
            None => {
                if !keys.keys.saw("module") {
                    errors.at(
                        name,
                        format!("{name} needs the Python module of its class: #[exception(module = \"..\")]"),
                    );
                }
                String::new()
            }
        };
        let class = match &keys.class {
            Some(class) => class_name(class, errors),
            None => name.unraw().to_string(),
        };
        let content = content(fields, errors);
        Exception { name: name.clone(), path: self.path, module, class, content }
    }
}

fn content(fields: &Fields, errors: &mut Errors) -> Content {
    match fields {
        Fields::Unit => Content::Nothing,
        Fields::Unnamed(fields) => {
            for field in &fields.unnamed {
                if let Some(name) = field_name(&field.attrs, errors) {
                    errors.at(
                        name,
                        "a field without a name is a positional argument, which has none on the wire",
                    );
                }
            }
            if fields.unnamed.is_empty() {
                return Content::Nothing;
            }
            Content::Positional(fields.unnamed.iter().map(|field| field.ty.clone()).collect())
        }
        Fields::Named(fields) => {
            let mut names = Claims::default();
            let mut named = Vec::new();
            for field in &fields.named {
                let Some(ident) = &field.ident else { continue };
                let renamed = field_name(&field.attrs, errors);
                let (wire, at) = name_of(ident, renamed.as_ref());
                if wire.is_empty() {
                    errors.at(at, "the name of a keyword argument is empty");
                }
                names.claim("keyword argument", &wire, ident, at, errors);
                named.push(Field { name: ident.clone(), wire, ty: field.ty.clone() });
            }
            Content::Named(named)
        }
    }
}
