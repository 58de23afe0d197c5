use std::borrow::Cow;

/// Parses `json`, allowing for what Python writes although it is not valid: the tokens `NaN`,
/// `Infinity` and `-Infinity`, which are read as strings, and escapes of lone surrogates, which
/// are read as U+FFFD.
///
/// Returns the text that was parsed together with the outcome, as ranges into it may be part of
/// that. A lone surrogate in what `parse` only skips stays; see [`without_lone_surrogates`].
///
/// # Errors
///
/// That of the text as it came if there is nothing to tolerate in it, or else that of the repaired
/// text.
pub(crate) fn read<'a, T>(
    json: Cow<'a, str>,
    parse: impl Fn(&str) -> Result<T, serde_json::Error>,
) -> Result<(Cow<'a, str>, T), serde_json::Error> {
    match parse(&json) {
        Ok(value) => Ok((json, value)),
        Err(error) => {
            let repaired = repair(&json).ok_or(error)?;
            let value = parse(&repaired)?;
            Ok((Cow::Owned(repaired), value))
        }
    }
}

/// Replaces escapes of lone surrogates, so that values which are decoded later can be decoded.
pub(crate) fn without_lone_surrogates(json: Cow<'_, str>) -> Cow<'_, str> {
    let suspect = json.contains("\\ud") || json.contains("\\uD");
    match suspect.then(|| repair(&json)).flatten() {
        Some(repaired) => Cow::Owned(repaired),
        None => json,
    }
}

/// The text with every such token and escape replaced, or `None` if there are none.
fn repair(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut repaired = String::new();
    let (mut at, mut done) = (0, 0);
    let mut in_string = false;
    while at < bytes.len() {
        let (len, replacement) = match bytes[at] {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => escape(&bytes[at..]),
            b'N' | b'I' | b'-' if !in_string => token(&bytes[at..]),
            _ => (1, None),
        };
        if let Some(replacement) = replacement {
            repaired.push_str(&json[done..at]);
            repaired.push_str(replacement);
            done = at + len;
        }
        at += len;
    }
    if done == 0 {
        return None;
    }
    repaired.push_str(&json[done..]);
    Some(repaired)
}

/// The length of the escape, or pair of escapes, at the start of `rest`, and what to put there.
fn escape(rest: &[u8]) -> (usize, Option<&'static str>) {
    let unit_of = |text: &[u8]| unit(text.strip_prefix(b"\\")?);
    match unit_of(rest) {
        Some(0xd800..=0xdbff) => match unit_of(&rest[6..]) {
            Some(0xdc00..=0xdfff) => (12, None),
            _ => (6, Some("\\ufffd")),
        },
        Some(0xdc00..=0xdfff) => (6, Some("\\ufffd")),
        _ => (2, None),
    }
}

/// The UTF-16 unit that `rest` begins with as `uXXXX`.
pub(super) fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.strip_prefix(b"u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(digit).ok()?)
    })
}

fn token(rest: &[u8]) -> (usize, Option<&'static str>) {
    for (token, quoted) in [("NaN", "\"NaN\""), ("Infinity", "\"Infinity\""), ("-Infinity", "\"-Infinity\"")]
    {
        if rest.starts_with(token.as_bytes()) {
            return (token.len(), Some(quoted));
        }
    }
    (1, None)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parsed(text: &str) -> Result<Value, serde_json::Error> {
        read(Cow::Borrowed(text), |text| serde_json::from_str(text)).map(|(_, value)| value)
    }

    #[test]
    fn tokens_outside_strings_only() {
        let value = parsed(r#"{"NaN": [NaN, -Infinity, Infinity, -1, "NaN", "\"NaN"]}"#).unwrap();
        assert_eq!(value, json!({"NaN": ["NaN", "-Infinity", "Infinity", -1, "NaN", "\"NaN"]}));
    }

    #[test]
    fn lone_surrogates() {
        let value =
            parsed(r#"["\ud800", "\udc00x", "\ud800\ud83d\ude00", "\\ud800", "\uDBff\u0041"]"#).unwrap();
        assert_eq!(value, json!(["\u{fffd}", "\u{fffd}x", "\u{fffd}😀", "\\ud800", "\u{fffd}A"]));
    }

    #[test]
    fn nothing_else_is_repaired() {
        for text in ["nan", "[NaN", "-Inf", "[1,]", "\"\\u12", "\"\\ud8", "Infinityx", "[NaN NaN]"] {
            assert!(parsed(text).is_err(), "{text}");
        }
        let text = Cow::Borrowed(r#"{"a": "\ud83d\ude00"}"#);
        assert!(matches!(without_lone_surrogates(text.clone()), Cow::Borrowed(_)));
        let (kept, _) = read(text, |text| serde_json::from_str::<Value>(text)).unwrap();
        assert!(matches!(kept, Cow::Borrowed(_)));
    }
}
