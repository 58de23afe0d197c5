use std::time::Duration;

use bytes::Bytes;

use super::super::arguments::Arguments;
use super::super::content::{Content, Limits};
use super::super::envelope;
use super::super::error::DecodeError;
use super::super::id::{LONGEST_ID, unique_id};
use super::super::python::{self, VersionFault};
use super::heartbeat;
use crate::error::RemoteError;
use crate::version::Version;

/// The version of a request that states none.
const DEFAULT_VERSION: Version = Version::new(1, 0);

/// The longest name of an AMQP queue in bytes; nobody can have a longer one.
const LONGEST_QUEUE: usize = 255;

/// The longest words of a driver for where a reply goes, in bytes.
#[cfg(any(feature = "amqp1", feature = "zmq"))]
const LONGEST_WORDS: usize = 1024;

/// Those around a `_msg_id`, which is JSON text.
const QUOTES: usize = 2;

/// A request as a server reads it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Request {
    /// Where to answer; `None` for a cast.
    pub reply: Option<ReplyAddress>,
    /// The id by which a repetition of this message is recognised. A number has its own text here.
    pub unique_id: Option<String>,
    /// How often the caller wants to be told that its call still runs.
    pub heartbeat: Option<Duration>,
    /// The values of the caller's context.
    pub context: Arguments,
    /// What to execute, or what the caller is to get because that cannot be told.
    pub invocation: Result<Invocation, Box<RemoteError>>,
    /// What is odd about the request without being an error, for the log.
    pub warnings: Vec<String>,
}

/// Where the reply to a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyAddress {
    /// The caller's queue.
    pub queue: String,
    /// The JSON text of the call's id. Replies bear it unchanged, whatever its type.
    pub msg_id: String,
}

impl ReplyAddress {
    /// `None` if nobody can wait there, or with an id of more than 255 bytes: every heartbeat and reply repeats it, to
    /// a queue of the sender's choice.
    ///
    /// Names that begin with `amq.` are the broker's own: RabbitMQ closes the connection of who sends to a reply address of
    /// its own making that leads nowhere.
    pub(crate) fn new(queue: String, msg_id: String) -> Option<Self> {
        let is_name = !queue.is_empty() && queue.len() <= LONGEST_QUEUE && !queue.starts_with("amq.");
        let possible = is_name && msg_id.len() <= LONGEST_ID + QUOTES;
        possible.then_some(Self { queue, msg_id })
    }

    /// The same of a bus that has no queues: where the reply goes is in words that its driver understands.
    #[cfg(any(feature = "amqp1", feature = "zmq"))]
    pub(crate) fn in_words(words: String, msg_id: String) -> Option<Self> {
        let are_words = !words.is_empty() && words.len() <= LONGEST_WORDS;
        let possible = are_words && msg_id.len() <= LONGEST_ID + QUOTES;
        possible.then_some(Self { queue: words, msg_id })
    }
}

/// Which method to execute, and with what.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Invocation {
    /// The name of the method.
    pub method: String,
    /// The namespace to look for it in. The empty one is not the same as none.
    pub namespace: Option<String>,
    /// The version that an endpoint has to accept; 1.0 if the request states none.
    pub version: Version,
    /// The arguments.
    pub args: Arguments,
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// If it cannot be understood at all: it is then to be rejected without requeue.
    pub fn decode(body: &Bytes, content: &Content<'_>, limits: &Limits) -> Result<Self, DecodeError> {
        let mut message = envelope::open(body, content, limits)?;
        let args = message.nested("args");
        let members = Members::of(&message);
        let mut request = Self::of(&members, args, message.with_prefix("_context_"));
        request.reply = reply_address(&members, &mut request.warnings);
        request.unique_id = members.unique_id.and_then(unique_id);
        Ok(request)
    }

    /// The same from a message of a bus whose messages have neither an id nor a place of replies in them.
    #[cfg(any(feature = "amqp1", feature = "zmq"))]
    pub(in super::super) fn without_ids(mut message: Arguments, context: Arguments) -> Self {
        let args = message.nested("args");
        Self::of(&Members::of(&message), args, context)
    }

    /// The same with heartbeats as the member `name` beside its message asks for them.
    #[cfg(feature = "amqp1")]
    pub(in super::super) fn monitored(mut self, name: &str, timeout: &str) -> Self {
        self.heartbeat = interval(name, timeout, &mut self.warnings);
        self
    }

    /// What to execute, and how often the caller wants to hear of it.
    fn of(members: &Members<'_>, args: Option<Arguments>, context: Arguments) -> Self {
        let mut warnings = Vec::new();
        let heartbeat = members.timeout.and_then(|timeout| interval("_timeout", timeout, &mut warnings));
        let invocation = invocation(args, members);
        Self { reply: None, unique_id: None, heartbeat, context, invocation, warnings }
    }
}

fn interval(name: &str, timeout: &str, warnings: &mut Vec<String>) -> Option<Duration> {
    heartbeat::interval(name, timeout).unwrap_or_else(|warning| {
        warnings.push(warning);
        None
    })
}

/// The JSON text of each member that is there, found in one pass.
#[derive(Default)]
struct Members<'a> {
    method: Option<&'a str>,
    args: Option<&'a str>,
    namespace: Option<&'a str>,
    version: Option<&'a str>,
    msg_id: Option<&'a str>,
    reply_q: Option<&'a str>,
    timeout: Option<&'a str>,
    unique_id: Option<&'a str>,
}

impl<'a> Members<'a> {
    fn of(message: &'a Arguments) -> Self {
        let mut members = Self::default();
        for (name, value) in message.iter() {
            let member = match name {
                "method" => &mut members.method,
                "args" => &mut members.args,
                "namespace" => &mut members.namespace,
                "version" => &mut members.version,
                "_msg_id" => &mut members.msg_id,
                "_reply_q" => &mut members.reply_q,
                "_timeout" => &mut members.timeout,
                "_unique_id" => &mut members.unique_id,
                _ => continue,
            };
            *member = Some(value);
        }
        members
    }
}

fn reply_address(members: &Members<'_>, warnings: &mut Vec<String>) -> Option<ReplyAddress> {
    let msg_id = members.msg_id.filter(|id| python::is_true(id))?;
    let queue = members.reply_q.and_then(python::string).unwrap_or_default();
    let address = ReplyAddress::new(queue, msg_id.to_owned());
    if msg_id.len() > LONGEST_ID + QUOTES {
        warnings.push(format!("the call cannot be answered: its _msg_id is longer than {LONGEST_ID} bytes"));
    } else if address.is_none() {
        warnings.push("the call cannot be answered: its _reply_q is not the name of a queue".to_owned());
    }
    address
}

/// What to execute. The errors are those that Python's dispatcher runs into, in its order.
fn invocation(args: Option<Arguments>, members: &Members<'_>) -> Result<Invocation, Box<RemoteError>> {
    let method = members.method.unwrap_or("null");
    let unsupported = || {
        let version = members.version.map_or_else(|| DEFAULT_VERSION.to_string(), printed);
        Box::new(RemoteError::unsupported_version(&version, &printed(method)))
    };

    let namespace = match members.namespace {
        None | Some("null") => None,
        Some(namespace) => Some(python::string(namespace).ok_or_else(unsupported)?),
    };
    let version = match members.version {
        None => DEFAULT_VERSION,
        Some("null") => return Err(unsupported()),
        Some(json) => {
            let text = python::text(json).ok_or_else(|| no_attribute(json, "split"))?;
            python::version(&text).map_err(|fault| match fault {
                VersionFault::NotANumber(part) => {
                    let text = format!("invalid literal for int() with base 10: '{part}'");
                    builtin("ValueError", text)
                }
                VersionFault::NoMinor => builtin("IndexError", "list index out of range"),
                VersionFault::TooLarge => unsupported(),
            })?
        }
    };
    let method = python::string(method).ok_or_else(|| {
        let text = format!("attribute name must be string, not '{}'", python::type_name(method));
        builtin("TypeError", text)
    })?;
    let args = match members.args {
        None => Arguments::default(),
        Some(json) => args.ok_or_else(|| no_attribute(json, "items"))?,
    };
    Ok(Invocation { method, namespace, version, args })
}

fn no_attribute(json: &str, attribute: &str) -> Box<RemoteError> {
    builtin("AttributeError", format!("'{}' object has no attribute '{attribute}'", python::type_name(json)))
}

fn builtin(class: &str, text: impl Into<String>) -> Box<RemoteError> {
    Box::new(RemoteError::builtin(class, text))
}

/// The value as Python prints it, as far as that matters in a message.
fn printed(json: &str) -> String {
    match json {
        "null" => "None".to_owned(),
        _ => python::string(json).unwrap_or_else(|| json.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::id::LONGEST_ID;
    use super::*;

    fn request(members: &str) -> Request {
        let body = Bytes::from(format!(r#"{{"method": "m", "_msg_id": "i", {members}}}"#));
        Request::decode(&body, &Content::JSON, &Limits::default()).unwrap()
    }

    #[test]
    fn a_queue_that_cannot_exist_is_no_address() {
        let longest = "q".repeat(LONGEST_QUEUE);
        let address = request(&format!(r#""_reply_q": "{longest}""#)).reply.unwrap();
        assert_eq!((address.queue, address.msg_id.as_str()), (longest, "\"i\""));
        let own = "\"amq.rabbitmq.reply-to.g2dkAA.x\"";
        let too_long = format!("\"q{}\"", "q".repeat(LONGEST_QUEUE));
        for queue in [&*too_long, "\"\"", "5", "null", own] {
            let request = request(&format!(r#""_reply_q": {queue}"#));
            assert_eq!(request.reply, None, "{queue}");
            assert!(request.warnings[0].contains("_reply_q"), "{:?}", request.warnings);
        }
    }

    #[test]
    fn what_replies_repeat_is_bounded() {
        for (length, answered) in [(LONGEST_ID, true), (LONGEST_ID + 1, false)] {
            let request = request(&format!(r#""_reply_q": "q", "_msg_id": "{}""#, "i".repeat(length)));
            assert_eq!(request.reply.is_some(), answered);
            assert_eq!(
                request.warnings.iter().filter(|warning| warning.contains("_msg_id")).count(),
                usize::from(!answered)
            );
        }
    }

    #[test]
    fn ids_are_text_of_a_bounded_length() {
        let longest = "u".repeat(LONGEST_ID);
        for (id, read) in [
            ("\"u\"".to_owned(), Some("u")),
            ("5".to_owned(), Some("5")),
            ("null".to_owned(), None),
            (format!("\"{longest}\""), Some(longest.as_str())),
            (format!("\"{longest}u\""), None),
        ] {
            assert_eq!(request(&format!(r#""_unique_id": {id}"#)).unique_id.as_deref(), read);
        }
    }

    #[test]
    fn the_text_of_an_error_does_not_grow_with_the_request() {
        let long = "9".repeat(10_000);
        for member in ["version", "namespace", "args", "method"] {
            for value in [format!("\"{long}\""), long.clone(), format!("[{long}]")] {
                let error = match request(&format!(r#""{member}": {value}"#)).invocation {
                    Err(error) => error,
                    Ok(_) if member == "namespace" && value.starts_with('"') => continue,
                    // No endpoint has it: what the dispatcher says then.
                    Ok(invocation) => RemoteError::no_such_method(&invocation.method).into(),
                };
                assert!(error.message.len() < 300, "{member}: {}", error.message);
                // The same with a version that nobody serves, which names the method too.
                let old =
                    request(&format!(r#""{member}": {value}, "version": null"#)).invocation.unwrap_err();
                assert!(old.message.len() < 300, "{member}: {}", old.message);
            }
        }
    }
}
