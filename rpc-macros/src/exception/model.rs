//! The validated exceptions of a type.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, LitInt, LitStr, Path, Type};

use super::content::{CODE, Content};
use super::keys::{ExceptionKeys, FieldKeys};
use super::template::Template;
use crate::errors::Errors;
use crate::model::{class_name, module_name};
use crate::parse::runtime;

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
    /// Whether the texts are here, so that the type gets its `Display` from them.
    pub(super) has_texts: bool,
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
    /// The text of the class, if it was given.
    pub(super) message: Option<String>,
    /// The same as what Python formats.
    pub(super) template: Option<Template>,
    /// The HTTP status that the class stands for.
    pub(super) code: Option<u16>,
}

impl Exception {
    /// The field whose text takes the place of that of the class.
    pub(super) fn own_text(&self) -> Option<&Ident> {
        let (template, at) = (self.template.as_ref()?, self.content.message()?);
        template.around(at).is_none().then(|| &self.content.fields()[at].name)
    }
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
            Data::Struct(_) => &["module", "class", "message", "code", "crate"],
            _ => &["module", "code", "crate"],
        };
        let keys = ExceptionKeys::read(&item.attrs, known, errors);
        let mut exceptions = Self {
            name: item.ident.clone(),
            is_generic: item.generics.lt_token.is_some(),
            runtime: runtime(keys.runtime.clone()),
            variants: Vec::new(),
            other: None,
            has_texts: false,
        };
        match &item.data {
            Data::Struct(data) => {
                let place = Place { path: quote!(Self), name: &item.ident, attributes: &[] };
                exceptions.variants.push(place.exception(&keys, &Shared::default(), &data.fields, errors));
            }
            Data::Enum(data) => {
                let code = keys.code.as_ref().and_then(|code| status(code, errors));
                let shared = Shared { module: keys.module.as_ref(), code };
                for variant in &data.variants {
                    let name = &variant.ident;
                    let place = Place { path: quote!(Self::#name), name, attributes: &variant.attrs };
                    exceptions.add(place, &shared, &variant.fields, errors);
                }
            }
            Data::Union(data) => {
                errors.at(data.union_token, "#[derive(RpcException)] goes on an enum or a struct");
            }
        }
        exceptions.check_classes(errors);
        exceptions.check_texts(errors);
        exceptions
    }

    fn add(&mut self, place: Place<'_>, shared: &Shared<'_>, fields: &Fields, errors: &mut Errors) {
        let known = &["module", "class", "message", "code", "other"];
        let keys = ExceptionKeys::read(place.attributes, known, errors);
        let Some(token) = keys.keys.token("other") else {
            self.variants.push(place.exception(&keys, shared, fields, errors));
            return;
        };
        let texts = [&keys.module, &keys.class, &keys.message].map(|text| text.as_ref().map(LitStr::token));
        let code = keys.code.as_ref().map(LitInt::token);
        if let Some(key) = texts.into_iter().chain([code]).flatten().next() {
            errors.at(key, "the `other` variant has no class: it keeps that of the remote error");
        }
        if !matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1) {
            errors.at(
                place.name,
                format!("the `other` variant holds the remote error: `{}(RemoteError)`", place.name),
            );
        }
        for field in fields {
            let keys = FieldKeys::read(&field.attrs, errors);
            let (name, cause) = (keys.name.as_ref().map(LitStr::token), keys.keys.token("cause"));
            if let Some(key) = name.map(TokenTree::from).or_else(|| cause.cloned().map(TokenTree::from)) {
                errors.at(key, "the `other` variant keeps the remote error as it is: its field has no keys");
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

    /// The texts of a type are all here or all elsewhere.
    fn check_texts(&mut self, errors: &mut Errors) {
        self.has_texts = self.variants.iter().any(|exception| exception.template.is_some());
        let has_text = |exception: &&Exception| {
            exception.template.is_some() || matches!(exception.content, Content::Positional(_))
        };
        for exception in self.variants.iter().filter(|exception| self.has_texts && !has_text(exception)) {
            let name = &exception.name;
            errors.at(
                name,
                format!(
                    "{name} needs the text of its class, as others here have: #[exception(message = \"..\")]"
                ),
            );
        }
    }
}

/// What the variants of an enum have in common.
#[derive(Default)]
struct Shared<'a> {
    module: Option<&'a LitStr>,
    code: Option<u16>,
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
        shared: &Shared<'_>,
        fields: &Fields,
        errors: &mut Errors,
    ) -> Exception {
        let name = self.name;
        let module = match keys.module.as_ref().or(shared.module) {
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
        let content = Content::new(fields, errors);
        let code = code(keys, shared, &content, errors);
        let template = keys.message.as_ref().map(|text| template(text, &content, code, errors));
        check_message(template.as_ref(), &content, errors);
        let message = keys.message.as_ref().map(LitStr::value);
        Exception { name: name.clone(), path: self.path, module, class, content, message, template, code }
    }
}

fn template(text: &LitStr, content: &Content, code: Option<u16>, errors: &mut Errors) -> Template {
    if let Content::Positional(_) = content {
        errors.at(
            text,
            "positional arguments are the text themselves, and have no names to be called by in another",
        );
        return Template::default();
    }
    Template::new(text, content.fields(), code, errors)
}

/// A text that the class is given goes into its template, or takes its place.
fn check_message(template: Option<&Template>, content: &Content, errors: &mut Errors) {
    let (Some(template), Some(at)) = (template, content.message()) else { return };
    let ty = &content.fields()[at].ty;
    if template.around(at).is_none() && !is_option(ty) {
        errors.at(
            ty,
            "a `message` that is not in the text of the class takes its place: make it an `Option`, \
             or write `%(message)s` in the text",
        );
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// The class's own code or that of the enum.
fn code(keys: &ExceptionKeys, shared: &Shared<'_>, content: &Content, errors: &mut Errors) -> Option<u16> {
    let field = content.fields().iter().find(|field| field.wire == CODE);
    let Some(own) = &keys.code else {
        // Classes of another module, such as those of Python itself, have no code, or another one.
        return shared.code.filter(|_| keys.module.is_none() && field.is_none());
    };
    if let Some(field) = field {
        errors.at(&field.name, "the class has a code already, which is sent under this name");
    }
    status(own, errors)
}

/// An HTTP status.
fn status(code: &LitInt, errors: &mut Errors) -> Option<u16> {
    match code.base10_parse() {
        Ok(status @ 100..=599) => Some(status),
        _ => {
            errors.at(code, "a code is an HTTP status, from 100 to 599");
            None
        }
    }
}
