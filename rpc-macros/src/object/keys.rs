//! The keys of `#[object]` on a struct and on a field.

use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, LitStr, Path, Token};

use crate::errors::Errors;
use crate::parse::{Keys, WasKey, flag, inside, named, path, value, version_text, was};

/// What `#[object(..)]` says on a struct.
#[derive(Debug)]
pub(super) struct ObjectKeys {
    pub(super) keys: Keys,
    pub(super) project: Option<Path>,
    pub(super) version: Option<LitStr>,
    pub(super) name: Option<LitStr>,
    pub(super) unknown: Option<Unknown>,
    pub(super) downgrade: Option<Path>,
    pub(super) runtime: Option<Path>,
}

impl ObjectKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["project", "version", "name", "unknown", "dict", "downgrade", "crate"]);
        let mut this = Self {
            keys: keys.clone(),
            project: None,
            version: None,
            name: None,
            unknown: None,
            downgrade: None,
            runtime: None,
        };
        for attribute in named(attributes, "object") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "project" => this.project = Some(path(key, input)?),
                    "version" => this.version = Some(version_text(key, input)?),
                    "name" => this.name = Some(value(key, input)?),
                    "unknown" => this.unknown = Some(value(key, input)?),
                    "downgrade" => this.downgrade = Some(path(key, input)?),
                    "crate" => this.runtime = Some(path(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}

/// What becomes of the fields that a peer sends and the struct does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// `keep`: they go out with the object again.
    Keep,
    /// `drop`: they are read over.
    Drop,
}

impl Parse for Unknown {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let policy = input.parse::<Ident>()?;
        match policy.to_string().as_str() {
            "keep" => Ok(Self::Keep),
            "drop" => Ok(Self::Drop),
            _ => Err(syn::Error::new(
                policy.span(),
                format!("unknown policy `{policy}`; use `keep` or `drop`"),
            )),
        }
    }
}

/// What `#[object(..)]` says on a field.
#[derive(Debug)]
pub(super) struct FieldKeys {
    pub(super) keys: Keys,
    pub(super) name: Option<LitStr>,
    pub(super) since: Option<LitStr>,
    pub(super) until: Option<LitStr>,
    pub(super) was: Option<WasKey>,
    /// The value of `default = ..`; `default` alone leaves it empty.
    pub(super) default: Option<Expr>,
}

impl FieldKeys {
    pub(super) fn read(attributes: &[Attribute], errors: &mut Errors) -> Self {
        let mut keys = Keys::new(&["name", "since", "until", "was", "default", "origin"]);
        let mut this =
            Self { keys: keys.clone(), name: None, since: None, until: None, was: None, default: None };
        for attribute in named(attributes, "object") {
            keys.read(inside(attribute, errors), errors, |key, input| {
                match key.to_string().as_str() {
                    "name" => this.name = Some(value(key, input)?),
                    "since" => this.since = Some(version_text(key, input)?),
                    "until" => this.until = Some(version_text(key, input)?),
                    "was" => this.was = Some(was(key, input)?),
                    "default" if input.peek(Token![=]) => this.default = Some(value(key, input)?),
                    _ => flag(key, input)?,
                }
                Ok(())
            });
        }
        Self { keys, ..this }
    }
}
