//! Names on the wire, and those that oslo.messaging and Python keep for themselves.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::LitStr;

use super::claims::Claims;
use crate::errors::Errors;
use crate::parse::name_of;

/// The names on the wire of the methods of a trait, or of the arguments of a method.
pub(super) struct WireNames {
    /// What the names are, for errors.
    what: &'static str,
    /// Why a name cannot be on the wire, if it can't.
    refuse: fn(&str) -> Option<String>,
    taken: Claims,
}

impl WireNames {
    /// No names of methods yet.
    pub(super) fn of_methods() -> Self {
        Self { what: "wire method", refuse: refuse_method, taken: Claims::default() }
    }

    /// No names of arguments yet.
    pub(super) fn of_arguments() -> Self {
        Self { what: "wire argument", refuse: refuse_argument, taken: Claims::default() }
    }

    /// Whether `name` is taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.taken.has(name)
    }

    /// Takes `name` for `owner`. If it cannot have it, says so at `at`.
    pub(super) fn take(&mut self, name: &str, owner: &Ident, at: impl ToTokens, errors: &mut Errors) {
        match (self.refuse)(name) {
            Some(why) => errors.at(at, why),
            None => self.taken.claim(self.what, name, owner, at, errors),
        }
    }

    /// Takes the name of `owner`, which is the value of its key `name` if there is one.
    pub(super) fn take_own(&mut self, owner: &Ident, key: Option<&LitStr>, errors: &mut Errors) -> String {
        let (name, at) = name_of(owner, key);
        self.take(&name, owner, at, errors);
        name
    }
}

/// Why a method cannot have this name on the wire, if it can't.
///
/// These are the rules by which oslo.messaging's dispatcher and server keep names for themselves.
fn refuse_method(wire: &str) -> Option<String> {
    if wire.is_empty() {
        Some("the name of a method is empty".to_owned())
    } else if wire.starts_with('_') {
        Some(format!("oslo.messaging would refuse to dispatch `{wire}`: names with a leading _ are private"))
    } else if wire == "target" {
        Some("`target` is reserved on endpoints: oslo.messaging keeps an endpoint's version there".to_owned())
    } else if wire.starts_with("oslo_") {
        Some(format!("`{wire}`: names that start with oslo_ are reserved by oslo.messaging"))
    } else {
        None
    }
}

/// Why an argument cannot have this name on the wire, if it can't.
///
/// A Python endpoint is `def method(self, ctxt, **args)`: these two are taken already.
fn refuse_argument(wire: &str) -> Option<String> {
    match wire {
        "" => Some("the name of an argument is empty".to_owned()),
        "self" | "ctxt" => Some(format!(
            "a Python peer cannot send or receive an argument called \"{wire}\"; choose another name"
        )),
        _ => None,
    }
}
