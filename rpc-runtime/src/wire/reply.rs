use std::fmt;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::Arguments;
use super::content::{Content, Limits};
use super::envelope::{IN_ENVELOPE, name};
use super::error::{DecodeError, EncodeError};
use super::id::random_id;
use super::{envelope, failure, python};
use crate::error::RemoteError;
use crate::json;

/// The member that has the result of a call.
pub(super) const RESULT: &str = "result";

/// In how many strings a failure is: it is itself text in a string of the message.
const IN_FAILURE: u8 = IN_ENVELOPE + 1;

/// A result in the form that it has within the envelope, before it is known what it answers.
#[derive(Clone)]
pub struct EncodedValue(Vec<u8>);

/// Results can be long, and secret: only their length is shown.
impl fmt::Debug for EncodedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedValue({} bytes)", self.0.len())
    }
}

impl EncodedValue {
    /// Encodes a result.
    ///
    /// # Errors
    ///
    /// If `value` cannot be written as JSON; the error calls it `result`.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, EncodeError> {
        // To grow to the size of a small result step by step takes 19 % of what encoding the reply does.
        let mut text = Vec::with_capacity(256);
        match json::write::<IN_ENVELOPE, _>(&mut text, value) {
            Ok(()) => Ok(Self(text)),
            Err(error) => Err(EncodeError::new("result", error)),
        }
    }

    /// As it stands in a string of the envelope.
    #[cfg(any(feature = "amqp1", feature = "zmq"))]
    pub(super) fn sealed(&self) -> &[u8] {
        &self.0
    }
}

/// A reply as a client reads it: the result, a failure, or a sign that the call still runs.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The id of the call; `None` if there is none, and then nobody waits for it.
    pub msg_id: Option<String>,
    /// Whether this is the last reply to the call. Otherwise it is a heartbeat, or the result
    /// before an ending reply without one.
    pub ending: bool,
    /// The exception that was raised, if one was.
    pub failure: Option<RemoteError>,
    message: Arguments,
    /// What the result is called in it.
    result: &'static str,
}

impl Reply {
    /// The final reply to the call `msg_id`, which is the JSON text of the id in the request.
    #[must_use]
    pub fn result(msg_id: &str, result: &EncodedValue) -> Bytes {
        encode(msg_id, random_id(&mut [0; 32]), true, Some(result), None)
    }

    /// The final reply to the call `msg_id` that ended in an exception.
    #[must_use]
    pub fn failure(msg_id: &str, error: &RemoteError) -> Bytes {
        encode(msg_id, random_id(&mut [0; 32]), true, None, Some(error))
    }

    /// A sign that the call `msg_id` still runs; only for callers that asked for it.
    #[must_use]
    pub fn heartbeat(msg_id: &str) -> Bytes {
        encode(msg_id, random_id(&mut [0; 32]), false, None, None)
    }

    /// Reads a reply.
    ///
    /// # Errors
    ///
    /// If it cannot be understood at all: it is then to be rejected without requeue.
    pub fn decode(body: &Bytes, content: &Content<'_>, limits: &Limits) -> Result<Self, DecodeError> {
        let message = envelope::open(body, content, limits)?;
        let msg_id = message.get("_msg_id").and_then(python::string);
        let ending = message.get("ending").is_some_and(python::is_true);
        Ok(Self::of(message, RESULT, msg_id, ending))
    }

    /// What the members of a message say of a call: `failure`, and that which is called `result`.
    pub(super) fn of(message: Arguments, result: &'static str, msg_id: Option<String>, ending: bool) -> Self {
        let failure = message.get("failure").and_then(failure::read);
        Self { msg_id, ending, failure, message, result }
    }

    /// The JSON text of the result; `null` if there is none.
    #[must_use]
    pub fn result_text(&self) -> &str {
        self.message.get(self.result).unwrap_or("null")
    }

    /// Whether there is a result that is not null.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.result_text() != "null"
    }

    /// Whether it says nothing but that the call is over: with a result of null, or with the one that came before.
    #[must_use]
    pub(crate) fn is_bare_end(&self) -> bool {
        self.ending && !self.has_result() && self.failure.is_none()
    }

    /// Decodes the result; a missing one is null.
    ///
    /// # Errors
    ///
    /// If the result is not a `T`.
    pub fn decode_result<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.result_text())
    }
}

fn encode(
    msg_id: &str,
    unique_id: &str,
    ending: bool,
    result: Option<&EncodedValue>,
    error: Option<&RemoteError>,
) -> Bytes {
    let result: &[u8] = result.map_or(b"null", |EncodedValue(text)| text);
    let mut out = Vec::with_capacity(256 + result.len());
    out.extend_from_slice(envelope::OPEN);
    out.extend_from_slice(name!("result"));
    out.extend_from_slice(result);
    out.extend_from_slice(name!(, "failure"));
    match error {
        None => out.extend_from_slice(b"null"),
        Some(error) => {
            out.extend_from_slice(b"\\\"");
            failure::write::<IN_FAILURE>(&mut out, error);
            out.extend_from_slice(b"\\\"");
        }
    }
    let ending: &[u8] = if ending { b"true" } else { b"false" };
    out.extend_from_slice(name!(, "ending"));
    out.extend_from_slice(ending);
    out.extend_from_slice(name!(, "_msg_id"));
    json::write_raw::<IN_ENVELOPE>(&mut out, msg_id);
    out.extend_from_slice(name!(, "_unique_id"));
    json::write_plain::<IN_ENVELOPE, _>(&mut out, unique_id);
    out.extend_from_slice(envelope::CLOSE);
    Bytes::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_but_that_the_call_is_over() {
        let null = EncodedValue::new(&()).unwrap();
        let one = EncodedValue::new(&1).unwrap();
        for (reply, bare) in [
            (Reply::result("1", &null), true),
            (Reply::result("1", &one), false),
            (Reply::heartbeat("1"), false),
            (Reply::failure("1", &RemoteError::new("a", "B", "c")), false),
        ] {
            let reply = Reply::decode(&reply, &Content::JSON, &Limits::default()).unwrap();
            assert_eq!(reply.is_bare_end(), bare, "{reply:?}");
        }
    }
}
