use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::envelope::IN_ENVELOPE;
use super::error::EncodeError;
use crate::json;

/// Values with their names, ready to be sent: the arguments of a request, or a context.
///
/// Each value is serialised once, when it is set, in the form that it has within the envelope.
/// Debug output has the names but not the values, which may be secret.
#[derive(Clone, Default)]
pub struct Fields {
    /// Of each value that was set its name as it is, and then name and value as they are sent; those that
    /// were replaced or removed stay, unused.
    encoded: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Clone)]
struct Entry {
    name: Range<usize>,
    member: Range<usize>,
}

impl Fields {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of `name`. If it has one already, that is replaced and keeps its place.
    ///
    /// # Errors
    ///
    /// If `value` cannot be written as JSON; what was set before stays. The error has the name.
    pub fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), EncodeError> {
        if self.entries.is_empty() {
            // Room for the usual number of values.
            self.encoded.reserve(256);
            self.entries.reserve(8);
        }
        let start = self.encoded.len();
        self.encoded.extend_from_slice(name.as_bytes());
        let name_end = self.encoded.len();
        if let Err(error) = self.append(name, value) {
            self.encoded.truncate(start);
            return Err(EncodeError::new(name, &error));
        }
        let entry = Entry { name: start..name_end, member: name_end..self.encoded.len() };
        match self.position(name) {
            Some(at) => self.entries[at] = entry,
            None => self.entries.push(entry),
        }
        Ok(())
    }

    fn append<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), serde_json::Error> {
        json::write::<IN_ENVELOPE, _>(&mut self.encoded, name)?;
        self.encoded.extend_from_slice(b": ");
        json::write::<IN_ENVELOPE, _>(&mut self.encoded, value)
    }

    /// Removes the value of `name`; returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let found = self.position(name);
        if let Some(at) = found {
            self.entries.remove(at);
        }
        found.is_some()
    }

    /// Whether `name` has a value.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The names, in the order in which they were first set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        // They were text when they came.
        self.entries.iter().map(|entry| str::from_utf8(self.name(entry)).unwrap_or_default())
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| self.name(entry) == name.as_bytes())
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        &self.encoded[entry.name.clone()]
    }

    /// About how many bytes the values take in a message.
    pub(super) fn encoded_len(&self) -> usize {
        self.encoded.len() + self.entries.len() * 16
    }

    /// Appends the members of an object, in the form of the envelope, each name after `prefix`,
    /// which needs no escaping. `first` says whether the object has no members before them.
    pub(super) fn write_members(&self, out: &mut Vec<u8>, prefix: &str, mut first: bool) {
        const QUOTE: &[u8] = json::quote(IN_ENVELOPE);
        for entry in &self.entries {
            if !first {
                out.extend_from_slice(b", ");
            }
            first = false;
            out.extend_from_slice(QUOTE);
            out.extend_from_slice(prefix.as_bytes());
            out.extend_from_slice(&self.encoded[entry.member.clone()][QUOTE.len()..]);
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn members(fields: &Fields) -> String {
        let mut out = Vec::new();
        fields.write_members(&mut out, "", true);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn order_replacement_and_removal() {
        let mut fields = Fields::new();
        fields.set("a", &1).unwrap();
        fields.set("b", "x").unwrap();
        fields.set("a", &[2]).unwrap();
        assert_eq!(members(&fields), r#"\"a\": [2], \"b\": \"x\""#);
        assert!(fields.remove("a"));
        assert!(!fields.remove("a"));
        assert!(!fields.contains("a") && fields.contains("b"));
        fields.set("a", &None::<u8>).unwrap();
        assert_eq!(members(&fields), r#"\"b\": \"x\", \"a\": null"#);
        assert_eq!(fields.names().collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn names_are_escaped() {
        let mut fields = Fields::new();
        fields.set("é\"", &0).unwrap();
        assert!(fields.contains("é\""));
        assert_eq!(members(&fields), r#"\"\\u00e9\\\"\": 0"#);
    }

    #[test]
    fn a_failed_value_leaves_no_trace_and_is_named() {
        let mut fields = Fields::new();
        fields.set("a", &1).unwrap();
        let odd = BTreeMap::from([(vec![1], 1)]);
        let error = fields.set("odd", &odd).unwrap_err();
        assert_eq!(error.what, "odd");
        assert!(fields.set("a", &odd).is_err());
        assert_eq!(members(&fields), r#"\"a\": 1"#);
    }
}
