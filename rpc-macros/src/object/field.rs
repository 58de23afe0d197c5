//! One field of an object.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{LitStr, Type};

use super::keys::FieldKeys;
use super::versions::ObjectVersion;
use crate::errors::Errors;
use crate::model::{Claims, Default, Version};
use crate::parse::{WasKey, name_of};

/// A field that is one of the object's on the wire.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Ident,
    /// The name on the wire.
    pub(super) wire: String,
    pub(super) ty: Type,
    /// The first version that has it; without one every version does.
    pub(super) since: Option<Version>,
    /// The first version that does not have it any more.
    pub(super) until: Option<Version>,
    pub(super) was: Option<Was>,
    pub(super) default: Option<Default>,
}

/// An older name on the wire.
#[derive(Debug)]
pub(super) struct Was {
    pub(super) name: String,
    /// The first version with the present name.
    pub(super) until: Version,
}

/// What a field is validated against.
pub(super) struct Scope {
    /// Nothing if the object's own is missing or wrong: what fields say of versions is then not
    /// compared with it.
    pub(super) version: Option<ObjectVersion>,
    /// The names on the wire of the fields before.
    pub(super) names: Claims,
}

impl Field {
    /// Validates one field.
    pub(super) fn new(
        name: &Ident,
        ty: &Type,
        keys: FieldKeys,
        scope: &mut Scope,
        errors: &mut Errors,
    ) -> Self {
        let (wire, at) = name_of(name, keys.name.as_ref());
        scope.take(&wire, name, at, errors);
        let since = keys.since.as_ref().and_then(|text| scope.since(text, errors));
        let until = keys.until.as_ref().and_then(|text| scope.until(text, since, "it", errors));
        let was = keys.was.as_ref().and_then(|key| Was::read(key, name, since, until, scope, errors));
        let default = match keys.default {
            Some(value) => Some(Default::of(value)),
            None => keys.keys.saw("default").then_some(Default::OfType),
        };
        Self { name: name.clone(), wire, ty: ty.clone(), since, until, was, default }
    }
}

impl Was {
    /// The older name of `owner`, which is there since `since` until `end`.
    fn read(
        key: &WasKey,
        owner: &Ident,
        since: Option<Version>,
        end: Option<Version>,
        scope: &mut Scope,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = key.name.value();
        scope.take(&name, owner, &key.name, errors);
        let until = scope.until(&key.until, since, "the old name", errors)?;
        if let Some(end) = end.filter(|end| until >= *end) {
            errors.at(
                &key.until,
                format!("the field is gone in {end}, so from \"{until}\" on the new name can never be used"),
            );
            return None;
        }
        Some(Self { name, until })
    }
}

impl Scope {
    /// Takes a name on the wire for `owner`. If it cannot have it, says so at `at`.
    fn take(&mut self, name: &str, owner: &Ident, at: impl ToTokens, errors: &mut Errors) {
        if name.is_empty() {
            errors.at(at, "the name of a field is empty");
        } else {
            self.names.claim("wire field", name, owner, at, errors);
        }
    }

    fn since(&self, text: &LitStr, errors: &mut Errors) -> Option<Version> {
        match self.version {
            Some(version) => version.since(text, errors),
            None => Version::read(text, errors),
        }
    }

    fn until(
        &self,
        text: &LitStr,
        since: Option<Version>,
        what: &str,
        errors: &mut Errors,
    ) -> Option<Version> {
        match self.version {
            Some(version) => version.until(text, since, what, errors),
            None => Version::read(text, errors),
        }
    }
}
