//! One method of the trait.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::{
    Attribute, Expr, FnArg, LitStr, Pat, PatType, Receiver, ReceiverKind, ReturnType, Safety, Signature, Type,
};

use super::argument::{Argument, parameter_name};
use super::carried::Carried;
use super::names::{Claims, collides_with, refuse_method};
use super::{Version, destination, types};
use crate::errors::Errors;
use crate::parse::{Keys, RpcKeys, TraitMethod};

/// A method that can be called remotely.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: Ident,
    /// The name on the wire.
    pub(crate) wire: String,
    pub(crate) carried: Carried,
    pub(crate) kind: Kind,
    pub(crate) since: Version,
    /// The expression for the server that requests go to; without one any server of the topic.
    pub(crate) to: Option<Expr>,
    pub(crate) context: ContextParameter,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Type,
}

/// The first parameter, which becomes the context fields of a request.
#[derive(Debug)]
pub(crate) struct ContextParameter {
    pub(crate) name: Ident,
    /// The type as written; it has to be the interface's.
    pub(crate) ty: Type,
}

/// How a method is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Cast,
    Fanout,
}

impl Method {
    /// Validates one method. `wire_names` are those of the methods before it.
    pub(super) fn new(
        method: &TraitMethod,
        current: Option<Version>,
        wire_names: &mut Claims,
        errors: &mut Errors,
    ) -> Option<Self> {
        let before = errors.count();
        let signature = &method.signature;
        let name = &signature.ident;
        let attributes: Vec<&Attribute> =
            method.attributes.iter().filter(|attribute| attribute.path().is_ident("rpc")).collect();
        check_shape(signature, errors);
        for misplaced in method.attributes.iter().filter(|attribute| attribute.path().is_ident("arg")) {
            errors.at(misplaced, "#[arg] goes on an argument; a method takes #[rpc(..)]");
        }
        let Some(first) = attributes.first() else {
            errors.at(
                name,
                format!(
                    "mark `{name}` with #[rpc(..)] or move it out of the trait: everything in this trait \
                     can be called remotely"
                ),
            );
            return None;
        };

        let keys = RpcKeys::read(&attributes, errors);
        let kind = kind(&keys.keys, name, first, errors);
        let wire = wire_name(name, keys.name.as_ref(), wire_names, errors);
        if let Some(item) = collides_with(name) {
            errors.at(
                name,
                format!(
                    "the client has a {item} of its own: give the method another Rust name and keep its \
                     name on the wire with #[rpc(name = {wire:?})]"
                ),
            );
        }
        let since = match &keys.since {
            Some(text) => Version::read_since(text, current, errors),
            None => Some(current.unwrap_or(Version::UNKNOWN).start()),
        };
        let (context, arguments) = parameters(signature, current, since, errors);
        if let Some(to) = &keys.to {
            if kind == Some(Kind::Fanout) {
                errors.at(
                    keys.keys.token("to"),
                    "fanout sends to every server of the topic; `to` would be ignored",
                );
            }
            destination::check(to, &arguments, errors);
        }
        let returns = result_type(signature, errors);

        if errors.count() > before {
            return None;
        }
        Some(Self {
            name: name.clone(),
            wire,
            carried: Carried::of(&method.attributes),
            kind: kind?,
            since: since?,
            to: keys.to,
            context: context?,
            arguments,
            returns: returns?,
        })
    }

    /// The arguments that the client takes in the call itself.
    pub(crate) fn positional(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.default.is_none())
    }

    /// The arguments that the client sets on the request.
    pub(crate) fn settable(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.default.is_some())
    }
}

/// `async fn(&self, ..)` without anything that would make it more than one handler.
fn check_shape(signature: &Signature, errors: &mut Errors) {
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
        errors.at(generics, "rpc methods cannot be generic: there is one handler per wire name");
    }
    if let Some(clause) = &generics.where_clause {
        errors.at(clause, "rpc methods cannot be generic: there is one handler per wire name");
    }
}

fn wire_name(name: &Ident, renamed: Option<&LitStr>, taken: &mut Claims, errors: &mut Errors) -> String {
    let wire = renamed.map_or_else(|| name.unraw().to_string(), LitStr::value);
    let at: &dyn ToTokens = match renamed {
        Some(text) => text,
        None => name,
    };
    match refuse_method(&wire) {
        Some(why) => errors.at(at, why),
        None => taken.claim("wire method", &wire, name, at, errors),
    }
    wire
}

fn kind(keys: &Keys, name: &Ident, attribute: &Attribute, errors: &mut Errors) -> Option<Kind> {
    let token = |key| keys.token(key);
    match (token("call"), token("cast"), token("fanout")) {
        (Some(_), None, None) => Some(Kind::Call),
        (None, Some(_), None) => Some(Kind::Cast),
        (None, Some(_), Some(_)) => Some(Kind::Fanout),
        (Some(_), Some(cast), _) => {
            errors.at(cast, format!("{name} is sent either by `call` or by `cast`"));
            None
        }
        (Some(_), None, Some(fanout)) => {
            errors.at(fanout, "a call cannot be a fanout: nobody to wait for");
            None
        }
        (None, None, Some(fanout)) => {
            errors.at(fanout, "a fanout is a cast to every server: write #[rpc(cast, fanout)]");
            None
        }
        (None, None, None) => {
            errors.at(
                attribute.path(),
                format!("say how {name} is sent: #[rpc(call)], #[rpc(cast)] or #[rpc(cast, fanout)]"),
            );
            None
        }
    }
}

/// The context, and the arguments after it.
fn parameters(
    signature: &Signature,
    current: Option<Version>,
    since: Option<Version>,
    errors: &mut Errors,
) -> (Option<ContextParameter>, Vec<Argument>) {
    let mut typed = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    let Some(first) = typed.next() else {
        errors.at(
            &signature.ident,
            format!("the first parameter of `{}` after &self must be the context", signature.ident),
        );
        return (None, Vec::new());
    };
    let context = context(first, errors);
    let mut wire_names = Claims::default();
    let arguments = typed
        .filter_map(|parameter| Argument::new(parameter, current, since, &mut wire_names, errors))
        .collect();
    (context, arguments)
}

fn context(parameter: &PatType, errors: &mut Errors) -> Option<ContextParameter> {
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
    Some(ContextParameter { name, ty: (*parameter.ty).clone() })
}

fn result_type(signature: &Signature, errors: &mut Errors) -> Option<Type> {
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
