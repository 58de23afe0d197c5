//! The signature of a method, arguments left out.

use proc_macro2::{Ident, Span};
use syn::{Pat, PatType, Receiver, ReceiverKind, ReturnType, Safety, Signature, Type};

use super::types;
use crate::errors::Errors;

/// `async fn(&self, ..)` without anything that would make it more than one handler.
pub(super) fn check(signature: &Signature, errors: &mut Errors) {
    let shape = "rpc methods are `async fn(&self, ctx, ..)`: handlers run concurrently";
    if signature.asyncness.is_none() {
        errors.at(signature.fn_token, shape);
    }
    match signature.receiver() {
        Some(Receiver { kind: ReceiverKind::Reference(_, None, None), .. }) => {}
        Some(receiver) => errors.at(receiver, shape),
        None if signature.asyncness.is_some() => errors.at(&signature.ident, shape),
        None => {}
    }
    if let Some(constness) = signature.constness {
        errors.at(constness, shape);
    }
    if let Safety::Unsafe(token) = signature.safety {
        errors.at(token, "rpc methods cannot be unsafe: their callers are on other machines");
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, shape);
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, shape);
    }
    let generics = &signature.generics;
    if !generics.params.is_empty() {
        errors.at(generics, types::GENERIC);
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, types::GENERIC);
    }
}

/// The first parameter, which becomes the context fields of a request.
#[derive(Debug)]
pub(crate) struct ContextParameter {
    pub(crate) name: Ident,
    /// The type as written; it has to be the interface's.
    pub(crate) ty: Type,
}

impl ContextParameter {
    /// Validates the first parameter.
    pub(super) fn new(parameter: &PatType, errors: &mut Errors) -> Option<Self> {
        if let Some(attribute) = parameter.attrs.first() {
            errors.at(
            attribute,
            "the first parameter after &self is the context, which is no argument and takes no attributes",
        );
        }
        if let Type::Reference(reference) = &*parameter.ty {
            errors.at(reference, "the context is decoded for each request: take it by value");
        }
        let name = match &*parameter.pat {
            // It does not travel, so it needs no name of its own.
            Pat::Wild(_) => Ident::new("ctx", Span::mixed_site()),
            _ => parameter_name(parameter, errors)?.clone(),
        };
        Some(Self { name, ty: (*parameter.ty).clone() })
    }
}

/// The plain name of a parameter, which is its name on the wire.
pub(super) fn parameter_name<'a>(parameter: &'a PatType, errors: &mut Errors) -> Option<&'a Ident> {
    match &*parameter.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        other => {
            errors.at(
                other,
                "rpc arguments need a plain name: it is the name on the wire (for a keyword write `r#ref`, or \
                 another name and #[arg(name = \"ref\")])",
            );
            None
        }
    }
}

/// The type of the result.
pub(super) fn result_type(signature: &Signature, errors: &mut Errors) -> Option<Type> {
    match &signature.output {
        ReturnType::Default => {
            let name = &signature.ident;
            errors.at(name, format!("`{name}` returns nothing: rpc methods return `Result<T, E>`"));
            None
        }
        ReturnType::Type(_, ty) => {
            types::check(ty, "results", errors);
            Some((**ty).clone())
        }
    }
}
