//! Where a context has its fields: names and values one after the other in one text.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::wire::Arguments;

/// Fields by name, each name once.
///
/// A context is read with every request and mostly passed on as it came. So what is no string stays JSON text, which
/// also keeps all digits of its numbers, and the whole takes two allocations.
#[derive(Clone, Default)]
pub(super) struct Store {
    text: String,
    /// Sorted by name.
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: Range<usize>,
    /// Follows the name.
    value: Range<usize>,
    is_string: bool,
}

/// A value as it is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kept<'a> {
    /// A string, without quotes and escapes.
    String(&'a str),
    /// The JSON text of anything else.
    Json(&'a str),
}

impl<'a> Kept<'a> {
    /// Decodes the value.
    pub(super) fn decode<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        match self {
            Kept::String(text) => serde_json::from_str(&Value::from(text).to_string()),
            Kept::Json(json) => serde_json::from_str(json),
        }
    }

    /// The string, if it is one.
    pub(super) fn string(self) -> Option<&'a str> {
        match self {
            Kept::String(text) => Some(text),
            Kept::Json(_) => None,
        }
    }
}

impl Store {
    /// The fields that came; of a name that was repeated the last one.
    ///
    /// # Errors
    /// With the name of the field whose string cannot be read.
    pub(super) fn read(fields: &Arguments) -> Result<Self, (&str, serde_json::Error)> {
        if fields.is_empty() {
            return Ok(Self::default());
        }
        let mut store = Self {
            text: String::with_capacity(fields.iter().map(|(name, json)| name.len() + json.len()).sum()),
            entries: Vec::with_capacity(fields.len()),
        };
        for (name, json) in fields.iter() {
            let entry = match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(plain) if !plain.contains('\\') => store.append(name, Kept::String(plain)),
                Some(_) => {
                    let text: String = serde_json::from_str(json).map_err(|error| (name, error))?;
                    store.append(name, Kept::String(&text))
                }
                None => store.append(name, Kept::Json(json)),
            };
            store.entries.push(entry);
        }
        let text = store.text.as_bytes();
        // Those of one name stay in their order.
        store.entries.sort_by(|a, b| text[a.name.clone()].cmp(&text[b.name.clone()]));
        store.entries.dedup_by(|last, first| {
            let is_repeated = text[last.name.clone()] == text[first.name.clone()];
            if is_repeated {
                first.clone_from(last);
            }
            is_repeated
        });
        Ok(store)
    }

    fn append(&mut self, name: &str, value: Kept<'_>) -> Entry {
        let start = self.text.len();
        self.text.push_str(name);
        let name_end = self.text.len();
        let (Kept::String(text) | Kept::Json(text)) = value;
        self.text.push_str(text);
        let is_string = value.string().is_some();
        Entry { name: start..name_end, value: name_end..self.text.len(), is_string }
    }

    /// Sets a field.
    pub(super) fn set(&mut self, name: &str, value: Kept<'_>) {
        match self.find(name) {
            Err(at) => {
                let entry = self.append(name, value);
                self.entries.insert(at, entry);
            }
            Ok(at) => {
                self.cut(at);
                self.entries[at] = self.append(name, value);
            }
        }
    }

    /// Removes the text of a field, not its entry.
    fn cut(&mut self, at: usize) {
        let cut = self.entries[at].name.start..self.entries[at].value.end;
        self.text.replace_range(cut.clone(), "");
        let moved = |range: &Range<usize>| range.start - cut.len()..range.end - cut.len();
        for entry in self.entries.iter_mut().filter(|entry| entry.name.start > cut.start) {
            *entry = Entry { name: moved(&entry.name), value: moved(&entry.value), ..entry.clone() };
        }
    }

    /// Where the field is, or where it would be.
    fn find(&self, name: &str) -> Result<usize, usize> {
        // Compared as bytes, which needs no look for boundaries of characters.
        let text = self.text.as_bytes();
        self.entries.binary_search_by(|entry| text[entry.name.clone()].cmp(name.as_bytes()))
    }

    pub(super) fn get(&self, name: &str) -> Option<Kept<'_>> {
        self.find(name).ok().map(|at| self.kept(&self.entries[at]))
    }

    /// The fields, sorted by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Kept<'_>)> {
        self.entries.iter().map(|entry| (&self.text[entry.name.clone()], self.kept(entry)))
    }

    fn kept(&self, entry: &Entry) -> Kept<'_> {
        let text = &self.text[entry.value.clone()];
        if entry.is_string { Kept::String(text) } else { Kept::Json(text) }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// By name and value; how JSON is laid out does not matter.
impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().zip(other.iter()).all(|(own, other)| own.0 == other.0 && is_same(own.1, other.1))
    }
}

fn is_same(value: Kept<'_>, other: Kept<'_>) -> bool {
    let decoded = |kept: Kept<'_>| kept.decode::<Value>().ok();
    value == other || decoded(value).is_some_and(|value| decoded(other) == Some(value))
}
