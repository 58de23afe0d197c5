//! The server that a method's requests go to.

use proc_macro2::Ident;
use syn::{Expr, FnArg, Pat};

use super::address::check_server;
use super::argument::Argument;
use super::expressions::{check_manager, may_use, not_there, uses_variable};
use super::source::{Declaration, Place, Source};
use crate::errors::Errors;
use crate::parse::{Derived, ManagerTrait, Parameter};

/// The `to` of a method.
#[derive(Debug)]
pub(crate) struct To {
    pub(crate) value: Expr,
    /// Whether it is that of the trait.
    pub(super) is_common: bool,
}

const INSTEAD: &str = "give it a `to` of its own, `to = any` for any server";

/// The `to` of the trait, for all methods that have none of their own.
#[derive(Debug)]
pub(super) struct CommonTo {
    pub(super) derived: Derived,
    /// Parameters of the trait's methods that it uses. Those that it declares may be among them: every method has these.
    uses: Vec<Ident>,
}

impl CommonTo {
    /// Validates what can be judged without a method.
    pub(super) fn read(derived: Derived, item: &ManagerTrait, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        check_manager("to", &derived.value, errors);
        check_server(&derived.value, errors);
        for Parameter { name, .. } in &derived.parameters {
            if !may_use(&derived.value, name) {
                errors.at(name, format!("`to` does not use {name}"));
            }
        }
        let mut this = Self { derived, uses: Vec::new() };
        for name in parameter_names(item) {
            if !this.uses.contains(name) && uses_variable(&this.derived.value, name) {
                this.uses.push(name.clone());
            }
        }
        (errors.count() == before).then_some(this)
    }

    /// Takes what it declares for a method, but what is an argument there: that is refused.
    pub(super) fn declarations(
        &self,
        method: &Ident,
        arguments: &[Argument],
        errors: &mut Errors,
    ) -> Vec<Declaration> {
        let (clashing, declarations): (Vec<_>, Vec<_>) =
            Declaration::all(&self.derived.parameters, Place::First)
                .partition(|it| arguments.iter().any(|argument| argument.name == it.parameter.name));
        for Declaration { parameter: Parameter { name, .. }, .. } in clashing {
            errors.at(
                method,
                format!("{name} is an argument of `{method}` and a parameter of the trait's `to`: {INSTEAD}"),
            );
        }
        declarations
    }

    /// Refuses a method that lacks what it uses. `declared` are the parameters of the client method that
    /// are no arguments.
    pub(super) fn check(
        &self,
        method: &Ident,
        context: Option<&Ident>,
        declared: &[&Ident],
        sources: &[(&Ident, &Source)],
        errors: &mut Errors,
    ) {
        for name in &self.uses {
            let is_argument = sources.iter().any(|(argument, _)| *argument == name);
            if !(is_argument || declared.contains(&name) || context == Some(name)) {
                errors
                    .at(method, format!("`{method}` has no {name}, which the trait's `to` uses: {INSTEAD}"));
            }
        }
        for (name, why) in not_there(&self.derived.value, sources) {
            errors.at(method, format!("the trait's `to` cannot use {name} of `{method}`: {why}; {INSTEAD}"));
        }
    }
}

/// Whether this is `to = any`.
pub(super) fn is_any(to: &Derived) -> bool {
    to.parameters.is_empty() && matches!(&to.value, Expr::Path(path) if path.path.is_ident("any"))
}

/// The names of the parameters of all methods.
fn parameter_names(item: &ManagerTrait) -> impl Iterator<Item = &Ident> {
    item.methods().flat_map(|method| &method.signature.inputs).filter_map(|input| match input {
        FnArg::Typed(parameter) => match &*parameter.pat {
            Pat::Ident(pat) => Some(&pat.ident),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    })
}
