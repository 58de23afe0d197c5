//! What changed in which version, as every service used to write down by hand.

use std::collections::BTreeMap;

use super::argument::Argument;
use super::method::Method;
use super::version::Version;

/// The versions that changed something, oldest first, and what each of them did. `oldest` is where
/// the interface starts, `history` what it says of its versions itself.
pub(super) fn changes(
    methods: &[Method],
    oldest: Version,
    history: &[(Version, String)],
) -> Vec<(Version, Vec<String>)> {
    let mut changes: BTreeMap<Version, Vec<String>> = BTreeMap::new();
    let mut note = |version: Version, what: String| changes.entry(version).or_default().push(what);
    for method in methods {
        method_changes(method, oldest, &mut note);
    }
    for (version, what) in history {
        note(*version, what.clone());
    }
    changes.into_iter().collect()
}

fn method_changes(method: &Method, oldest: Version, note: &mut impl FnMut(Version, String)) {
    let name = &method.wire;
    for since in explicit(&method.life.since).filter(|since| *since != oldest) {
        note(since, format!("adds `{name}`"));
    }
    if let Some(was) = &method.was {
        note(was.until, format!("renames `{}` to `{name}`", was.name));
    }
    for argument in &method.arguments {
        argument_changes(argument, method, note);
    }
    for legacy in &method.legacy {
        note(legacy.until, format!("removes `{}` from `{name}`", legacy.wire));
    }
    if let Some(downgrade) = &method.downgrade {
        note(downgrade.until, format!("changes the arguments of `{name}`"));
    }
    if let Some(until) = method.life.until {
        note(until, format!("removes `{name}`"));
    }
}

fn argument_changes(argument: &Argument, method: &Method, note: &mut impl FnMut(Version, String)) {
    let (wire, name) = (&argument.wire, &method.wire);
    if let Some(late) = &argument.late {
        for since in explicit(&late.since).filter(|since| !method.life.since.contains(since)) {
            let what = match late.is_converted() {
                true => format!("changes `{wire}` of `{name}`"),
                false => format!("adds `{wire}` to `{name}`"),
            };
            note(since, what);
        }
    }
    if let Some(was) = &argument.was {
        note(was.until, format!("renames `{}` of `{name}` to `{wire}`", was.name));
    }
}

/// The versions that brought something; the start of a newer major only took it over.
fn explicit(since: &[Version]) -> impl Iterator<Item = Version> {
    let first = since.last().copied();
    since.iter().copied().filter(move |version| Some(*version) == first || version.minor > 0)
}
