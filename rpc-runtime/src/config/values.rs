//! What files, the environment and defaults say, by oslo.config's order of precedence.

use std::collections::HashMap;
use std::sync::Arc;

use super::files::ReadFile;
use super::ini::Written;
use super::known::{DefaultValue, known};
use super::place::Place;

/// A value and where it stands.
pub(super) type Placed<T> = (T, Place);

/// The defaults that a service has given to options of its own or of others.
pub(super) type Defaults = HashMap<String, HashMap<String, String>>;

/// All values as they stand, before anything is substituted. Groups are asked for by their names as
/// [`group_name`](super::ini::group_name) has them.
#[derive(Debug)]
pub(super) struct Values {
    /// Later ones go before earlier ones.
    pub(super) files: Vec<ReadFile>,
    /// Goes before all files.
    pub(super) environment: Arc<HashMap<String, String>>,
    pub(super) defaults: Arc<Defaults>,
}

/// What an option is that nobody has set.
pub(super) enum Unset<'a> {
    Is(&'a str),
    /// Python's `None`.
    Nothing,
    /// Nobody knows, or there is no such option.
    Unknown,
}

/// The variable of the environment that an option is set by.
pub(super) fn variable(group: &str, name: &str) -> String {
    format!("OS_{}__{}", group.to_uppercase(), name.to_uppercase())
}

impl Values {
    /// The value of an option of which the last one counts.
    pub(super) fn last(&self, group: &str, name: &str) -> Option<Placed<&str>> {
        self.in_environment(group, name).or_else(|| {
            self.files.iter().rev().find_map(|file| {
                // A name of today goes before that of old, wherever in the file they are.
                let mut all = named(file, group, name);
                all.find_map(|written| written.last()).map(|written| placed(file, written))
            })
        })
    }

    /// The values of an option of which all count: of the files in their order, and those under its name of old first.
    pub(super) fn all(&self, group: &str, name: &str) -> Vec<Placed<&str>> {
        if let Some(value) = self.in_environment(group, name) {
            return vec![value];
        }
        let mut values = Vec::new();
        for file in &self.files {
            let mut of_file: Vec<_> = named(file, group, name).collect();
            of_file.reverse();
            values.extend(of_file.into_iter().flatten().map(|written| placed(file, written)));
        }
        values
    }

    fn in_environment(&self, group: &str, name: &str) -> Option<Placed<&str>> {
        let variable = variable(group, name);
        let value = self.environment.get(&variable)?;
        Some((value, Place::Environment { variable }))
    }

    /// The default: that of the service, or else the one that oslo.messaging has.
    pub(super) fn default(&self, group: &str, name: &str) -> Unset<'_> {
        if let Some(text) = self.own_default(group, name) {
            return Unset::Is(text);
        }
        match known(group, name).map(|known| known.default) {
            Some(DefaultValue::Is(text)) => Unset::Is(text),
            Some(DefaultValue::Variable(variable)) => {
                self.environment.get(variable).map_or(Unset::Nothing, |text| Unset::Is(text))
            }
            Some(DefaultValue::Nothing) => Unset::Nothing,
            Some(DefaultValue::Found) | None => Unset::Unknown,
        }
    }

    /// The default that the service has given.
    pub(super) fn own_default(&self, group: &str, name: &str) -> Option<&str> {
        self.defaults.get(group)?.get(name).map(String::as_str)
    }

    /// Whether there is such an option: one that is known, set, or has a default.
    pub(super) fn has(&self, group: &str, name: &str) -> bool {
        known(group, name).is_some()
            || self.own_default(group, name).is_some()
            || self.last(group, name).is_some()
    }
}

/// The values of a file under each name that an option has, that of today first.
fn named<'a>(file: &'a ReadFile, group: &str, name: &str) -> impl Iterator<Item = &'a [Written]> + use<'a> {
    let old = known(group, name).and_then(|known| known.old);
    let options = file.groups.get(group);
    let of = |name: &str| options?.get(name).map(Vec::as_slice);
    [of(name), old.and_then(of)].into_iter().flatten()
}

fn placed<'a>(file: &ReadFile, written: &'a Written) -> Placed<&'a str> {
    (&written.text, Place::File { path: Arc::clone(&file.path), line: written.line })
}
