//! The typed values of format 1.0: objects that kombu writes for what JSON has no type for.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::value::RawValue;

use super::arguments::Index;
use super::error::DecodeError;
use super::{json, python};
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
    let mut resolved = String::with_capacity(json.len());
    append(&mut resolved, json.trim_ascii())?;
    Ok(Cow::Owned(resolved))
}

fn may_have_types(json: &str) -> bool {
    // Escapes may hide the name.
    json.contains(TYPE) || json.contains("\\u")
}

fn append(out: &mut String, json: &str) -> Result<(), DecodeError> {
    match json.as_bytes().first() {
        Some(b'{') if may_have_types(json) => append_object(out, json),
        Some(b'[') if may_have_types(json) => append_array(out, json),
        _ => {
            out.push_str(json);
            Ok(())
        }
    }
}

fn append_array(out: &mut String, json: &str) -> Result<(), DecodeError> {
    let items: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| unreadable(&error))?;
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        append(out, item.get())?;
    }
    out.push(']');
    Ok(())
}

fn append_object(out: &mut String, json: &str) -> Result<(), DecodeError> {
    let members = Index::parse(json).map_err(|error| unreadable(&error))?;
    if members.iter(json).all(|(name, _)| name == TYPE || name == VALUE)
        && let (Some(kind), Some(value)) = (members.get(json, TYPE), members.get(json, VALUE))
    {
        let text = text_of(kind, value)?;
        return append_string(out, &text);
    }
    out.push('{');
    for (at, (name, value)) in members.iter(json).enumerate() {
        if at > 0 {
            out.push(',');
        }
        append_string(out, name)?;
        out.push(':');
        append(out, value)?;
    }
    out.push('}');
    Ok(())
}

fn append_string(out: &mut String, text: &str) -> Result<(), DecodeError> {
    out.push_str(&serde_json::to_string(text).map_err(|error| unreadable(&error))?);
    Ok(())
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

fn unreadable(error: &serde_json::Error) -> DecodeError {
    DecodeError::Json { part: "the body", why: error.to_string() }
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
    fn other_keys_make_it_data() {
        for text in
            [r#"{"__type__":"foo"}"#, r#"{"__type__":"foo","__value__":1,"x":2}"#, r#"{"a":"__type__ \\u"}"#]
        {
            assert_eq!(resolve(text.into()).unwrap(), text);
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
