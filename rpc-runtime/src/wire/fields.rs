use std::collections::HashMap;
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
    /// `None` where one was removed.
    entries: Vec<Option<Entry>>,
    /// How many are left.
    len: usize,
    /// Where the entry of each name is, once there are more than are quickly looked through: who hands on
    /// an object of somebody else's has as many as they like.
    places: HashMap<Box<[u8]>, usize>,
}

/// How many entries are looked through one by one; the context of a request has about thirty.
const FEW: usize = 32;

#[derive(Clone)]
struct Entry {
    name: Range<usize>,
    member: Range<usize>,
}

/// What becomes of a value.
#[cfg(feature = "notifications")]
pub(crate) enum Fate<'a> {
    Stays,
    /// This JSON text takes its place.
    Becomes(&'a str),
    Goes,
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
        self.set_by(name, |out| json::write::<IN_ENVELOPE, _>(out, value))
    }

    /// The same for a value that is JSON text already, which it is not asked whether it is.
    ///
    /// # Errors
    ///
    /// None but that of a name, which has none.
    pub(crate) fn set_json(&mut self, name: &str, value: &str) -> Result<(), EncodeError> {
        self.set_by(name, raw(value))
    }

    fn set_by(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> Result<(), EncodeError> {
        if self.entries.is_empty() {
            // Room for the usual number of values.
            self.encoded.reserve(256);
            self.entries.reserve(8);
        }
        let entry = self.encode(name, write)?;
        match self.position(name) {
            Some(at) => self.entries[at] = Some(entry),
            None => self.push(name, entry),
        }
        Ok(())
    }

    fn encode(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> Result<Entry, EncodeError> {
        let start = self.encoded.len();
        self.encoded.extend_from_slice(name.as_bytes());
        let name_end = self.encoded.len();
        if let Err(error) = self.append(name, write) {
            self.encoded.truncate(start);
            return Err(EncodeError::new(name, error));
        }
        Ok(Entry { name: start..name_end, member: name_end..self.encoded.len() })
    }

    fn push(&mut self, name: &str, entry: Entry) {
        let at = self.entries.len();
        self.entries.push(Some(entry));
        self.len += 1;
        if at > FEW {
            self.places.insert(name.as_bytes().into(), at);
        } else if at == FEW {
            let named = self.entries.iter().enumerate();
            let named = named.filter_map(|(at, entry)| Some((self.name(entry.as_ref()?).into(), at)));
            self.places = named.collect();
        }
    }

    fn append(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error>,
    ) -> Result<(), serde_json::Error> {
        json::write::<IN_ENVELOPE, _>(&mut self.encoded, name)?;
        self.encoded.extend_from_slice(b": ");
        write(&mut self.encoded)
    }

    /// Removes the value of `name`; returns whether there was one.
    pub fn remove(&mut self, name: &str) -> bool {
        let found = self.position(name);
        if let Some(at) = found {
            self.entries[at] = None;
            self.len -= 1;
            self.places.remove(name.as_bytes());
        }
        found.is_some()
    }

    /// Goes once through all values and decides on each by its name.
    ///
    /// # Errors
    ///
    /// None but that of a name, which has none.
    #[cfg(feature = "notifications")]
    pub(crate) fn revise<'a>(&mut self, fate: impl Fn(&str) -> Fate<'a>) -> Result<(), EncodeError> {
        for at in 0..self.entries.len() {
            let Some(entry) = &self.entries[at] else { continue };
            // It was text when it came.
            let name = str::from_utf8(self.name(entry)).unwrap_or_default();
            match fate(name) {
                Fate::Stays => {}
                Fate::Becomes(value) => {
                    let name = name.to_owned();
                    self.entries[at] = Some(self.encode(&name, raw(value))?);
                }
                Fate::Goes => {
                    let name = name.to_owned();
                    self.remove(&name);
                }
            }
        }
        Ok(())
    }

    /// Whether `name` has a value.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    /// The names, in the order in which they were first set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        // They were text when they came.
        self.entries.iter().flatten().map(|entry| str::from_utf8(self.name(entry)).unwrap_or_default())
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.entries.len() > FEW {
            return self.places.get(name.as_bytes()).copied();
        }
        let is_it = |entry: &Option<Entry>| entry.as_ref().is_some_and(|it| self.name(it) == name.as_bytes());
        self.entries.iter().position(is_it)
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        &self.encoded[entry.name.clone()]
    }

    /// About how many bytes the values take in a message.
    pub(crate) fn encoded_len(&self) -> usize {
        self.encoded.len() + self.entries.len() * 16
    }

    /// Appends the members of an object, in the form of the envelope, each name after `prefix`,
    /// which needs no escaping. `first` says whether the object has no members before them.
    pub(super) fn write_members(&self, out: &mut Vec<u8>, prefix: &str, mut first: bool) {
        const QUOTE: &[u8] = json::quote(IN_ENVELOPE);
        for entry in self.entries.iter().flatten() {
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

/// Writes JSON text as it is.
fn raw(value: &str) -> impl FnOnce(&mut Vec<u8>) -> Result<(), serde_json::Error> {
    |out| {
        json::write_raw::<IN_ENVELOPE>(out, value);
        Ok(())
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
    fn a_value_is_found_however_many_there_are() {
        for many in 0..2 * FEW {
            let mut fields = Fields::new();
            for _ in 0..2 {
                (0..many).for_each(|n| fields.set(&n.to_string(), &n).unwrap());
                assert_eq!((fields.len(), fields.names().count()), (many, many));
                assert_eq!(fields.is_empty(), many == 0);
                assert!(
                    (0..many).all(|n| fields.contains(&n.to_string())) && !fields.contains("x"),
                    "{many}"
                );
            }
            assert!(fields.encoded_len() >= members(&fields).len(), "{many}");
        }
    }

    #[test]
    #[cfg(feature = "notifications")]
    fn each_value_has_its_fate() {
        for many in [0, 2 * FEW] {
            let mut fields = Fields::new();
            ["a", "b", "é"].iter().for_each(|name| fields.set(name, name).unwrap());
            (0..many).for_each(|n| fields.set(&n.to_string(), &n).unwrap());
            let fate = |name: &str| match name {
                "a" => Fate::Stays,
                "é" => Fate::Becomes("[1]"),
                _ => Fate::Goes,
            };
            fields.revise(fate).unwrap();
            assert_eq!(members(&fields), r#"\"a\": \"a\", \"\\u00e9\": [1]"#);
            assert_eq!((fields.len(), fields.contains("b")), (2, false));
            fields.set("b", "again").unwrap();
            fields.set("é", "again").unwrap();
            assert_eq!(members(&fields), r#"\"a\": \"a\", \"\\u00e9\": \"again\", \"b\": \"again\""#);
        }
    }

    #[test]
    fn many_are_found_as_few_are() {
        let mut fields = Fields::new();
        for n in 0..3 * FEW {
            fields.set(&format!("n{n}"), &n).unwrap();
            // Before and after there is an index.
            if n % 8 == 5 {
                assert!(fields.remove(&format!("n{}", n - 5)) && !fields.remove(&format!("n{}", n - 5)));
                fields.set(&format!("n{}", n - 1), "again").unwrap();
            }
        }
        let kept: Vec<_> = (0..3 * FEW).filter(|n| n % 8 != 0).map(|n| format!("n{n}")).collect();
        assert_eq!(fields.names().collect::<Vec<_>>(), kept);
        assert_eq!(fields.len(), kept.len());
        for n in 0..3 * FEW {
            assert_eq!(fields.contains(&format!("n{n}")), n % 8 != 0, "{n}");
        }
        assert_eq!(members(&fields).matches("again").count(), 3 * FEW / 8);
        fields.set("n0", &0).unwrap();
        assert_eq!(fields.names().last(), Some("n0"));
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
