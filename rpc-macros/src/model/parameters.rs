//! The parameters of a client method: arguments, and what `to`, `from` and `legacy` declare.

use proc_macro2::Ident;
use syn::{Expr, Type};

use super::argument::Argument;
use super::expressions::may_use;
use super::source::{Declaration, Place, Source};
use super::types::source_text;
use crate::errors::Errors;
use crate::parse::Parameter;

/// One parameter of a client method.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ClientParameter<'a> {
    /// One that `to`, `from` or `legacy` declares.
    Declared(&'a Declared),
    /// An argument, by its own name and type.
    Argument(&'a Argument),
}

/// A parameter that `to`, `from` or `legacy` declares. Those of one name are one parameter.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    /// That of the first that declares it.
    place: Place,
}

impl Declared {
    /// One parameter for each name, in the order of their declarations. `used` are the
    /// expressions that can use them, if all are known.
    pub(super) fn collect(
        declarations: Vec<Declaration>,
        context: Option<&Ident>,
        arguments: &[Argument],
        used: Option<&[&Expr]>,
        errors: &mut Errors,
    ) -> Vec<Self> {
        let mut declared: Vec<Self> = Vec::new();
        for Declaration { parameter: Parameter { name, ty }, place } in declarations {
            if context == Some(&name) {
                errors.at(&name, format!("client parameter {name} has the name of the context"));
                continue;
            }
            if let Some(first) = declared.iter().find(|first| first.name == name) {
                let (first, second) = (source_text(&first.ty), source_text(&ty));
                if first != second {
                    errors.at(&ty, format!("client parameter {name} is declared as {first} and as {second}"));
                }
                continue;
            }
            let argument = arguments.iter().find(|argument| argument.name == name);
            if let (Place::First, Some(argument)) = (&place, argument) {
                refuse_merge(&name, &ty, argument, errors);
            }
            let is_used = |used: &[&Expr]| used.iter().any(|value| may_use(value, &name));
            if argument.is_none() && !used.is_none_or(is_used) {
                errors.at(&name, format!("client parameter {name} is never sent and routes nothing"));
            }
            declared.push(Self { name, ty, place });
        }
        declared
    }

    /// Lets the parameters that `from` declares stand for the arguments of their names.
    pub(super) fn merge(declared: &[Self], arguments: &mut [Argument]) {
        for argument in arguments {
            let is_declared = declared.iter().any(|parameter| parameter.name == argument.name);
            if let (true, Source::Parameter | Source::Setter) = (is_declared, &argument.source) {
                argument.source = Source::Declared;
            }
        }
    }

    /// First those of `to`, then the arguments, a declared parameter in the place of the first
    /// argument that has to do with it, then those of `legacy`.
    pub(super) fn in_order<'a>(declared: &'a [Self], arguments: &'a [Argument]) -> Vec<ClientParameter<'a>> {
        let (first, mut others): (Vec<&Self>, Vec<&Self>) =
            declared.iter().partition(|parameter| parameter.place == Place::First);
        let mut parameters: Vec<_> = first.into_iter().map(ClientParameter::Declared).collect();
        for argument in arguments {
            let is_here = |parameter: &&Self| {
                let is_of = matches!(&parameter.place, Place::At(name) if *name == argument.name);
                is_of || parameter.name == argument.name
            };
            let (here, later) = others.into_iter().partition(is_here);
            others = later;
            parameters.extend(here.into_iter().map(ClientParameter::Declared));
            if let Source::Parameter = argument.source {
                parameters.push(ClientParameter::Argument(argument));
            }
        }
        parameters.extend(others.into_iter().map(ClientParameter::Declared));
        parameters
    }
}

/// Two values, or one for both? Nothing would say which.
fn refuse_merge(name: &Ident, ty: &Type, argument: &Argument, errors: &mut Errors) {
    let ty = source_text(ty);
    let why = format!(
        "{name} is a parameter of `to` and an argument: call one of them something else if they are two values; if \
         they are one, `to` has the argument already, and another type for it is said there: \
         #[arg(from({name}: {ty}) = ..)]"
    );
    errors.at(name, &why);
    errors.at(&argument.name, &why);
}
