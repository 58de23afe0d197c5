//! Python's view of JSON values, for the cases in which peers see its consequences.

use std::borrow::Cow;

use crate::text::shortened;
use crate::version::Version;

/// Whether Python takes the value for true. `json` is one valid JSON value.
pub(super) fn is_true(json: &str) -> bool {
    match json.as_bytes() {
        b"null" | b"false" | b"\"\"" => false,
        [open @ (b'[' | b'{'), .., close] => {
            debug_assert!(matches!((open, close), (b'[', b']') | (b'{', b'}')));
            !json[1..json.len() - 1].bytes().all(|byte| byte.is_ascii_whitespace())
        }
        [b'-' | b'0'..=b'9', ..] => {
            // A number is zero if all digits before its exponent are.
            let mantissa = json.split(['e', 'E']).next().unwrap_or(json);
            mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        }
        _ => true,
    }
}

/// The name of the type that Python reads the value as. `json` is one valid JSON value.
pub(super) fn type_name(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "str",
        Some(b'{') => "dict",
        Some(b'[') => "list",
        Some(b't' | b'f') => "bool",
        Some(b'n') | None => "NoneType",
        Some(_) if json.contains(['.', 'e', 'E']) => "float",
        Some(_) => "int",
    }
}

/// The text of a JSON string, or `None` if the value is something else. `json` is one valid JSON
/// value.
pub(super) fn string(json: &str) -> Option<String> {
    text(json).map(Cow::into_owned)
}

/// The same without memory of its own if there are no escapes.
pub(super) fn text(json: &str) -> Option<Cow<'_, str>> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    if text.contains('\\') {
        serde_json::from_str(json).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(text))
    }
}

/// Why Python cannot compare a version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum VersionFault {
    /// This part is not a number.
    NotANumber(String),
    /// There is no second part.
    NoMinor,
    /// A part is too large for any version that exists.
    TooLarge,
}

/// Reads the first three parts of a version; Python never looks at the others.
pub(super) fn version(text: &str) -> Result<Version, VersionFault> {
    text.parse().or_else(|_| {
        let end = text.match_indices('.').nth(2).map_or(text.len(), |(at, _)| at);
        let parts = &text[..end];
        parts.parse().map_err(|_| version_fault(parts))
    })
}

/// What Python says about parts that are no version: it makes numbers of them before it counts them.
fn version_fault(parts: &str) -> VersionFault {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.split('.').find(|part| !is_number(part)) {
        Some(part) => VersionFault::NotANumber(shortened(part)),
        None if parts.contains('.') => VersionFault::TooLarge,
        None => VersionFault::NoMinor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth() {
        for json in ["null", "false", "\"\"", "0", "-0", "0.0", "0e5", "-0.00E+7", "[]", "{}", "[ ]", "{\n}"]
        {
            assert!(!is_true(json), "{json}");
        }
        for json in ["true", "\" \"", "\"0\"", "1", "-1", "0.001", "1e-400", "[0]", "{\"\": 0}", "[[]]"] {
            assert!(is_true(json), "{json}");
        }
    }

    #[test]
    fn type_names() {
        for (json, name) in [
            ("null", "NoneType"),
            ("true", "bool"),
            ("-12", "int"),
            ("1.0", "float"),
            ("1e3", "float"),
            ("\"e\"", "str"),
            ("[1.0]", "list"),
            ("{}", "dict"),
        ] {
            assert_eq!(type_name(json), name, "{json}");
        }
    }

    #[test]
    fn versions() {
        assert_eq!(version("2.0"), Ok(Version::new(2, 0)));
        assert_eq!(version("012.345"), Ok(Version::new(12, 345)));
        assert_eq!(version("4294967295.4294967295"), Ok(Version::new(u32::MAX, u32::MAX)));
        assert_eq!(version("1."), Err(VersionFault::NotANumber(String::new())));
        assert_eq!(version("1.2.3.x"), Ok("1.2.3".parse().unwrap()));
        assert_eq!(version("1"), Err(VersionFault::NoMinor));
        assert_eq!(version(""), Err(VersionFault::NotANumber(String::new())));
        assert_eq!(version("1.x"), Err(VersionFault::NotANumber("x".into())));
        assert_eq!(version("1.0.+1"), Err(VersionFault::NotANumber("+1".into())));
        assert_eq!(version("1.4294967296"), Err(VersionFault::TooLarge));
    }
}
