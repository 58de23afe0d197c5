use std::borrow::Cow;

use super::arguments::Arguments;
use super::content::{self, Content, Limits};
use super::error::DecodeError;
use super::index::Index;
use super::{kombu, python};
use crate::json;
use crate::text::shortened;
use crate::version::Version;

/// The format that is written, and the newest that is read.
const VERSION: Version = Version::new(2, 0);

/// In how many strings the inner message is.
pub(super) const IN_ENVELOPE: u8 = 1;

/// The name of a member with its colon, as it stands in the envelope; after `,` with the comma before it.
macro_rules! name {
    ($name:literal) => {
        concat!("\\\"", $name, "\\\": ").as_bytes()
    };
    (, $name:literal) => {
        concat!(", \\\"", $name, "\\\": ").as_bytes()
    };
}
pub(super) use name;

/// What comes before the members of the inner message.
pub(super) const OPEN: &[u8] = b"{\"oslo.version\": \"2.0\", \"oslo.message\": \"{";
/// What comes after them.
pub(super) const CLOSE: &[u8] = b"}\"}";

const BODY: &str = "the body";
const MESSAGE: &str = "oslo.message";

/// The member whose own members are asked for after those of the message.
const ARGS: &str = "args";

/// The inner message of a body that was written between [`OPEN`] and [`CLOSE`], without its escapes.
#[expect(clippy::expect_used, reason = "what is written here is sealed")]
pub(super) fn inner_text(body: &[u8]) -> String {
    // The brace at the end of `OPEN` and the one at the start of `CLOSE` belong to the message.
    json::unsealed(&body[OPEN.len() - 1..=body.len() - CLOSE.len()])
        .expect("the message is a text in a string")
}

/// Reads a body: the members of its inner message.
pub(super) fn open(body: &[u8], content: &Content<'_>, limits: &Limits) -> Result<Arguments, DecodeError> {
    let body = content::plain(body, content, limits)?;
    if let Some(members) = sealed_as_usual(&body, limits) {
        return Ok(members);
    }
    let text = std::str::from_utf8(&body).map_err(|error| DecodeError::Utf8 { at: error.valid_up_to() })?;
    if text.is_empty() {
        return Ok(Arguments::default());
    }
    if text.starts_with('\u{feff}') {
        return Err(DecodeError::ByteOrderMark);
    }
    check_depth(BODY, text, limits)?;
    let (text, sealed) =
        json::read(Cow::Borrowed(text), Sealed::find).map_err(|error| unreadable(BODY, &error))?;
    match sealed {
        Some(Sealed { version, message }) => {
            check_version(&version)?;
            members(message.ok_or(DecodeError::MessageNotText)?, limits)
        }
        None => Arguments::parse(kombu::resolve(text)?).map_err(|error| unreadable(BODY, &error)),
    }
}

/// The members of a message that is either an object itself or in an envelope.
#[cfg(feature = "amqp1")]
pub(super) fn message(object: Arguments, limits: &Limits) -> Result<Arguments, DecodeError> {
    let (Some(version), Some(message)) = (object.get("oslo.version"), object.get("oslo.message")) else {
        return Ok(object);
    };
    check_version(version)?;
    members(python::string(message).ok_or(DecodeError::MessageNotText)?, limits)
}

/// The members that make an object an envelope, if it has both. Others are not looked at.
struct Sealed {
    /// The JSON text.
    version: String,
    /// `None` if it is not a string.
    message: Option<String>,
}

/// The members of a body that looks as Python and we write it, which is almost every one.
///
/// `None` means nothing but that the body has to be looked at more closely. Such a body has no
/// escapes but those of quotes and backslashes, because its message is ASCII.
#[inline]
fn sealed_as_usual(body: &[u8], limits: &Limits) -> Option<Arguments> {
    let escaped = usually_sealed(body)?;
    // Where this is text the body is: what is left out is ASCII, and stood before ASCII.
    Arguments::parse_sealed(escaped, ARGS, limits.max_depth)
}

/// What is in the string of such a body, as it stands there.
#[inline]
pub(super) fn usually_sealed(body: &[u8]) -> Option<&[u8]> {
    const START: &[u8] = br#"{"oslo.version": "2.0", "oslo.message": ""#;
    body.strip_prefix(START)?.strip_suffix(b"\"}")
}

impl Sealed {
    fn find(body: &str) -> Result<Option<Self>, serde_json::Error> {
        let members = Index::parse(body)?;
        // Python takes an array of pairs for the message itself.
        if body.trim_ascii_start().starts_with('[') {
            return Ok(None);
        }
        let (Some(version), Some(message)) =
            (members.get(body, "oslo.version"), members.get(body, "oslo.message"))
        else {
            return Ok(None);
        };
        let message = if message.starts_with('"') { Some(serde_json::from_str(message)?) } else { None };
        Ok(Some(Self { version: version.to_owned(), message }))
    }
}

fn members(message: String, limits: &Limits) -> Result<Arguments, DecodeError> {
    if let Some(members) = Arguments::parse_quickly(&message, ARGS, limits.max_depth) {
        return Ok(members);
    }
    check_depth(MESSAGE, &message, limits)?;
    Arguments::parse_thoroughly(Cow::Owned(message)).map_err(|error| unreadable(MESSAGE, &error))
}

fn check_depth(part: &'static str, text: &str, limits: &Limits) -> Result<(), DecodeError> {
    if json::deeper_than(text, limits.max_depth) {
        return Err(DecodeError::TooDeep { part, limit: limits.max_depth });
    }
    Ok(())
}

/// Checks the JSON text of `oslo.version`.
fn check_version(version: &str) -> Result<(), DecodeError> {
    match python::string(version).as_deref().map(python::version) {
        Some(Ok(version)) if VERSION.accepts(version) => Ok(()),
        _ => Err(DecodeError::EnvelopeVersion(shortened(version))),
    }
}

fn unreadable(part: &'static str, error: &serde_json::Error) -> DecodeError {
    DecodeError::Json { part, why: shortened(&error.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Result<Arguments, DecodeError> {
        open(body.as_bytes(), &Content::JSON, &Limits::default())
    }

    fn sealed(version: &str, message: &str) -> String {
        format!(r#"{{"oslo.version": {version}, "oslo.message": {}}}"#, serde_json::json!(message))
    }

    #[test]
    fn compatible_versions_only() {
        for version in [r#""2.0""#, r#""2.0.0""#, r#""2.0.0.9""#, r#""\u0032.0""#] {
            assert_eq!(message(&sealed(version, r#"{"a": 1}"#)).unwrap().get("a"), Some("1"), "{version}");
        }
        for version in [r#""2.1""#, r#""1.0""#, r#""2""#, r#""""#, "2.0", "2", "null", r#"["2.0"]"#] {
            let error = message(&sealed(version, "{}")).unwrap_err();
            assert_eq!(error, DecodeError::EnvelopeVersion(version.to_owned()));
        }
    }

    #[test]
    fn the_last_of_repeated_members_counts() {
        let body = r#"{"oslo.message": 1, "oslo.version": null, "oslo.version": "2.0", "oslo.message": "{\"a\": 2}"}"#;
        assert_eq!(message(body).unwrap().get("a"), Some("2"));
    }

    #[test]
    fn one_member_does_not_make_an_envelope() {
        let bare = message(r#"{"oslo.message": {"a": 1}, "b": 2}"#).unwrap();
        assert_eq!(bare.get("b"), Some("2"));
        assert_eq!(message(r#"[["oslo.version", "3.0"], ["oslo.message", "x"]]"#).unwrap().len(), 2);
    }

    #[test]
    fn not_json_in_either_layer_is_tolerated_where_python_writes_it() {
        assert_eq!(message(&sealed(r#""2.0""#, r#"{"a": NaN}"#)).unwrap().get("a"), Some("\"NaN\""));
        assert_eq!(message(r#"{"a": -Infinity}"#).unwrap().get("a"), Some("\"-Infinity\""));
        let surrogate =
            message(r#"{"oslo.version": "2.0", "oslo.message": "{\"a\": \"\ud800\", \"b\": \"\\udfff\"}"}"#);
        let surrogate = surrogate.unwrap();
        assert_eq!(surrogate.decode::<String>("a").unwrap().unwrap(), "\u{fffd}");
        assert_eq!(surrogate.decode::<String>("b").unwrap().unwrap(), "\u{fffd}");
    }

    #[test]
    fn errors_name_the_part() {
        for (body, said) in [
            ("not json".to_owned(), "the body: "),
            ("5".to_owned(), "the body: invalid type: integer `5`, expected an object"),
            ("\u{feff}{}".to_owned(), "byte order mark"),
            (sealed(r#""2.0""#, "not json"), "oslo.message: "),
            (sealed(r#""2.0""#, "null"), "oslo.message: invalid type: null"),
            (r#"{"oslo.version": "2.0", "oslo.message": {}}"#.to_owned(), "oslo.message is not a string"),
            (sealed(r#""2.0""#, &"[".repeat(129)), "oslo.message is nested deeper than 128 levels"),
            ("[".repeat(129), "the body is nested deeper than 128 levels"),
        ] {
            let error = message(&body).unwrap_err().to_string();
            assert!(error.contains(said), "{body}: {error}");
        }
        let error = open(b"{\"a\": \"\xff\"}", &Content::JSON, &Limits::default()).unwrap_err();
        assert_eq!(error, DecodeError::Utf8 { at: 7 });
    }
}
