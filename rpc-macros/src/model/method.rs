//! One method of the trait.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::{Attribute, Expr, FnArg, Path, Signature, Type};

use super::address::check_server;
use super::argument::{Argument, Scope};
use super::carried::Carried;
use super::conditions::Condition;
use super::destination::{CommonTo, To, is_any};
use super::generated::{collides_with, constant_of};
use super::kind::Kind;
use super::late::Late;
use super::life::Life;
use super::older::{Downgrade, Legacy, Was};
use super::parameters::{ClientParameter, Declared};
use super::profiles::Profiles;
use super::signature::ContextParameter;
use super::source::{Declaration, Default, Place, Source};
use super::undeclared::undeclared;
use super::versions::Versions;
use super::wire_names::WireNames;
use super::{expressions, signature, types};
use crate::errors::Errors;
use crate::parse::{Old, Profile, RpcKeys, TraitMethod, is_arg, is_helper, is_rpc};

/// How many different `#[cfg]`s the arguments of a method may have: the handler has a branch for
/// every combination.
const CONDITIONS: usize = 4;

/// A method that can be called remotely.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: Ident,
    /// The name on the wire.
    pub(crate) wire: String,
    pub(crate) was: Option<Was>,
    pub(crate) carried: Carried,
    pub(crate) kind: Kind,
    pub(crate) life: Life,
    /// The server that requests go to; without one any server of the topic.
    pub(crate) to: Option<To>,
    pub(crate) route: Option<Path>,
    pub(crate) context: ContextParameter,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) legacy: Vec<Legacy>,
    /// The parameters of the client method that `to` and `from` declare.
    declared: Vec<Declared>,
    pub(crate) profile: Profile,
    pub(crate) downgrade: Option<Downgrade>,
    pub(crate) is_manual: bool,
    /// Whether the client takes its parameters by their names.
    pub(crate) is_by_name: bool,
    pub(crate) returns: Type,
}

/// What a method is validated against.
pub(super) struct TraitScope<'a> {
    pub(super) versions: &'a Versions,
    /// Whether the trait has a route.
    pub(super) is_routed: bool,
    /// Where methods go that do not say it themselves.
    pub(super) to: Option<&'a CommonTo>,
    pub(super) profiles: &'a mut Profiles,
    /// From how many parameters on methods are called by their names.
    pub(super) by_name: Option<usize>,
    /// The names on the wire of the methods before.
    pub(super) wire_names: WireNames,
}

impl Method {
    /// Validates one method.
    pub(super) fn new(method: &TraitMethod, scope: &mut TraitScope<'_>, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let signature = &method.signature;
        let name = &signature.ident;
        let attributes: Vec<&Attribute> =
            method.attributes.iter().filter(|attribute| is_rpc(attribute)).collect();
        signature::check(signature, errors);
        let mut conditional =
            method.attributes.iter().filter(|it| is_helper(it) && !is_rpc(it) && !is_arg(it)).peekable();
        let is_conditional = conditional.peek().is_some();
        for conditional in conditional {
            errors.at(conditional, "an #[rpc] or #[arg] cannot be conditional: put #[cfg] on the method");
        }
        for misplaced in method.attributes.iter().filter(|attribute| is_arg(attribute)) {
            errors.at(misplaced, "#[arg] goes on an argument; a method takes #[rpc(..)]");
        }
        let Some(first) = attributes.first() else {
            if is_conditional {
                return None;
            }
            errors.at(
                name,
                format!(
                    "mark `{name}` with #[rpc(..)] or move it out of the trait: everything in this trait \
                     can be called remotely"
                ),
            );
            return None;
        };

        let mut keys = RpcKeys::read(&attributes, errors);
        let kind = Kind::read(&keys.keys, name, first, errors);
        let misnamed = errors.count();
        let wire = scope.wire_names.take_own(name, keys.name.as_ref(), errors);
        // A name that it cannot keep on the wire is no name to give advice about.
        let misnamed = errors.count() > misnamed;
        let is_manual = keys.keys.saw("manual");
        if let Some(item) = collides_with(name).filter(|_| !is_manual && !misnamed) {
            errors.at(
                name,
                format!(
                    "the client has a {item} of its own: give the method another Rust name and keep its \
                     name on the wire with #[rpc(name = {wire:?})]"
                ),
            );
        }
        let (versions, by_name) = (scope.versions, scope.by_name);
        let life = Life::read(&keys, versions, errors);
        let bounds = life.as_ref().map(Life::bounds).unwrap_or_default();
        let was = keys
            .was
            .as_ref()
            .and_then(|was| Was::read(was, versions, bounds, name, &mut scope.wire_names, errors));
        if let Some(kind) = kind {
            let is_routed = scope.is_routed || keys.route.is_some();
            kind.check(&keys.keys, is_routed, errors);
        }

        let profile = scope.profiles.of_method(&keys, kind, errors);

        let mut names = WireNames::of_arguments();
        // Where every server gets it, and where the caller says it, there is no one destination.
        let is_sent_to_one = !is_manual && kind != Some(Kind::Fanout);
        let common = scope.to.filter(|_| is_sent_to_one && !keys.keys.saw("to"));
        let own = keys.to.take().filter(|to| !is_any(to));
        if let Some(to) = &own {
            check_server(&to.value, errors);
        }
        let of_to = own.as_ref().map(|to| &to.parameters[..]).unwrap_or_default();
        let mut declarations: Vec<_> = Declaration::all(of_to, Place::First).collect();
        let scope = Scope { versions, life: life.as_ref(), wire_names: &mut names };
        let (context, mut arguments) = parameters(signature, scope, &mut declarations, errors);
        if let Some(common) = common {
            declarations.splice(0..0, common.declarations(name, &arguments, errors));
        }
        let to = own.or(common.map(|common| common.derived.clone()));
        let to = to.map(|to| To { value: to.value, is_common: common.is_some() });
        for (_, value) in keys.legacy.iter().flat_map(|legacy| &legacy.arguments) {
            declarations.extend(Declaration::all(&value.parameters, Place::Last));
        }
        let legacy = Legacy::read(&keys.legacy, versions, bounds, &mut names, errors);
        let downgrade =
            keys.downgrade.as_ref().and_then(|key| Downgrade::read(key, versions, bounds, errors));
        if conditions(&arguments).len() > CONDITIONS {
            errors.at(name, format!("`{name}` has more than {CONDITIONS} conditions among its arguments"));
        }
        if is_manual {
            check_manual(&keys, &arguments, errors);
        }
        if kind == Some(Kind::CallOrCast) {
            check_setters(&arguments, errors);
        }
        let context_name = context.as_ref().map(|context| &context.name);
        let used: Vec<&Expr> =
            values(to.as_ref(), &arguments, &legacy).map(|value| value.expression).collect();
        // An argument with an error is not among them.
        let is_complete = arguments.len() + 2 == signature.inputs.len();
        let used = is_complete.then_some(&used[..]);
        let declared = Declared::collect(declarations, context_name, &arguments, used, errors);
        Declared::merge(&declared, &mut arguments);
        // A declared parameter is what its name stands for, even in the `from` of an argument of that name.
        let is_declared = |name: &Ident| declared.iter().any(|parameter| parameter.name == *name);
        for argument in arguments.iter().filter(|argument| argument.is_required) {
            if is_declared(&argument.name) {
                errors.at(
                    &argument.name,
                    format!("{} is given as it is declared in another key: remove `required`", argument.name),
                );
            }
        }
        let sources: Vec<_> = arguments
            .iter()
            .map(|argument| (&argument.name, &argument.source))
            .filter(|(name, _)| !is_declared(name))
            .collect();
        for Value { key, of, expression } in
            values(to.as_ref().filter(|to| !to.is_common), &arguments, &legacy)
        {
            expressions::check(key, of, expression, &sources, errors);
        }
        check_constants(context_name, &arguments, &declared, errors);
        if is_complete {
            check_legacy(&legacy, context_name, &arguments, &declared, errors);
        }
        if let Some(common) = common {
            let others: Vec<&Ident> = declared.iter().map(|declared| &declared.name).collect();
            common.check(name, context_name, &others, &sources, errors);
        }
        let parameters = Declared::in_order(&declared, &arguments).len();
        if let (0, Some(key)) = (parameters, keys.keys.token("by_name")) {
            errors.at(key, format!("`{name}` has no parameters that could be given by their names"));
        }
        // A parameter of a type cannot be conditional.
        let is_whole = conditions(&arguments).is_empty();
        if let (false, Some(key)) = (is_whole, keys.keys.token("by_name")) {
            errors.at(key, format!("`{name}` has a conditional argument: put the #[cfg] on the method"));
        }
        let is_by_name =
            keys.keys.saw("by_name") || is_whole && by_name.is_some_and(|least| parameters >= least);
        let returns = signature::result_type(signature, errors);

        if errors.count() > before {
            return None;
        }
        Some(Self {
            name: name.clone(),
            wire,
            was,
            carried: Carried::of(&method.attributes),
            kind: kind?,
            life: life?,
            to,
            route: keys.route,
            context: context?,
            arguments,
            legacy,
            declared,
            profile,
            downgrade,
            is_manual,
            is_by_name: is_by_name && !is_manual,
            returns: returns?,
        })
    }

    /// The parameters of the client method, in its order.
    pub(crate) fn parameters(&self) -> Vec<ClientParameter<'_>> {
        Declared::in_order(&self.declared, &self.arguments)
    }

    /// The parameters of the client method that are no arguments.
    pub(crate) fn client_only(&self) -> impl Iterator<Item = &Declared> {
        let is_argument = |name: &Ident| self.arguments.iter().any(|argument| argument.name == *name);
        self.declared.iter().filter(move |declared| !is_argument(&declared.name))
    }

    /// Whether its result may be, or hold, versioned objects.
    pub(crate) fn may_return_objects(&self) -> bool {
        types::may_hold_objects(types::in_result(&self.returns).map_or(&self.returns, |(value, _)| value))
    }

    /// Whether the type of one of its arguments may lack serde, which its client tells then: once is enough.
    pub(crate) fn may_lack_serde(&self, argument: &Argument) -> bool {
        !self.is_manual && types::may_lack_serde(&argument.ty)
    }

    /// The arguments that the client sets on the request.
    pub(crate) fn settable(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| matches!(argument.source, Source::Setter) && !self.is_manual)
    }

    /// The constant of the client that describes it.
    pub(crate) fn constant(&self) -> Ident {
        Ident::new(&constant_of(&self.name), Span::mixed_site())
    }

    /// The function of the client that starts a request of it, if it is manual.
    pub(crate) fn prepare(&self) -> Ident {
        format_ident!("prepare_{}", self.name, span = self.name.span())
    }

    /// The different conditions of its arguments.
    pub(crate) fn conditions(&self) -> Vec<&Condition> {
        conditions(&self.arguments)
    }

    /// The expressions that the client evaluates.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Expr> {
        values(self.to.as_ref(), &self.arguments, &self.legacy).map(|value| value.expression)
    }
}

fn conditions(arguments: &[Argument]) -> Vec<&Condition> {
    Condition::different(arguments.iter().filter_map(|argument| argument.condition.as_ref()))
}

/// An expression that the client evaluates.
struct Value<'a> {
    /// The key that it is the value of.
    key: &'static str,
    /// The argument that it works out, if it is one.
    of: Option<&'a Ident>,
    expression: &'a Expr,
}

/// The expressions that the client evaluates.
fn values<'a>(
    to: Option<&'a To>,
    arguments: &'a [Argument],
    legacy: &'a [Legacy],
) -> impl Iterator<Item = Value<'a>> {
    let to = to.into_iter().map(|to| Value { key: "to", of: None, expression: &to.value });
    let from = arguments.iter().filter_map(|argument| match &argument.source {
        Source::Derived(value) => Some(Value { key: "from", of: Some(&argument.name), expression: value }),
        _ => None,
    });
    let legacy = legacy.iter().map(|legacy| Value { key: "legacy", of: None, expression: &legacy.value });
    to.chain(from).chain(legacy)
}

/// Refuses what `legacy` uses and nothing declares: rustc would not say where that goes.
fn check_legacy(
    legacy: &[Legacy],
    context: Option<&Ident>,
    arguments: &[Argument],
    declared: &[Declared],
    errors: &mut Errors,
) {
    let arguments = arguments.iter().map(|argument| &argument.name);
    let declared = declared.iter().map(|parameter| &parameter.name);
    let known: Vec<&Ident> = context.into_iter().chain(arguments).chain(declared).collect();
    for Legacy { wire, value, .. } in legacy {
        for name in undeclared(value, &known) {
            errors.at(
                &name,
                format!(
                    "`legacy` cannot use {name}: it is no argument; what a caller gives for {wire} alone is \
                     declared with it: {wire}({name}: ..) = .."
                ),
            );
        }
    }
}

/// Refuses parameters in what does not depend on any: rustc would show the whole attribute.
fn check_constants(
    context: Option<&Ident>,
    arguments: &[Argument],
    declared: &[Declared],
    errors: &mut Errors,
) {
    let taken = arguments.iter().filter(|argument| matches!(argument.source, Source::Parameter));
    let taken = taken.map(|argument| &argument.name);
    let declared = declared.iter().map(|declared| &declared.name);
    let parameters: Vec<&Ident> = context.into_iter().chain(taken).chain(declared).collect();
    for Argument { default, source, .. } in arguments {
        if let Some(Default::Value(value)) = default {
            let why = "a server makes it as well, which has no parameters";
            expressions::check_constant("default", value, &parameters, why, errors);
        }
        if let Source::Fixed(Default::Value(value)) = source {
            let why = "it is the same in every request; `from` makes a value of parameters";
            expressions::check_constant("fixed", value, &parameters, why, errors);
        }
    }
}

/// Refuses setters that would be taken for the two ways to send the request.
fn check_setters(arguments: &[Argument], errors: &mut Errors) {
    for argument in arguments.iter().filter(|argument| matches!(argument.source, Source::Setter)) {
        if argument.name == "call" || argument.name == "cast" {
            let name = &argument.name;
            errors.at(
                name,
                format!(
                    "the request has a method `{name}` of its own: give the argument another Rust name and keep \
                     its name on the wire with #[arg(name = \"{name}\")]"
                ),
            );
        }
    }
}

/// Refuses what only the client method would use that a manual method does not have.
fn check_manual(keys: &RpcKeys, arguments: &[Argument], errors: &mut Errors) {
    for key in ["to", "legacy", "downgrade", "by_name"] {
        if let Some(token) = keys.keys.token(key) {
            errors.at(token, format!("a manual method has no client method that would use `{key}`"));
        }
    }
    for argument in arguments {
        if let Source::Derived(_) | Source::Fixed(_) = argument.source {
            errors
                .at(&argument.name, "a manual method has no client method that would work this argument out");
        }
        if argument.is_required {
            errors.at(&argument.name, "a manual method has no parameters: remove `required`");
        }
        if let Some(Late { old: Old::With(_) | Old::ErrorIfSet | Old::ErrorIf(_), .. }) = argument.late {
            errors.at(&argument.name, "a manual method sends what it is given to send: use old = drop");
        }
    }
}

/// The context, and the arguments after it.
fn parameters(
    signature: &Signature,
    mut scope: Scope<'_>,
    declarations: &mut Vec<Declaration>,
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
    let context = ContextParameter::new(first, errors);
    let arguments: Vec<Argument> =
        typed.filter_map(|parameter| Argument::new(parameter, &mut scope, declarations, errors)).collect();
    if let Some((_, others)) = arguments.split_last() {
        for early in others.iter().filter(|argument| argument.is_rest) {
            errors.at(&early.name, "`rest` must be the last argument: it is what the others leave");
        }
    }
    (context, arguments)
}
