//! Since when an argument is there, if it came after its method.

use proc_macro2::Ident;
use syn::LitStr;

use super::life::Life;
use super::version::Version;
use super::versions::Versions;
use crate::errors::Errors;
use crate::parse::{ArgKeys, Old};

/// That an argument came after its method.
#[derive(Debug)]
pub(crate) struct Late {
    /// Its first version in each major that has it, newest first.
    pub(crate) since: Vec<Version>,
    pub(crate) old: Old,
}

impl Late {
    /// `since` and `old`, which need each other. `method` is where the method is there; nothing if
    /// that is wrong.
    pub(super) fn read(
        keys: &mut ArgKeys,
        versions: &Versions,
        method: Option<&Life>,
        name: &Ident,
        errors: &mut Errors,
    ) -> Option<Self> {
        match (keys.keys.token("since"), keys.old.take()) {
            (Some(_), Some(old)) => later_than_method(versions, method, &keys.since, name, errors)
                .map(|since| Self { since, old }),
            (Some(at), None) if !keys.keys.saw("old") => {
                let since = keys.since.first().map(LitStr::value).unwrap_or_default();
                let choices = Old::CHOICES.map(|choice| format!("old = {choice}")).join(", ");
                errors.at(
                    at,
                    format!("say what a client pinned below {since} does with {name}, one of {choices}"),
                );
                None
            }
            (None, _) if keys.keys.saw("old") => {
                errors.at(
                    keys.keys.token("old"),
                    "`old` needs `since`: the version that the argument came with",
                );
                None
            }
            _ => None,
        }
    }

    /// Whether older servers have it in another form.
    pub(crate) fn is_converted(&self) -> bool {
        matches!(self.old, Old::With(_))
    }
}

/// The argument's first version in each major; later than the method's in one of them at least.
fn later_than_method(
    versions: &Versions,
    method: Option<&Life>,
    texts: &[LitStr],
    name: &Ident,
    errors: &mut Errors,
) -> Option<Vec<Version>> {
    let resolved = versions.since(texts, errors)?;
    let Some(Life { since: method, until }) = method.filter(|method| !method.since.is_empty()) else {
        return Some(resolved);
    };
    let of_method = |major: u32| method.iter().find(|version| version.major == major).copied();
    for text in texts {
        let Some(since) = Version::of(text) else { continue };
        if let Some(until) = until.filter(|until| since >= *until) {
            errors
                .at(text, format!("argument {name} came with {since}, but its method is gone since {until}"));
            return None;
        }
        match of_method(since.major) {
            Some(method) if since >= method => {}
            Some(method) => {
                errors.at(
                    text,
                    format!("argument {name} cannot be older ({since}) than its method ({method})"),
                );
                return None;
            }
            None => {
                errors.at(
                    text,
                    format!(
                        "argument {name} came with {since}, but its method never was in major {}",
                        since.major
                    ),
                );
                return None;
            }
        }
    }
    // Where it is implied, the argument came with the method at the earliest.
    let since: Vec<Version> = resolved
        .into_iter()
        .filter_map(|since| of_method(since.major).map(|method| method.max(since)))
        .collect();
    if since == *method {
        let start = method.first().copied().unwrap_or(Version::UNKNOWN);
        errors.at(
            texts.first(),
            format!("argument {name} came with its method in {start}: drop `since` and `old`"),
        );
        return None;
    }
    Some(since)
}
