//! Names that may be used once.

use std::collections::HashMap;

use proc_macro2::Ident;
use quote::ToTokens;

use crate::errors::Errors;

/// Names that may be claimed once.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    owners: HashMap<String, Ident>,
}

impl Claims {
    /// Whether `name` is taken.
    pub(crate) fn has(&self, name: &str) -> bool {
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
