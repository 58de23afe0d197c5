//! Whose a message is that is not read because it is too large or nested too deeply.
//!
//! One pass that follows strings and brackets, keeps a few texts of bounded length, and neither recurses nor
//! checks the rest. A body that would have to be unpacked although it is too large is left alone.

use std::ops::Range;

use super::content::{self, Content, Limits};
use super::envelope::usually_sealed;
use super::error::DecodeError;
use super::python;
use super::request::ReplyAddress;

/// The longest text of an id or a queue that is kept, in bytes of JSON.
const LONGEST: usize = 1024;

/// Where the caller of a request waits that gave `error` when it was read: if it says so, and is to be told.
pub(super) fn caller(
    body: &[u8],
    content: &Content<'_>,
    limits: &Limits,
    error: &DecodeError,
) -> Option<ReplyAddress> {
    let ids = Ids::of(body, content, limits, error)?;
    let queue = python::string(&ids.reply_q?)?;
    let msg_id = ids.msg_id.filter(|id| python::string(id).is_some())?;
    ReplyAddress::new(queue, msg_id)
}

/// The id of the call that a reply is for that gave `error` when it was read.
pub(super) fn call(
    body: &[u8],
    content: &Content<'_>,
    limits: &Limits,
    error: &DecodeError,
) -> Option<String> {
    python::string(&Ids::of(body, content, limits, error)?.msg_id?)
}

/// JSON texts.
#[derive(Debug, Default)]
struct Ids {
    msg_id: Option<String>,
    reply_q: Option<String>,
}

impl Ids {
    fn of(body: &[u8], content: &Content<'_>, limits: &Limits, error: &DecodeError) -> Option<Self> {
        let plain = match error {
            DecodeError::TooDeep { .. } => content::plain(body, content, limits).ok()?,
            DecodeError::TooLarge { .. } if !content.is_compressed() => body.into(),
            _ => return None,
        };
        let sealed = usually_sealed(&plain).or_else(|| sealed(&plain));
        Some(match sealed {
            Some(escaped) => Self::find(Unescaped(escaped.iter())),
            None => Self::find(plain.iter().copied()),
        })
    }

    /// The last ones, if there are several.
    fn find(bytes: impl Iterator<Item = u8>) -> Self {
        let mut ids = Self::default();
        members(bytes, |name, text, _| {
            let member = match name {
                b"\"_msg_id\"" => &mut ids.msg_id,
                b"\"_reply_q\"" => &mut ids.reply_q,
                _ => return,
            };
            *member = String::from_utf8(text.to_vec()).ok().filter(|text| text.len() <= LONGEST);
        });
        ids
    }
}

/// What is in the string of an envelope, however it is written.
fn sealed(body: &[u8]) -> Option<&[u8]> {
    let (mut message, mut is_envelope) = (None, false);
    members(body.iter().copied(), |name, _, place| match name {
        b"\"oslo.message\"" => message = Some(place),
        b"\"oslo.version\"" => is_envelope = true,
        _ => {}
    });
    let message = body.get(message.filter(|_| is_envelope)?)?.trim_ascii();
    message.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Passes over an object, and hands on each member: its name with the quotes, its text without blanks, or the beginning of
/// what is no string or number, or too long; and where it stands.
fn members(mut bytes: impl Iterator<Item = u8>, mut member: impl FnMut(&[u8], &[u8], Range<usize>)) {
    let mut name = Vec::new();
    // What stands at the level of the members since the last comma or colon, and where that was.
    let (mut text, mut start) = (Vec::new(), 0);
    let (mut at, mut depth, mut in_string) = (0, 0_usize, false);
    while let Some(byte) = bytes.next() {
        let here = at;
        at += 1;
        let keep = depth == 1 && text.len() <= LONGEST;
        if in_string {
            in_string = byte != b'"';
            if keep {
                text.push(byte);
            }
            if byte == b'\\' {
                at += 1;
                let escaped = bytes.next();
                if keep {
                    text.extend(escaped);
                }
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b':' if depth == 1 => {
                (name, start) = (std::mem::take(&mut text), at);
            }
            b',' | b'}' if depth == usize::from(byte == b',') => {
                member(&name, &text, start..here);
                text.clear();
            }
            _ if keep => text.push(byte),
            _ => {}
        }
    }
}

/// The text of a string whose quotes are left out. What is not ASCII there becomes `?`: no id has any.
struct Unescaped<'a>(std::slice::Iter<'a, u8>);

impl Iterator for Unescaped<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = *self.0.next()?;
        if byte != b'\\' {
            return Some(byte);
        }
        match self.0.next()? {
            b'n' | b't' | b'r' | b'b' | b'f' => Some(b' '),
            b'u' => self.0.nth(3).map(|_| b'?'),
            byte => Some(*byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Compression, MessageFormat};

    const QUEUE: &str = "reply_1";

    fn limits() -> Limits {
        Limits { max_body: 10_000, max_depth: 8, ..Limits::default() }
    }

    /// The id and the queue that are found in an object with these members, in two envelopes and without.
    fn found(members: &str, error: &DecodeError) -> [Option<(String, String)>; 3] {
        let message = format!("{{{members}}}");
        let sealed = format!(
            r#"{{"oslo.version": "2.0", "oslo.message": {}}}"#,
            serde_json::to_string(&message).unwrap()
        );
        let otherwise = serde_json::json!({"oslo.version": "2.0", "oslo.message": message}).to_string();
        [sealed, otherwise, message].map(|body| {
            let format = MessageFormat::Envelope;
            let address = format.unread_caller(body.as_bytes(), &Content::JSON, None, &limits(), error)?;
            let call = format.unread_call(body.as_bytes(), &Content::JSON, None, &limits(), error);
            assert_eq!(call.map(|id| format!("\"{id}\"")), Some(address.msg_id.clone()));
            Some((address.msg_id, address.queue))
        })
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let large = DecodeError::TooLarge { limit: 10_000 };
        let deep = DecodeError::TooDeep { part: "the body", limit: 8 };
        let ids = format!(r#""_msg_id": "i", "_reply_q":"{QUEUE}""#);
        let expected = [0; 3].map(|_| Some(("\"i\"".to_owned(), QUEUE.to_owned())));
        let filling = "[{\\\"_msg_id\\\": 1}]".repeat(1000);
        let nested = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
        for (members, error) in [
            (format!(r#"{ids}, "a": "{filling}""#), &large),
            (format!(r#""a": "{filling}", "b": {{"_msg_id": "j", "c": []}}, {ids}"#), &large),
            (format!(r#""é\\\"": "\\", {ids}"#), &large),
            (format!(r#""a": "]}}}}, [{{", {ids}"#), &large),
            (format!("\n\t{ids},\r\n\u{8}\"a\":\u{c}1"), &large),
            (format!(r#""_msg_id": 5, "_reply_q": {{"a": 1}}, {ids}"#), &large),
            (format!(r#""a": {nested}, {ids}"#), &deep),
            (format!(r#"{ids}, "a": {nested}"#), &deep),
        ] {
            assert_eq!(found(&members, error), expected, "{members:.100}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        let large = DecodeError::TooLarge { limit: 10_000 };
        for members in [
            String::new(),
            r#""_msg_id": "i""#.to_owned(),
            r#""_msg_id": 5, "_reply_q": "q""#.to_owned(),
            r#""_msg_id": nonsense, "_reply_q": "q""#.to_owned(),
            format!(r#""_msg_id": "i", "_reply_q": "{}""#, "q".repeat(2000)),
            format!(r#""_msg_id": "{}", "_reply_q": "q""#, "i".repeat(2000)),
            r#""a": {"_msg_id": "i", "_reply_q": "q"}"#.to_owned(),
            r#""_msg_id": "i", "_reply_q": "q", "_msg_id": null"#.to_owned(),
            r#""_msg_id": "i", "_reply_q": "q", "_msg_id": {"a": 1}"#.to_owned(),
            r#""_msg_id": [1, 2] "i", "_reply_q": "q""#.to_owned(),
        ] {
            assert_eq!(found(&members, &large), [None, None, None], "{members:.100}");
        }
        let other = DecodeError::MessageNotText;
        assert_eq!(found(r#""_msg_id": "i", "_reply_q": "q""#, &other), [None, None, None]);
    }

    #[test]
    fn an_id_of_so_many_bytes_is_kept_and_a_longer_one_is_not_cut() {
        let large = DecodeError::TooLarge { limit: 10_000 };
        let id_in = |text: &str| {
            call(format!(r#"{{"_msg_id": {text}}}"#).as_bytes(), &Content::JSON, &limits(), &large)
        };
        let id = "i".repeat(LONGEST - 2);
        assert_eq!(id_in(&format!(r#""{id}i""#)), None);
        assert_eq!(id_in(&format!(r#""{id}"i"#)), None);
        assert_eq!(id_in(&format!(r#""{id}""#)), Some(id));
    }

    #[test]
    fn what_is_not_ascii_in_an_envelope_is_one_character() {
        let large = DecodeError::TooLarge { limit: 10_000 };
        let body = r#"{"oslo.version": "2.0", "oslo.message": "{\"_msg_id\": \"a\u00e9b\"}"}"#;
        assert_eq!(call(body.as_bytes(), &Content::JSON, &limits(), &large).unwrap(), "a?b");
    }

    #[test]
    fn what_is_packed_is_left_alone_if_it_is_too_large() {
        let body =
            format!(r#"{{"_msg_id": "i", "_reply_q": "q", "a": {}1{}}}"#, "[".repeat(20), "]".repeat(20));
        let packed = Compression::Gzip.compress(body.as_bytes()).unwrap();
        let content = Content::JSON.with_compression(Compression::Gzip.header());
        let deep = DecodeError::TooDeep { part: "the body", limit: 8 };
        assert!(caller(&packed, &content, &limits(), &deep).is_some());
        for body in [&packed[..], body.as_bytes()] {
            assert_eq!(caller(body, &content, &limits(), &DecodeError::TooLarge { limit: 10 }), None);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_it_is_it_comes_to_an_end(body in r#"(\PC|[{}\[\]",:\\]|"_msg_id":|oslo\.message){0,40}"#) {
            for error in [DecodeError::TooLarge { limit: 10_000 }, DecodeError::TooDeep { part: "the body", limit: 8 }] {
                drop(caller(body.as_bytes(), &Content::JSON, &limits(), &error));
                drop(call(body.as_bytes(), &Content::JSON, &limits(), &error));
            }
        }
    }

    #[test]
    fn any_bytes_will_do() {
        let large = DecodeError::TooLarge { limit: 10_000 };
        for body in [
            &b"\\"[..],
            b"\"",
            b"{\"",
            b"]]]}}}",
            b"\xff\xfe{\"_msg_id\": \"",
            b"{\"oslo.version\": \"2.0\", \"oslo.message\": \"\\u12\"}",
        ] {
            assert_eq!(call(body, &Content::JSON, &limits(), &large), None);
        }
    }
}
