use std::borrow::Cow;
#[cfg(feature = "objects")]
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::index::Index;
use crate::json;

/// Received values with their names, as JSON text that is decoded when asked for.
///
/// All values of a message share its text; digits of large integers and of floats are kept as
/// they came. Debug output has the names but not the values, which may be secret.
#[derive(Clone, Default)]
pub struct Arguments {
    text: Arc<str>,
    index: Index,
}

impl Arguments {
    /// The JSON text of the value with that name. If the sender repeated the name, the last counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.index.get(&self.text, name)
    }

    /// Decodes the value with that name; `None` if there is no such value.
    ///
    /// # Errors
    ///
    /// If the value is not a `T`.
    pub fn decode<T: DeserializeOwned>(&self, name: &str) -> Option<Result<T, serde_json::Error>> {
        self.get(name).map(serde_json::from_str)
    }

    /// The names in the order of the message; one that the sender repeated can occur repeatedly.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// The names with the JSON text of their values, in the order of the message. If the sender
    /// repeated a name, the last one counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.index.iter(&self.text)
    }

    /// How many values there are. A name that the sender repeated counts repeatedly, unless there are so many
    /// that its earlier values were left out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same with these JSON texts as the values of their names.
    #[cfg(feature = "objects")]
    pub(crate) fn replaced(&self, texts: &BTreeMap<String, String>) -> Result<Self, serde_json::Error> {
        let mut text = String::from("{");
        let others = self.iter().filter(|(name, _)| !texts.contains_key(*name));
        for (name, value) in others.chain(texts.iter().map(|(name, text)| (name.as_str(), text.as_str()))) {
            if text.len() > 1 {
                text.push(',');
            }
            text.push_str(&serde_json::to_string(name)?);
            text.push(':');
            text.push_str(value);
        }
        text.push('}');
        Self::parse(text.into())
    }

    /// Reads the text of an object, or of an array of pairs, which Python takes for one.
    pub(super) fn parse(text: Cow<'_, str>) -> Result<Self, serde_json::Error> {
        match Index::parse_quickly(&text, "", usize::MAX) {
            Some(index) => Ok(Self::new(text.into_owned(), index)),
            None => Self::parse_thoroughly(text),
        }
    }

    /// The same for a text that may also be nested too deeply. `None` means nothing but that it has to
    /// be looked at more closely. What is called `within` is likely to be asked for as [`Self::nested`].
    pub(super) fn parse_quickly(text: &str, within: &str, deepest: usize) -> Option<Self> {
        let index = Index::parse_quickly(text, within, deepest)?;
        Some(Self::new(text.to_owned(), index))
    }

    /// The same for the inside of a string of JSON.
    #[inline]
    pub(super) fn parse_sealed(escaped: &[u8], within: &str, deepest: usize) -> Option<Self> {
        let text = json::unsealed(escaped)?;
        let index = Index::parse_quickly(&text, within, deepest)?;
        Some(Self::new(text, index))
    }

    pub(super) fn parse_thoroughly(text: Cow<'_, str>) -> Result<Self, serde_json::Error> {
        let (text, index) = json::read(json::without_lone_surrogates(text), Index::parse_thoroughly)?;
        Ok(Self::new(text.into_owned(), index))
    }

    /// The two values of an array, by these names.
    #[cfg(feature = "zmq")]
    pub(super) fn parse_pair(text: Cow<'_, str>, names: [&str; 2]) -> Result<Self, serde_json::Error> {
        let read = |text: &str| Index::parse_pair(text, names);
        let (text, index) = json::read(json::without_lone_surrogates(text), read)?;
        Ok(Self::new(text.into_owned(), index))
    }

    #[inline]
    fn new(text: String, index: Index) -> Self {
        Self { text: text.into(), index }
    }

    /// The members of the object that is the value with that name; `None` if it is not an object.
    ///
    /// To be asked for once: what was found on the way is given away.
    pub(super) fn nested(&mut self, name: &str) -> Option<Self> {
        let index = self.index.nested(&self.text, name)?;
        Some(Self { text: Arc::clone(&self.text), index })
    }

    /// About how many bytes of memory they take, the text not counted that they share with others.
    pub(crate) fn index_size(&self) -> usize {
        self.index.size()
    }

    /// How many bytes the text has that they are in, and maybe others.
    pub(crate) fn text_size(&self) -> usize {
        self.text.len()
    }

    /// The values whose names begin with `prefix`, without it.
    pub(super) fn with_prefix(&self, prefix: &str) -> Self {
        let index = self.index.with_prefix(&self.text, prefix);
        Self { text: Arc::clone(&self.text), index }
    }
}

impl fmt::Debug for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Arguments {
        Arguments::parse(text.into()).unwrap()
    }

    #[test]
    fn text_is_kept_as_it_came() {
        let args = parse(r#" {"a": 1180591620717411303424 , "b":[1.50, {"c": "\u00e9"}],"\u00e9": null} "#);
        assert_eq!(args.get("a"), Some("1180591620717411303424"));
        assert_eq!(args.get("b"), Some(r#"[1.50, {"c": "\u00e9"}]"#));
        assert_eq!(args.decode::<Option<u8>>("é").unwrap().unwrap(), None);
        assert!(args.decode::<u8>("a").unwrap().is_err());
        assert!(args.get("c").is_none());
        assert_eq!(args.names().collect::<Vec<_>>(), ["a", "b", "é"]);
    }

    #[test]
    fn the_last_of_a_repeated_name_counts() {
        let args = parse(r#"{"a": 1, "b": 2, "a": 3}"#);
        assert_eq!(args.get("a"), Some("3"));
        assert_eq!(args.len(), 3);
    }

    #[cfg(feature = "objects")]
    #[test]
    fn other_values_in_the_place_of_some() {
        let texts = |texts: &[(&str, &str)]| {
            texts
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let args = parse(r#"{"a": 1, "é\"": [2], "b": {}}"#);
        let replaced = args.replaced(&texts(&[("b", "[3]"), ("é\"", "4")])).unwrap();
        assert_eq!(replaced.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "[3]"), ("é\"", "4")]);
        let all = parse("{}").replaced(&texts(&[("a", "1")])).unwrap();
        assert_eq!(all.iter().collect::<Vec<_>>(), [("a", "1")]);
        assert!(args.replaced(&texts(&[("a", "]")])).is_err());
    }

    #[test]
    fn what_is_repeated_many_times_takes_no_memory() {
        // One and the same name with and without an escape, and as pairs: all ways of finding them.
        let many = |member: &str| member.repeat(100_000);
        for text in [
            format!(r#"{{{}"b": 2, "a": 3}}"#, many(r#""a": 1, "#)),
            format!(r#"{{{}"b": 2, "a": 3}}"#, many(r#""\u0061": 1, "#)),
            format!(r#"[{}["b", 2], ["a", 3]]"#, many(r#"["a", 1], "#)),
        ] {
            let args = parse(&text);
            assert!(args.len() < 1000, "{}", args.len());
            assert!(args.index_size() < 256 << 10, "{}", args.index_size());
            assert_eq!((args.get("a"), args.get("b")), (Some("3"), Some("2")));
            let mut within = parse(&format!(r#"{{"args": {text}}}"#));
            assert!(within.nested("args").is_none_or(|args| args.index_size() < 256 << 10));
        }
    }

    #[test]
    fn what_many_members_take_is_told() {
        let members = (0..100).map(|n| format!("\"{n}\": 1")).collect::<Vec<_>>().join(", ");
        assert!(parse(&format!("{{{members}}}")).index_size() >= 100 * 4 * size_of::<usize>());
    }

    #[test]
    fn nested_and_prefixed() {
        let mut args = parse(r#"{"x": {}, "args": {"p_a": [1], "p_": 2, "q": 3}}"#).nested("args").unwrap();
        assert_eq!(args.get("q"), Some("3"));
        let found = args.with_prefix("p_");
        assert_eq!(found.iter().collect::<Vec<_>>(), [("a", "[1]"), ("", "2")]);
        assert!(args.nested("q").is_none());
    }

    #[test]
    fn the_last_nested_object_counts() {
        for (text, found) in [
            (r#"{"args": {"a": 1}, "args": {"é": {"a": 2}, "b": 3}}"#, Some("é: {\"a\": 2}, b: 3")),
            (r#"{"args": {"a": 1}, "args": 2}"#, None),
            (r#"{"args": 2, "args": {}}"#, Some("")),
        ] {
            let args = Arguments::parse_quickly(text, "args", 9).unwrap().nested("args");
            let shown = args.map(|args| {
                let values: Vec<_> = args.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                values.join(", ")
            });
            assert_eq!(shown.as_deref(), found);
            let slow = parse(text).nested("args");
            assert_eq!(
                slow.map(|args| args.len()),
                Arguments::parse_quickly(text, "args", 9).unwrap().nested("args").map(|args| args.len())
            );
        }
    }

    #[test]
    fn pairs() {
        assert_eq!(parse(r#"[["a", 1], ["b", [2]]]"#).get("b"), Some("[2]"));
        assert!(parse("[]").is_empty());
        for text in ["[1]", r#"["ab"]"#, r#"[["a"]]"#, r#"[["a", 1, 2]]"#, "[[1, 2]]"] {
            let error = Arguments::parse(text.into()).unwrap_err();
            assert!(error.to_string().contains("pairs of a name and a value"), "{text}: {error}");
        }
    }

    #[test]
    fn debug_output_has_no_values() {
        let shown = format!("{:?}", parse(r#"{"auth_token": "secret"}"#));
        assert!(shown.contains("auth_token") && !shown.contains("secret"), "{shown}");
    }
}
