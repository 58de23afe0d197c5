//! What the forms have in common whose bodies are JSON as it is, with the ids of a message beside it.

use std::borrow::Cow;

use bytes::Bytes;

use super::arguments::Arguments;
use super::beside::Beside;
use super::content::Limits;
use super::error::DecodeError;
use super::request::{ReplyAddress, Request};
use crate::json;
use crate::text::shortened;

/// What a body is called in errors.
const BODY: &str = "the body";

/// The body of a reply that says that the call still runs: it has not a byte.
pub(super) const HEARTBEAT: Bytes = Bytes::new();

/// What stands in a string of the envelope, without its escapes.
#[expect(clippy::expect_used, reason = "what is written here is sealed")]
pub(super) fn opened(sealed: &[u8]) -> String {
    json::unsealed(sealed).expect("it is the text of a string")
}

/// The text of a body, and what `parse` makes of it. It is not parsed unless it is within the limits.
pub(super) fn read(
    body: &[u8],
    limits: &Limits,
    parse: impl FnOnce(Cow<'_, str>) -> Result<Arguments, serde_json::Error>,
) -> Result<Arguments, DecodeError> {
    let text = text(body, limits)?;
    if json::deeper_than(text, limits.max_depth) {
        return Err(DecodeError::TooDeep { part: BODY, limit: limits.max_depth });
    }
    parse(Cow::Borrowed(text))
        .map_err(|error| DecodeError::Json { part: BODY, why: shortened(&error.to_string()) })
}

/// The members of a body that is an object. What is called `within` is likely to be asked for first as [`object`].
#[cfg(feature = "amqp1")]
pub(super) fn members(body: &[u8], within: &str, limits: &Limits) -> Result<Arguments, DecodeError> {
    let text = text(body, limits)?;
    if let Some(members) = Arguments::parse_quickly(text, within, limits.max_depth) {
        return Ok(members);
    }
    // An array of pairs is none here.
    if !text.trim_ascii_start().starts_with('{') {
        return Err(no_object(BODY));
    }
    read(body, limits, Arguments::parse_thoroughly)
}

fn text<'a>(body: &'a [u8], limits: &Limits) -> Result<&'a str, DecodeError> {
    if body.len() > limits.max_body {
        return Err(DecodeError::TooLarge { limit: limits.max_body });
    }
    std::str::from_utf8(body).map_err(|error| DecodeError::Utf8 { at: error.valid_up_to() })
}

/// The members of the object that is the value with that name.
pub(super) fn object(members: &mut Arguments, name: &'static str) -> Result<Arguments, DecodeError> {
    members.nested(name).ok_or_else(|| no_object(name))
}

fn no_object(part: &'static str) -> DecodeError {
    DecodeError::Json { part, why: "it is no object".to_owned() }
}

/// The request with this message and the ids beside it.
pub(super) fn request(message: Arguments, context: Arguments, beside: Option<&Beside>) -> Request {
    let mut request = Request::without_ids(message, context);
    request.reply = caller(beside);
    request.unique_id = id(beside);
    if request.reply.is_none() && beside.is_some_and(|beside| beside.reply_to.is_some()) {
        let why = "the call cannot be answered: its id or the place of its replies is empty or too long";
        request.warnings.push(why.to_owned());
    }
    request
}

/// Who waits for the reply to a request.
pub(super) fn caller(beside: Option<&Beside>) -> Option<ReplyAddress> {
    beside.and_then(Beside::caller)
}

/// The id of a request, or that of the call that a reply is for.
pub(super) fn id(beside: Option<&Beside>) -> Option<String> {
    beside.map(|beside| beside.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_be_as_large_and_as_deep_as_the_limits() {
        let limits = |max_body, max_depth| Limits { max_body, max_depth, ..Limits::default() };
        let body = br#"{"a": [[1]]}"#;
        let read =
            |limits: &Limits| super::read(body, limits, Arguments::parse_thoroughly).map(|it| it.len());
        assert_eq!(read(&limits(body.len(), 3)), Ok(1));
        assert_eq!(read(&limits(body.len() - 1, 3)), Err(DecodeError::TooLarge { limit: body.len() - 1 }));
        assert_eq!(read(&limits(body.len(), 2)), Err(DecodeError::TooDeep { part: BODY, limit: 2 }));
    }
}
