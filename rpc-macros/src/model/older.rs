//! What older servers get instead: other names, other arguments.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Expr, Path};

use super::version::Version;
use super::versions::{Bounds, Versions};
use super::wire_names::WireNames;
use crate::errors::Errors;
use crate::parse::{DowngradeKey, LegacyKey, WasKey};

/// An older name on the wire.
#[derive(Debug)]
pub(crate) struct Was {
    pub(crate) name: String,
    /// The first version with the present name.
    pub(crate) until: Version,
}

impl Was {
    /// The older name of `owner`, which is there within `bounds`.
    pub(super) fn read(
        key: &WasKey,
        versions: &Versions,
        bounds: Bounds,
        owner: &Ident,
        names: &mut WireNames,
        errors: &mut Errors,
    ) -> Option<Self> {
        let name = key.name.value();
        names.take(&name, owner, &key.name, errors);
        let until = versions.until(&key.until, bounds, "the old name", errors)?;
        Some(Self { name, until })
    }
}

/// An argument that only servers below the version `until` get.
#[derive(Debug)]
pub(crate) struct Legacy {
    pub(crate) wire: String,
    pub(crate) value: Expr,
    pub(crate) until: Version,
}

impl Legacy {
    /// Those of a method that is there within `bounds`.
    pub(super) fn read(
        keys: &[LegacyKey],
        versions: &Versions,
        bounds: Bounds,
        names: &mut WireNames,
        errors: &mut Errors,
    ) -> Vec<Self> {
        let mut legacy = Vec::new();
        let mut removed: Vec<&Ident> = Vec::new();
        for LegacyKey { arguments, until: text } in keys {
            let until = versions.until(text, bounds, "the removed argument", errors);
            for (name, value) in arguments {
                if removed.contains(&name) {
                    errors.at(name, format!("{name} is in `legacy` twice: one argument has one `until`"));
                    continue;
                }
                removed.push(name);
                let wire = take(name, &text.value(), names, errors);
                legacy.extend(until.map(|until| Self { wire, value: value.value.clone(), until }));
            }
        }
        legacy
    }
}

fn take(name: &Ident, until: &str, names: &mut WireNames, errors: &mut Errors) -> String {
    let wire = name.unraw().to_string();
    if names.has(&wire) {
        errors.at(
            name,
            format!("{wire} is still a normal argument; `legacy` is for arguments removed in {until:?}"),
        );
    } else {
        names.take(&wire, name, name, errors);
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
    /// That of a method that is there within `bounds`.
    pub(super) fn read(
        key: &DowngradeKey,
        versions: &Versions,
        bounds: Bounds,
        errors: &mut Errors,
    ) -> Option<Self> {
        let until = versions.until(&key.until, bounds, "the older arguments", errors)?;
        Some(Self { until, with: key.with.clone() })
    }
}
