//! What a second reading of the files has changed.

use std::fmt;
use std::sync::Arc;

use super::ini::group_name;
use super::known::{KNOWN, Kind, UPGRADE_LEVELS, Use};
use super::state::State;
use super::values::Values;
use crate::text::{printable, shortened};

/// What [`Config::reload`](super::Config::reload) has found.
#[derive(Clone)]
pub struct Reload {
    old: Arc<State>,
    new: Arc<State>,
    changes: Vec<Change>,
}

/// An option whose value is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// Whether the new value is in effect; else it will be when the process starts again.
    pub in_effect: bool,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of [{}]", printable(&shortened(&self.name)), self.group)
    }
}

impl Reload {
    pub(super) fn new(old: Arc<State>, new: Arc<State>, in_effect: impl Fn(&str, &str) -> bool) -> Self {
        let with_effect = KNOWN.iter().filter(|known| !matches!(known.becomes, Use::None(_)));
        let changes: Vec<_> = with_effect
            .filter(|known| {
                value(&old.values, known.group, known.name) != value(&new.values, known.group, known.name)
            })
            .map(|known| (known.group, known.name))
            .chain(levels(&old, &new))
            .map(|(group, name)| Change {
                group: group.to_owned(),
                name: name.to_owned(),
                in_effect: in_effect(group, name),
            })
            .collect();
        Self { old, new, changes }
    }

    /// The options of oslo.messaging, and of `[upgrade_levels]`, that have another value than before.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether an option has another value than before: for options of one's own, which
    /// [`Config`](super::Config) has the new values of. One that is set several times has changed if any of these has.
    #[must_use]
    pub fn has_changed(&self, group: &str, name: &str) -> bool {
        let group = group_name(group);
        value(&self.old.values, &group, name) != value(&self.new.values, &group, name)
    }

    /// Says what has changed, without values, which may be secret.
    pub(super) fn log(&self) {
        let listed = |in_effect: bool| {
            let changes = self.changes.iter().filter(|change| change.in_effect == in_effect);
            changes.map(Change::to_string).collect::<Vec<_>>().join(", ")
        };
        let (taken, waiting) = (listed(true), listed(false));
        tracing::info!(changed = %taken, "the configuration was read again");
        if !waiting.is_empty() {
            tracing::warn!(options = %waiting, "these changes have no effect before the process starts again");
        }
        if self.old.remarks != self.new.remarks {
            self.new.log();
        }
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reload").field(&self.changes).finish()
    }
}

/// The options of `[upgrade_levels]` that differ.
fn levels<'a>(old: &'a State, new: &'a State) -> impl Iterator<Item = (&'static str, &'a str)> {
    let files = old.values.files.iter().chain(&new.values.files);
    let mut names: Vec<_> = files
        .filter_map(|file| file.groups.get(UPGRADE_LEVELS))
        .flat_map(|options| options.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    let differs =
        |name: &&str| value(&old.values, UPGRADE_LEVELS, name) != value(&new.values, UPGRADE_LEVELS, name);
    names.into_iter().filter(differs).map(|name| (UPGRADE_LEVELS, name))
}

/// All that an option is, as far as it can be told.
fn value(values: &Values, group: &str, name: &str) -> Option<Vec<String>> {
    let kind = KNOWN.iter().find(|known| (known.group, known.name) == (group, name)).map(|known| known.kind);
    let texts = match kind {
        Some(kind) if kind != Kind::Texts => {
            values.text(group, name).map(|text| text.into_iter().collect::<Vec<_>>())
        }
        // Of others nobody knows whether all count or the last one.
        _ => values.texts(group, name),
    };
    texts.ok().map(|texts| texts.into_iter().map(|(text, _)| text).collect())
}
