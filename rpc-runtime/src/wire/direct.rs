//! Bodies as oslo.messaging 8.1.4, the last with ZeroMQ, has them: of a request `[context, message]`, of a reply
//! `[result, failure]`. Their ids are in the frames beside them.

use bytes::Bytes;

use super::arguments::Arguments;
use super::beside::Beside;
use super::content::Limits;
use super::error::DecodeError;
use super::fields::Fields;
use super::reply::{EncodedValue, RESULT, Reply};
use super::request::{Request, RequestHead};
use super::{failure, plain};
use crate::error::RemoteError;

/// The body of a request. A monitored call says so in its message, which Python's servers do not look at.
pub(super) fn request(head: &RequestHead<'_>, args: &Fields, context: &Fields) -> Bytes {
    let mut sealed = Vec::with_capacity(160 + args.encoded_len() + context.encoded_len());
    sealed.extend_from_slice(b"[{");
    context.write_members(&mut sealed, "", true);
    sealed.extend_from_slice(b"}, {");
    head.write_members(&mut sealed, args);
    if let Some(seconds) = head.reply.and_then(|reply| reply.monitor) {
        sealed.extend_from_slice(format!(", \\\"_timeout\\\": {seconds}").as_bytes());
    }
    sealed.extend_from_slice(b"}]");
    plain::opened(&sealed).into()
}

pub(super) fn read_request(
    body: &Bytes,
    beside: Option<&Beside>,
    limits: &Limits,
) -> Result<Request, DecodeError> {
    let mut members = members(body, ["context", "message"], limits)?;
    let context = plain::object(&mut members, "context")?;
    Ok(plain::request(plain::object(&mut members, "message")?, context, beside))
}

pub(super) fn result(result: &EncodedValue) -> Bytes {
    let mut body = String::from("[");
    body.push_str(&plain::opened(result.sealed()));
    body.push_str(", null]");
    body.into()
}

pub(super) fn failure(error: &RemoteError) -> Bytes {
    let mut body = Vec::from(b"[null, \"");
    failure::write::<1>(&mut body, error);
    body.extend_from_slice(b"\"]");
    body.into()
}

pub(super) fn read_reply(
    body: &Bytes,
    beside: Option<&Beside>,
    limits: &Limits,
) -> Result<Reply, DecodeError> {
    let call = plain::id(beside);
    if body.is_empty() {
        return Ok(Reply::of(Arguments::default(), RESULT, call, false));
    }
    Ok(Reply::of(members(body, [RESULT, "failure"], limits)?, RESULT, call, true))
}

fn members(body: &Bytes, names: [&str; 2], limits: &Limits) -> Result<Arguments, DecodeError> {
    plain::read(body, limits, |text| Arguments::parse_pair(text, names))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::request::ReplyTo;
    use super::*;
    use crate::version::Version;

    fn beside(reply_to: Option<&str>) -> Beside {
        Beside { id: "i\"d".to_owned(), reply_to: reply_to.map(str::to_owned) }
    }

    fn fields(members: &[(&str, serde_json::Value)]) -> Fields {
        let mut fields = Fields::new();
        members.iter().for_each(|(name, value)| fields.set(name, value).unwrap());
        fields
    }

    #[test]
    fn requests_are_those_of_python() {
        let head = RequestHead::new("echo", "u").with_namespace("ns").with_version(Version::new(1, 2));
        let args = fields(&[("value", json!("\u{e9}\"\\"))]);
        let body = request(&head, &args, &fields(&[("user", json!(null))]));
        let expected = r#"[{"user": null}, {"method": "echo", "args": {"value": "\u00e9\"\\"}, "namespace": "ns", "version": "1.2"}]"#;
        assert_eq!(body, expected);
        let monitored = ReplyTo::new("m", "q").with_monitor(3);
        let body = request(&RequestHead::new("m", "u").with_reply(monitored), &Fields::new(), &Fields::new());
        assert_eq!(body, r#"[{}, {"method": "m", "args": {}, "_timeout": 3}]"#);
    }

    #[test]
    fn requests_come_back() {
        let args = fields(&[("value", json!({"a": ["\u{e9}\"\\", 5]}))]);
        let head = RequestHead::new("echo", "u").with_reply(ReplyTo::new("m", "q").with_monitor(4));
        let body = request(&head, &args, &fields(&[("user", json!("admin"))]));
        let read = read_request(&body, Some(&beside(Some("place"))), &Limits::default()).unwrap();
        let reply = read.reply.unwrap();
        assert_eq!((reply.queue.as_str(), reply.msg_id.as_str()), ("place", "\"i\\\"d\""));
        assert_eq!(read.unique_id.as_deref(), Some("i\"d"));
        assert_eq!(read.heartbeat, Some(std::time::Duration::from_secs(2)));
        assert_eq!(read.context.get("user"), Some("\"admin\""));
        let invocation = read.invocation.unwrap();
        assert_eq!((invocation.method.as_str(), invocation.version), ("echo", Version::new(1, 0)));
        assert_eq!(
            invocation.args.decode::<serde_json::Value>("value").unwrap().unwrap(),
            json!({"a": ["\u{e9}\"\\", 5]})
        );
        assert_eq!(read_request(&body, Some(&beside(None)), &Limits::default()).unwrap().reply, None);
    }

    #[test]
    fn replies_come_back() {
        let read = |body: &Bytes| read_reply(body, Some(&beside(None)), &Limits::default()).unwrap();
        let body = result(&EncodedValue::new(&json!(["\u{e9}\"", 1.5])).unwrap());
        assert_eq!(body, r#"[["\u00e9\"", 1.5], null]"#);
        let reply = read(&body);
        assert_eq!((reply.msg_id.as_deref(), reply.ending), (Some("i\"d"), true));
        assert_eq!(reply.decode_result::<serde_json::Value>().unwrap(), json!(["\u{e9}\"", 1.5]));
        let error = RemoteError::new("nova.exception", "NotFound", "no \"\u{e9}\"\n").with_kwarg("id", 5);
        let body = failure(&error);
        let (result, text): (Option<u8>, String) = serde_json::from_slice(&body).unwrap();
        assert!(result.is_none() && text.starts_with(r#"{"class": "NotFound", "#), "{text}");
        assert_eq!(read(&body).failure, Some(error));
        let alive = read(&plain::HEARTBEAT);
        assert!(!alive.ending && !alive.has_result());
    }

    #[test]
    fn what_python_writes_beyond_json_is_read() {
        let body = Bytes::from(r#"[{"a": NaN}, {"method": "m", "args": {"x": "\ud800", "y": -Infinity}}]"#);
        let read = read_request(&body, None, &Limits::default()).unwrap();
        assert_eq!(read.context.get("a"), Some("\"NaN\""));
        assert_eq!(read.invocation.unwrap().args.decode::<String>("x").unwrap().unwrap(), "\u{fffd}");
    }

    #[test]
    fn what_is_no_body_is_told() {
        let limits = Limits { max_body: 100, max_depth: 4, ..Limits::default() };
        let long = format!("[{{}}, {{\"a\": \"{}\"}}]", "x".repeat(100));
        for (body, said) in [
            ("", "EOF"),
            ("{}", "invalid type: map"),
            ("[{}]", "invalid length 1"),
            ("[{}, {}, {}]", "trailing"),
            ("[1, {}]", "context"),
            ("[{}, []]", "message"),
            ("[{}, {]", "the body"),
            ("[[[[[[]]]]], {}]", "nested"),
            (&long, "100"),
        ] {
            let error = read_request(&Bytes::from(body.to_owned()), None, &limits).unwrap_err().to_string();
            assert!(error.contains(said), "{body}: {error}");
        }
        assert!(read_request(&Bytes::from_static(b"[{}, \xff]"), None, &limits).is_err());
        assert!(read_reply(&Bytes::from_static(b"[1]"), None, &limits).is_err());
    }
}
