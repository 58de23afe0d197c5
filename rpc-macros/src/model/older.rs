//! What only older servers get.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Expr, Path};

use super::names::{Claims, refuse_argument};
use super::version::Version;
use super::versions::Versions;
use crate::errors::Errors;
use crate::parse::{DowngradeKey, LegacyKey};

/// An argument that only servers below the version `until` get.
#[derive(Debug)]
pub(crate) struct Legacy {
    pub(crate) wire: String,
    pub(crate) value: Expr,
    pub(crate) until: Version,
}

impl Legacy {
    /// Those of a method that is there since `start`.
    pub(super) fn read(
        keys: &[LegacyKey],
        versions: &Versions,
        start: Option<Version>,
        taken: &mut Claims,
        errors: &mut Errors,
    ) -> Vec<Self> {
        let mut legacy = Vec::new();
        for LegacyKey { arguments, until: text } in keys {
            let until = versions.until(text, start, "the removed argument", errors);
            for (name, value) in arguments {
                let wire = claim(name, &text.value(), taken, errors);
                legacy.extend(until.map(|until| Self { wire, value: value.clone(), until }));
            }
        }
        legacy
    }
}

fn claim(name: &Ident, until: &str, taken: &mut Claims, errors: &mut Errors) -> String {
    let wire = name.unraw().to_string();
    if let Some(why) = refuse_argument(&wire) {
        errors.at(name, why);
    } else if taken.has(&wire) {
        errors.at(
            name,
            format!("{wire} is still a normal argument; `legacy` is for arguments removed in {until:?}"),
        );
    } else {
        taken.claim("wire argument", &wire, name, name, errors);
    }
    wire
}

/// What makes older arguments of all present ones for servers below the version `until`.
#[derive(Debug)]
pub(crate) struct Downgrade {
    pub(crate) until: Version,
    pub(crate) with: Path,
}

impl Downgrade {
    /// That of a method that is there since `start`.
    pub(super) fn read(
        key: &DowngradeKey,
        versions: &Versions,
        start: Option<Version>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let until = versions.until(&key.until, start, "the older arguments", errors)?;
        Some(Self { until, with: key.with.clone() })
    }
}
