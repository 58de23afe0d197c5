//! Names that mean something to oslo.messaging, to Python or to the generated client.

use std::collections::HashMap;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt as _;

use super::version::Version;
use super::versions::Versions;
use crate::errors::Errors;
use crate::parse::WasKey;

/// An older name on the wire.
#[derive(Debug)]
pub(crate) struct Was {
    pub(crate) name: String,
    /// The first version with the present name.
    pub(crate) until: Version,
}

impl Was {
    /// The older name of a method that is there since `start`.
    pub(super) fn of_method(
        key: &WasKey,
        versions: &Versions,
        start: Option<Version>,
        owner: &Ident,
        taken: &mut Claims,
        errors: &mut Errors,
    ) -> Option<Self> {
        match refuse_method(&key.name.value()) {
            Some(why) => errors.at(&key.name, why),
            None => taken.claim("wire method", &key.name.value(), owner, &key.name, errors),
        }
        Self::read(key, versions, start, errors)
    }

    /// The older name of an argument that is there since `start`.
    pub(super) fn of_argument(
        key: &WasKey,
        versions: &Versions,
        start: Option<Version>,
        owner: &Ident,
        taken: &mut Claims,
        errors: &mut Errors,
    ) -> Option<Self> {
        match refuse_argument(&key.name.value()) {
            Some(why) => errors.at(&key.name, why),
            None => taken.claim("wire argument", &key.name.value(), owner, &key.name, errors),
        }
        Self::read(key, versions, start, errors)
    }

    fn read(key: &WasKey, versions: &Versions, start: Option<Version>, errors: &mut Errors) -> Option<Self> {
        let until = versions.until(&key.until, start, "the old name", errors)?;
        Some(Self { name: key.name.value(), until })
    }
}

/// Why a method cannot have this name on the wire, if it can't.
///
/// These are the rules by which oslo.messaging's dispatcher and server keep names for themselves.
pub(crate) fn refuse_method(wire: &str) -> Option<String> {
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
pub(crate) fn refuse_argument(wire: &str) -> Option<String> {
    match wire {
        "" => Some("the name of an argument is empty".to_owned()),
        "self" | "ctxt" => Some(format!(
            "a Python peer cannot send or receive an argument called \"{wire}\"; choose another name"
        )),
        _ => None,
    }
}

/// What the client has besides the methods of the trait.
const CLIENT_ITEMS: &[(&str, &str)] = &[
    ("new", "constructor `new`"),
    ("pinned", "method `pinned`"),
    ("with", "method `with`"),
    ("endpoint", "function `endpoint`"),
    ("pin", "function `pin`"),
    ("supports", "method `supports`"),
    ("supports_argument", "method `supports_argument`"),
    ("INTERFACE", "constant `INTERFACE`"),
];

/// The generated item of the client that a method of this name would collide with.
pub(crate) fn collides_with(method: &Ident) -> Option<&'static str> {
    let name = method.unraw();
    CLIENT_ITEMS.iter().find(|(item, _)| name == item).map(|(_, what)| *what)
}

/// The constant that describes a method.
pub(crate) fn constant_of(method: &Ident) -> String {
    format!("METHOD_{}", method.unraw().to_string().to_uppercase())
}

/// `create_volume` as part of a type's name: `CreateVolume`.
pub(crate) fn camel(name: &Ident) -> String {
    let name = name.unraw().to_string();
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
        })
        .collect()
}

/// Names that may be claimed once.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    owners: HashMap<String, Ident>,
}

impl Claims {
    /// Whether `name` is taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.owners.contains_key(name)
    }

    /// Claims `name` for `owner`. If it is taken, says so at `at`; `what` describes the name.
    pub(crate) fn claim(
        &mut self,
        what: &str,
        name: &str,
        owner: &Ident,
        at: impl ToTokens,
        errors: &mut Errors,
    ) {
        match self.owners.get(name) {
            Some(first) => errors.at(at, format!("{what} {name:?} is used by {first} and {owner}")),
            None => {
                self.owners.insert(name.to_owned(), owner.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn camel_case() {
        for (from, to) in [
            ("create_volume", "CreateVolume"),
            ("r#move", "Move"),
            ("_x", "X"),
            ("a__b", "AB"),
            ("été", "Été"),
        ] {
            let ident: Ident = syn::parse_str(from).unwrap();
            assert_eq!(camel(&ident), to);
        }
        assert_eq!(constant_of(&Ident::new("ping", Span::call_site())), "METHOD_PING");
    }
}
