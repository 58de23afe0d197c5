//! One wire argument of a method.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{Attribute, Expr, LitStr, Pat, PatType, Type};

use super::names::{Claims, refuse_argument};
use super::{Version, types};
use crate::errors::Errors;
use crate::parse::{ArgKeys, Old};

/// An argument that travels.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Ident,
    /// The name on the wire.
    pub(crate) wire: String,
    pub(crate) ty: Type,
    /// Whether the type is spelled as `String`: its client parameter takes everything that is text.
    pub(crate) is_string: bool,
    pub(crate) late: Option<Late>,
    pub(crate) default: Option<Default>,
}

/// That an argument came after its method.
#[derive(Debug)]
pub(crate) struct Late {
    pub(crate) since: Version,
    pub(crate) old: Old,
}

/// What the server takes for an absent argument and the client sends unless told otherwise.
#[derive(Debug)]
pub(crate) enum Default {
    /// The type's own.
    OfType,
    /// A text, for any type that can be made from one.
    Text(LitStr),
    /// An expression of the argument's type.
    Value(Box<Expr>),
}

/// The plain name of a parameter, which is its name on the wire.
pub(super) fn parameter_name<'a>(parameter: &'a PatType, errors: &mut Errors) -> Option<&'a Ident> {
    match &*parameter.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        other => {
            errors.at(other, "rpc arguments need a plain name: it is the name on the wire");
            None
        }
    }
}

impl Argument {
    /// Validates one parameter after the context. `current` and `method_since` are the versions of
    /// the interface and of the method, if these are valid.
    pub(super) fn new(
        parameter: &PatType,
        current: Option<Version>,
        method_since: Option<Version>,
        wire_names: &mut Claims,
        errors: &mut Errors,
    ) -> Option<Self> {
        let before = errors.count();
        let attributes: Vec<&Attribute> =
            parameter.attrs.iter().filter(|attribute| attribute.path().is_ident("arg")).collect();
        for other in parameter.attrs.iter().filter(|attribute| !attribute.path().is_ident("arg")) {
            errors.at(other, refused_attribute(other));
        }
        let keys = ArgKeys::read(&attributes, errors);
        types::check(&parameter.ty, "arguments", errors);
        let name = parameter_name(parameter, errors)?;
        let wire = wire_name(name, keys.name.as_ref(), wire_names, errors);
        let default = match keys.default {
            Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => Some(Default::Text(text)),
            Some(value) => Some(Default::Value(Box::new(value))),
            None => keys.keys.saw("default").then_some(Default::OfType),
        };
        let late = match (keys.since, keys.old) {
            (Some(since), Some(old)) => {
                later_than(method_since, &since, name, current, errors).map(|since| Late { since, old })
            }
            (Some(since), None) if !keys.keys.saw("old") => {
                let since = since.value();
                errors.at(
                    keys.keys.token("since"),
                    format!(
                        "say what a client pinned below {since} does with {name}: old = drop, \
                         old = error_if_set or old = with(function)"
                    ),
                );
                None
            }
            (None, _) if keys.keys.saw("old") && !keys.keys.saw("since") => {
                errors.at(
                    keys.keys.token("old"),
                    "`old` needs `since`: the version that the argument came with",
                );
                None
            }
            _ => None,
        };
        (errors.count() == before).then(|| Self {
            name: name.clone(),
            wire,
            ty: (*parameter.ty).clone(),
            is_string: types::is_string(&parameter.ty),
            late,
            default,
        })
    }
}

fn refused_attribute(attribute: &Attribute) -> &'static str {
    if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
        "an argument cannot be conditional: put #[cfg] on the method"
    } else if attribute.path().is_ident("rpc") {
        "#[rpc] goes on the method; an argument takes #[arg(..)]"
    } else {
        "an rpc argument takes no attribute but #[arg(..)]"
    }
}

fn wire_name(name: &Ident, renamed: Option<&LitStr>, taken: &mut Claims, errors: &mut Errors) -> String {
    let wire = renamed.map_or_else(|| name.unraw().to_string(), LitStr::value);
    let at: &dyn ToTokens = match renamed {
        Some(text) => text,
        None => name,
    };
    match refuse_argument(&wire) {
        Some(why) => errors.at(at, why),
        None => taken.claim("wire argument", &wire, name, at, errors),
    }
    wire
}

/// Checks that an argument came after its method.
fn later_than(
    method: Option<Version>,
    text: &LitStr,
    name: &Ident,
    current: Option<Version>,
    errors: &mut Errors,
) -> Option<Version> {
    let since = Version::read_since(text, current, errors)?;
    match method {
        Some(method) if since < method => {
            errors.at(text, format!("argument {name} cannot be older ({since}) than its method ({method})"));
            None
        }
        Some(method) if since == method => {
            errors.at(
                text,
                format!("argument {name} came with its method in {method}: drop `since` and `old`"),
            );
            None
        }
        _ => Some(since),
    }
}
