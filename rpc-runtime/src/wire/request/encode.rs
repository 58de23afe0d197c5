use bytes::Bytes;
use serde::Serialize;

use super::super::envelope::{self, IN_ENVELOPE, name};
use super::super::fields::Fields;
use crate::json;
use crate::version::Version;

/// What a request says besides its arguments and its context.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method to execute.
    pub method: &'a str,
    /// The namespace of the method, if it has one.
    pub namespace: Option<&'a str>,
    /// The version of the interface that the request needs. Servers take 1.0 if there is none.
    pub version: Option<Version>,
    /// Where the reply goes: a request with it is a call, one without is a cast.
    pub reply: Option<ReplyTo<'a>>,
    /// The id of this message, which stays the same when it is sent again.
    pub unique_id: &'a str,
}

/// Where and how the server of a call answers.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ReplyTo<'a> {
    /// The id of the call, which its replies bear.
    pub msg_id: &'a str,
    /// The queue for the replies.
    pub queue: &'a str,
    /// After how many seconds without a sign of life the caller gives up. The server sends one
    /// twice as often if this is at least 2, and else none.
    pub monitor: Option<u64>,
}

impl<'a> ReplyTo<'a> {
    /// A call of that id, answered to that queue and not monitored.
    #[must_use]
    pub const fn new(msg_id: &'a str, queue: &'a str) -> Self {
        Self { msg_id, queue, monitor: None }
    }

    /// The same with this many seconds without a sign of life, or without a limit.
    #[must_use]
    pub fn with_monitor(mut self, seconds: impl Into<Option<u64>>) -> Self {
        self.monitor = seconds.into();
        self
    }
}

impl<'a> RequestHead<'a> {
    /// A cast of `method` without namespace and version.
    #[must_use]
    pub const fn new(method: &'a str, unique_id: &'a str) -> Self {
        Self { method, namespace: None, version: None, reply: None, unique_id }
    }

    /// The same in this namespace, or in none.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<Option<&'a str>>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// The same for this version, or without one.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<Option<Version>>) -> Self {
        self.version = version.into();
        self
    }

    /// The same as a call with its reply to there, or as a cast.
    #[must_use]
    pub fn with_reply(mut self, reply: impl Into<Option<ReplyTo<'a>>>) -> Self {
        self.reply = reply.into();
        self
    }
}

impl RequestHead<'_> {
    /// The body of the request, in its envelope.
    #[must_use]
    pub fn encode(&self, args: &Fields, context: &Fields) -> Bytes {
        let mut out = Vec::with_capacity(320 + args.encoded_len() + context.encoded_len());
        out.extend_from_slice(envelope::OPEN);
        self.write_members(&mut out, args);
        if let Some(reply) = &self.reply {
            out.extend_from_slice(name!(, "_msg_id"));
            write(&mut out, reply.msg_id);
            out.extend_from_slice(name!(, "_reply_q"));
            write(&mut out, reply.queue);
            out.extend_from_slice(name!(, "_timeout"));
            write(&mut out, &reply.monitor);
        }
        out.extend_from_slice(name!(, "_unique_id"));
        write(&mut out, self.unique_id);
        context.write_members(&mut out, "_context_", false);
        out.extend_from_slice(envelope::CLOSE);
        Bytes::from(out)
    }

    /// Appends the members that say what to execute, in the form of the envelope.
    pub(in super::super) fn write_members(&self, out: &mut Vec<u8>, args: &Fields) {
        out.extend_from_slice(name!("method"));
        write(out, self.method);
        out.extend_from_slice(b", \\\"args\\\": {");
        args.write_members(out, "", true);
        out.push(b'}');
        if let Some(namespace) = self.namespace {
            out.extend_from_slice(name!(, "namespace"));
            write(out, namespace);
        }
        if let Some(version) = self.version {
            out.extend_from_slice(name!(, "version"));
            write_version(out, version);
        }
    }
}

fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    json::write_plain::<IN_ENVELOPE, T>(out, value);
}

/// Its parts as numbers: to print them takes 15 % of what encoding a small request does.
fn write_version(out: &mut Vec<u8>, version: Version) {
    if version != Version::new(version.major(), version.minor()) {
        return write(out, &format_args!("{version}"));
    }
    out.extend_from_slice(b"\\\"");
    write(out, &version.major());
    out.push(b'.');
    write(out, &version.minor());
    out.extend_from_slice(b"\\\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_python() {
        let mut args = Fields::new();
        args.set("value", "é").unwrap();
        let mut context = Fields::new();
        context.set("user", &None::<String>).unwrap();
        let head = RequestHead {
            method: "echo",
            namespace: Some("ns"),
            version: Some(Version::new(1, 2)),
            reply: Some(ReplyTo { msg_id: "m", queue: "q", monitor: Some(3) }),
            unique_id: "u",
        };
        let body = head.encode(&args, &context);
        let inner = r#"{"method": "echo", "args": {"value": "\u00e9"}, "namespace": "ns", "version": "1.2", "#
            .to_owned()
            + r#""_msg_id": "m", "_reply_q": "q", "_timeout": 3, "_unique_id": "u", "_context_user": null}"#;
        let expected = format!(r#"{{"oslo.version": "2.0", "oslo.message": {}}}"#, serde_json::json!(inner));
        assert_eq!(std::str::from_utf8(&body).unwrap(), expected);
    }

    #[test]
    fn versions_as_they_are_printed() {
        for version in [Version::new(1, 20), Version::new(1, 20).with_patch(3)] {
            let mut out = Vec::new();
            write_version(&mut out, version);
            assert_eq!(std::str::from_utf8(&out).unwrap(), format!("\\\"{version}\\\""));
        }
    }

    #[test]
    fn a_cast_has_no_reply_fields() {
        let head = RequestHead { method: "m", unique_id: "u", ..RequestHead::default() };
        let body = head.encode(&Fields::new(), &Fields::new());
        let expected = r#"{"oslo.version": "2.0", "oslo.message": "{\"method\": \"m\", \"args\": {}, \"_unique_id\": \"u\"}"}"#;
        assert_eq!(std::str::from_utf8(&body).unwrap(), expected);
    }
}
