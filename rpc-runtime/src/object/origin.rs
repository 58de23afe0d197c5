//! What an object came with that its type has no place for.

use std::collections::BTreeSet;

use super::raw::RawJson;

/// What an object came with beside the fields that its type knows: its version, if that is not the type's own, and the fields
/// that the type does not know.
///
/// Every type that derives `VersionedObject` has one, as its field `#[object(origin)]`; for a new object it is the
/// default. An object goes out as it came: in that version, with those fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin(Option<Box<Parts>>);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Parts {
    version: Option<Box<str>>,
    /// In the order of the message; of a name that was repeated, the last one counts for whoever reads it.
    unknown: Vec<(Box<str>, RawJson)>,
    /// Names that were said to be changed although they are unknown or not set.
    changes: BTreeSet<Box<str>>,
}

impl Origin {
    /// The version that the object came with; `None` if it is new or came with the version of its type.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.0.as_ref()?.version.as_deref()
    }

    /// The fields that its type does not know, with their values. They go out again.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().flat_map(|parts| &parts.unknown).map(|(name, value)| (&**name, value))
    }

    /// Forgets the fields that its type does not know.
    pub fn drop_unknown(&mut self) {
        if let Some(parts) = &mut self.0 {
            parts.unknown.clear();
            parts.changes.clear();
        }
    }

    pub(super) fn changes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|parts| &parts.changes).map(|name| &**name)
    }

    pub(super) fn reset_changes(&mut self) {
        if let Some(parts) = &mut self.0 {
            parts.changes.clear();
        }
    }

    pub(super) fn came_with(&mut self, version: Box<str>) {
        self.parts().version = Some(version);
    }

    pub(super) fn keep(&mut self, name: Box<str>, value: RawJson) {
        self.parts().unknown.push((name, value));
    }

    pub(super) fn keep_change(&mut self, name: Box<str>) {
        self.parts().changes.insert(name);
    }

    fn parts(&mut self) -> &mut Parts {
        self.0.get_or_insert_default()
    }
}
