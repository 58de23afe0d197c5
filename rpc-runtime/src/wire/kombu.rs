//! The typed values of format 1.0: objects that kombu writes for what JSON has no type for.

use std::borrow::Cow;
use std::ops::Range;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::error::DecodeError;
use super::index::Index;
use super::python;
use crate::json;
use crate::text::shortened;

const TYPE: &str = "__type__";
const VALUE: &str = "__value__";

/// Replaces typed values at any depth by the text that an enveloped message has for them.
///
/// Only for messages without envelope: within one such objects are plain data. `json` is valid and
/// its nesting is within the limit.
pub(super) fn resolve(json: Cow<'_, str>) -> Result<Cow<'_, str>, DecodeError> {
    if !may_have_types(&json) {
        return Ok(json);
    }
    let json = json::without_lone_surrogates(json);
    let mut resolver = Resolver { json: &json, at: 0, resolved: String::with_capacity(json.len()) };
    resolver.value()?;
    Ok(Cow::Owned(resolver.resolved))
}

fn may_have_types(json: &str) -> bool {
    // Escapes may hide the name.
    json.contains(TYPE) || json.contains("\\u")
}

/// Copies a text without its blanks, in one pass: what a typed value has become by its last brace is
/// taken back. A text that is nested deeply costs no more than a flat one.
///
/// Each method passes over what it is named after and gives its range in the text.
struct Resolver<'a> {
    json: &'a str,
    at: usize,
    resolved: String,
}

impl Resolver<'_> {
    fn value(&mut self) -> Result<Range<usize>, DecodeError> {
        match self.next() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            _ => self.scalar(),
        }
    }

    fn object(&mut self) -> Result<Range<usize>, DecodeError> {
        let (start, start_resolved) = (self.at, self.resolved.len());
        let (mut kind, mut value, mut others) = (None, None, false);
        self.items(b'}', |resolver| {
            let name = resolver.string()?;
            resolver.mark(b':')?;
            let range = resolver.value()?;
            match python::string(&resolver.json[name]).as_deref() {
                Some(TYPE) => kind = Some(range),
                Some(VALUE) => value = Some(range),
                _ => others = true,
            }
            Ok(())
        })?;
        if let (Some(kind), Some(value), false) = (kind, value, others) {
            let text = text_of(&self.json[kind], &self.json[value])?;
            self.resolved.truncate(start_resolved);
            self.resolved.push_str(&serde_json::to_string(&text).map_err(|_| self.unreadable())?);
        }
        Ok(start..self.at)
    }

    fn array(&mut self) -> Result<Range<usize>, DecodeError> {
        let start = self.at;
        self.items(b']', |resolver| resolver.value().map(drop))?;
        Ok(start..self.at)
    }

    /// What begins with a bracket and ends with `close`.
    fn items(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.copy(1);
        if self.next() != Some(close) {
            item(self)?;
            while self.next() == Some(b',') {
                self.copy(1);
                item(self)?;
            }
        }
        self.mark(close)
    }

    fn string(&mut self) -> Result<Range<usize>, DecodeError> {
        self.next();
        let start = self.at;
        self.mark(b'"')?;
        while self.json.as_bytes().get(self.at) != Some(&b'"') {
            match json::literal_len(&self.json.as_bytes()[self.at..]) {
                // What follows a backslash is ASCII.
                0 if self.json.is_char_boundary(self.at + 2) => self.copy(2),
                0 => return Err(self.unreadable()),
                len => self.copy(len),
            }
        }
        self.copy(1);
        Ok(start..self.at)
    }

    fn scalar(&mut self) -> Result<Range<usize>, DecodeError> {
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let len = self.json.as_bytes()[start..].iter().take_while(|byte| is_part(byte)).count();
        self.copy(len);
        if len > 0 { Ok(start..self.at) } else { Err(self.unreadable()) }
    }

    fn mark(&mut self, mark: u8) -> Result<(), DecodeError> {
        if self.next() != Some(mark) {
            return Err(self.unreadable());
        }
        self.copy(1);
        Ok(())
    }

    /// What comes after the blanks.
    fn next(&mut self) -> Option<u8> {
        let rest = self.json.as_bytes()[self.at..].trim_ascii_start();
        self.at = self.json.len() - rest.len();
        rest.first().copied()
    }

    fn copy(&mut self, len: usize) {
        self.resolved.push_str(&self.json[self.at..self.at + len]);
        self.at += len;
    }

    /// Does not happen, because the text is valid.
    fn unreadable(&self) -> DecodeError {
        DecodeError::Json { part: "the body", why: format!("not JSON from byte {} on", self.at) }
    }
}

/// The text for a value of the type that `kind`, a JSON value like `value`, names.
fn text_of(kind: &str, value: &str) -> Result<String, DecodeError> {
    let wrong = || DecodeError::SpecialValue(shortened(kind));
    match python::string(kind).as_deref() {
        Some("datetime" | "date" | "time" | "decimal" | "bytes") => python::string(value).ok_or_else(wrong),
        Some("base64") => {
            let text = python::string(value).ok_or_else(wrong)?;
            let bytes = BASE64_STANDARD.decode(&text).map_err(|_| wrong())?;
            Ok(String::from_utf8(bytes).unwrap_or(text))
        }
        Some("uuid") => {
            let members = if value.starts_with('{') { Index::parse(value).ok() } else { None };
            let hex = members.and_then(|members| python::string(members.get(value, "hex")?));
            let uuid = hex.and_then(|hex| uuid::Uuid::try_parse(&hex).ok());
            uuid.map(|uuid| uuid.hyphenated().to_string()).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn special(kind: &str, value: &str) -> String {
        format!(r#"{{"__type__": {kind}, "__value__": {value}}}"#)
    }

    #[test]
    fn every_type_at_any_depth() {
        for (kind, value, text) in [
            ("datetime", r#""2024-02-03T04:05:06.000007""#, r#""2024-02-03T04:05:06.000007""#),
            ("date", r#""2024-02-03""#, r#""2024-02-03""#),
            ("time", r#""01:02:03""#, r#""01:02:03""#),
            ("decimal", r#""1.10""#, r#""1.10""#),
            ("bytes", r#""h\u00e9""#, r#""hé""#),
            ("base64", r#""aMOp""#, r#""hé""#),
            ("base64", r#""/wA=""#, r#""/wA=""#),
            (
                "uuid",
                r#"{"hex": "12345678123456781234567812345678"}"#,
                r#""12345678-1234-5678-1234-567812345678""#,
            ),
        ] {
            let typed = special(&format!("{kind:?}"), value);
            let resolved = resolve(format!(r#" {{"a": [1.50, {typed}]}}"#).into()).unwrap();
            assert_eq!(resolved, format!(r#"{{"a":[1.50,{text}]}}"#));
        }
    }

    #[test]
    fn a_hidden_name_is_found() {
        let resolved = resolve(r#"{"\u005f_type__": "bytes", "__value__": "x"}"#.into()).unwrap();
        assert_eq!(resolved, "\"x\"");
    }

    #[test]
    fn values_within_typed_values() {
        // Python reads the inner object first.
        let odd = special(r#""uuid""#, &format!(r#"{{"hex": "x", "y": {}}}"#, special(r#""foo""#, "1")));
        assert_eq!(resolve(odd.into()).unwrap_err(), DecodeError::SpecialValue(r#""foo""#.to_owned()));
        let within = special(r#""bytes""#, "\"x\"");
        let text = format!(r#"{{"__type__": [{within}, {{ }}], "b" : [ ] , "__value__": {within}}}"#);
        assert_eq!(resolve(text.into()).unwrap(), r#"{"__type__":["x",{}],"b":[],"__value__":"x"}"#);
    }

    #[test]
    fn deep_text_is_copied_as_it_is() {
        let deep =
            format!("{}{}{}", r#"{"__type__":[-1.5e+3,null,"#.repeat(64), "\"é\\\"\"", "]}".repeat(64));
        assert_eq!(resolve(deep.as_str().into()).unwrap(), deep);
    }

    #[test]
    fn other_keys_make_it_data() {
        for text in
            [r#"{"__type__":"foo"}"#, r#"{"__type__":"foo","__value__":1,"x":2}"#, r#"{"a":"__type__ \\u"}"#]
        {
            assert_eq!(resolve(text.into()).unwrap(), text);
        }
    }

    /// Nothing comes here that was not read once, but if it did, it would end.
    #[test]
    fn what_is_no_json_is_an_error() {
        for text in [r#"{"__type__": "\é"}"#, r#"{"__type__": }"#, r#"{"__type__" 1}"#, r#"["__type__""#] {
            assert!(matches!(resolve(text.into()), Err(DecodeError::Json { .. })), "{text}");
        }
    }

    #[test]
    fn unknown_types_and_wrong_values_are_errors() {
        for (kind, value) in [
            (r#""foo""#, "1"),
            ("null", r#""x""#),
            (r#""bytes""#, "5"),
            (r#""base64""#, r#""*""#),
            (r#""uuid""#, r#""12345678123456781234567812345678""#),
            (r#""uuid""#, r#"{"hex": "12"}"#),
        ] {
            let error = resolve(special(kind, value).into()).unwrap_err();
            assert_eq!(error, DecodeError::SpecialValue(kind.to_owned()), "{value}");
        }
    }
}
