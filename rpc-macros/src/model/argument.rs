//! One wire argument of a method.

use proc_macro2::Ident;
use syn::{Attribute, PatType, Type};

use super::conditions::Condition;
use super::form::Form;
use super::late::Late;
use super::life::Life;
use super::older::Was;
use super::signature::parameter_name;
use super::source::{Declaration, Default, Place, Source};
use super::types;
use super::versions::{Bounds, Versions};
use super::wire_names::WireNames;
use crate::errors::Errors;
use crate::parse::{ArgKeys, Derived, Old, is_arg, is_rpc};

/// An argument that travels.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Ident,
    /// The name on the wire.
    pub(crate) wire: String,
    pub(crate) was: Option<Was>,
    pub(crate) ty: Type,
    /// Whether clients have to give it, although requests of older ones are without it.
    pub(crate) is_required: bool,
    /// How clients take it.
    pub(crate) form: Form,
    pub(crate) late: Option<Late>,
    pub(crate) default: Option<Default>,
    pub(crate) source: Source,
    /// Whether it is the map of the remaining keyword arguments.
    pub(crate) is_rest: bool,
    /// `#[cfg]`: under which conditions the argument exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// The same as one condition.
    pub(crate) condition: Option<Condition>,
}

/// What an argument is validated against.
pub(super) struct Scope<'a> {
    pub(super) versions: &'a Versions,
    /// Where the method is there; `None` if that is wrong.
    pub(super) life: Option<&'a Life>,
    pub(super) wire_names: &'a mut WireNames,
}

impl Argument {
    /// Validates one parameter after the context. What its `from` declares goes to `declarations`.
    pub(super) fn new(
        parameter: &PatType,
        scope: &mut Scope<'_>,
        declarations: &mut Vec<Declaration>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let before = errors.count();
        let (attributes, others): (Vec<&Attribute>, Vec<&Attribute>) =
            parameter.attrs.iter().partition(|attribute| is_arg(attribute));
        let (cfgs, others): (Vec<&Attribute>, Vec<&Attribute>) =
            others.into_iter().partition(|attribute| attribute.path().is_ident("cfg"));
        for other in others {
            errors.at(other, refused_attribute(other));
        }
        let mut keys = ArgKeys::read(&attributes, errors);
        types::check(&parameter.ty, "arguments", errors);
        let name = parameter_name(parameter, errors)?;
        check_combination(&keys, name, errors);
        let is_rest = keys.keys.saw("rest");
        let wire = scope.wire_names.take_own(name, keys.name.as_ref(), errors);
        let late = Late::read(&mut keys, scope.versions, scope.life, name, errors);
        let of_method = scope.life.map(Life::bounds).unwrap_or_default();
        let bounds = match &late {
            Some(late) => Bounds { start: late.since.last().copied(), ..of_method },
            None => of_method,
        };
        let was = keys
            .was
            .as_ref()
            .and_then(|was| Was::read(was, scope.versions, bounds, name, scope.wire_names, errors));
        let default = match keys.default {
            Some(value) => Some(Default::of(value)),
            None => keys.keys.saw("default").then_some(Default::OfType),
        };
        let is_required = keys.keys.saw("required");
        let given = match keys.keys.token("required").filter(|_| default.is_none()) {
            Some(required) => types::in_option(&parameter.ty).unwrap_or_else(|| {
                if errors.count() == before {
                    errors.at(
                        required,
                        format!(
                            "`required` gives the `T` of an `Option<T>`: spell the type of {name} as one"
                        ),
                    );
                }
                &parameter.ty
            }),
            None => &parameter.ty,
        };
        let form = match is_rest {
            true => Form::Plain((*parameter.ty).clone()),
            false => Form::of(given),
        };
        let source = match (keys.fixed, keys.from) {
            (Some(value), _) => Source::Fixed(Default::of(value)),
            (None, Some(Derived { parameters, value })) => {
                if let Some(cfg) = cfgs.first() {
                    errors.at(
                        cfg,
                        "a conditional argument has its own client parameter: `from` cannot be there",
                    );
                }
                declarations.extend(Declaration::all(&parameters, Place::At(name.clone())));
                Source::Derived(Box::new(value))
            }
            (None, None) if default.is_some() && !is_required => Source::Setter,
            (None, None) => Source::Parameter,
        };
        (errors.count() == before).then(|| Self {
            name: name.clone(),
            wire,
            was,
            ty: (*parameter.ty).clone(),
            is_required,
            form,
            late,
            default,
            source,
            is_rest,
            condition: Condition::of(&cfgs),
            cfgs: cfgs.into_iter().cloned().collect(),
        })
    }
}

/// Refuses keys that say two things at once.
fn check_combination(keys: &ArgKeys, name: &Ident, errors: &mut Errors) {
    let token = |key| keys.keys.token(key);
    if token("fixed").is_some() {
        if let Some(from) = token("from") {
            errors.at(from, "a fixed argument has no client parameter; remove `from`");
        }
        if let (Some(default), None) = (token("default"), token("since")) {
            errors.at(default, "a fixed argument is sent by every client; remove `default`");
        }
        if let (Some(Old::ErrorIfSet | Old::ErrorIf(_)), Some(old)) = (&keys.old, token("old")) {
            errors
                .at(old, "a fixed argument is never set by a caller: use old = drop or old = with(function)");
        }
    }
    if let Some(required) = token("required") {
        let is_left_out = matches!(keys.old, Some(Old::Drop | Old::ErrorIfSet | Old::ErrorIf(_)));
        if let Some(other) = token("fixed").or(token("from")) {
            errors.at(
                required,
                format!("{name} is no parameter of the client: remove `{other}` or `required`"),
            );
        } else if token("default").is_none() && !is_left_out {
            errors.at(
                required,
                format!("{name} is required as it is: `required` is for what older clients leave out, or servers have a `default` for"),
            );
        }
    }
    if token("rest").is_some() {
        for key in ["name", "was", "since", "old", "required", "from", "fixed"] {
            if let Some(token) = token(key) {
                errors.at(token, format!("{name} is all remaining arguments: `{key}` is for one"));
            }
        }
        if let (Some(_), Some(token)) = (&keys.default, token("default")) {
            errors.at(
                token,
                format!(
                    "{name} is all remaining arguments, of which there may be none: write `default` alone"
                ),
            );
        }
    }
}

fn refused_attribute(attribute: &Attribute) -> &'static str {
    if attribute.path().is_ident("cfg_attr") {
        "an rpc argument takes no #[cfg_attr]: put #[cfg] on it, or on the method"
    } else if is_rpc(attribute) {
        "#[rpc] goes on the method; an argument takes #[arg(..)]"
    } else {
        "an rpc argument takes no attribute but #[arg(..)] and #[cfg(..)]"
    }
}
