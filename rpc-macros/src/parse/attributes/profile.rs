//! How long calls are waited for and which errors are nothing unusual: the keys that methods and profiles
//! have in common.

use proc_macro2::{Ident, TokenStream};
use syn::parse::ParseStream;
use syn::{Expr, Pat};

use super::keys::{Keys, value};
use super::values::{list, parenthesized};
use crate::errors::Errors;

/// The keys `timeout`, `monitor` and `expected`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    pub(crate) timeout: Option<Expr>,
    pub(crate) monitor: Option<Expr>,
    pub(crate) expected: Vec<Pat>,
}

impl Profile {
    /// The names of its keys.
    pub(crate) const KEYS: &[&str] = &["timeout", "monitor", "expected"];

    /// Reads the value of one of its keys; says whether it is one.
    pub(super) fn read(&mut self, key: &Ident, input: ParseStream) -> syn::Result<bool> {
        match key.to_string().as_str() {
            "timeout" => self.timeout = Some(value(key, input)?),
            "monitor" => self.monitor = Some(value(key, input)?),
            "expected" => {
                self.expected = list(key, input, "expected(VolumeError::NotFound { .. })", Pat::parse_multi)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// A profile with its name: `long(timeout = expression, monitor = expression)`.
#[derive(Debug)]
pub(crate) struct ProfileKey {
    pub(crate) name: Ident,
    pub(crate) keys: Keys,
    pub(crate) profile: Profile,
}

/// A profile whose inside has not been read yet.
pub(super) struct RawProfile {
    name: Ident,
    inside: TokenStream,
}

impl RawProfile {
    /// One of the list of a trait.
    pub(super) fn parse(input: ParseStream) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let inside = parenthesized(&name, input, &format!("{name}(timeout = ..)"))?.parse()?;
        Ok(Self { name, inside })
    }

    /// Reads what is in the parentheses.
    pub(super) fn read(self, errors: &mut Errors) -> ProfileKey {
        let mut keys = Keys::new(Profile::KEYS);
        let mut profile = Profile::default();
        keys.read(self.inside, errors, |key, input| profile.read(key, input).map(drop));
        ProfileKey { name: self.name, keys, profile }
    }
}
