use std::ops::Range;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::Arguments;
use super::content::{Content, Limits};
use super::envelope::{IN_ENVELOPE, name};
use super::error::{DecodeError, EncodeError};
use super::fields::Fields;
use super::{envelope, id, python};
use crate::json;

/// The form of a notification's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Format {
    /// In the envelope; Python's driver `messagingv2`.
    #[default]
    Enveloped,
    /// Without envelope; Python's driver `messaging`.
    Bare,
}

/// What a notification says besides its payload and its context. By default nobody notifies, and every text is empty.
///
/// ```
/// use rpc_runtime::wire::{Fields, Format, NotificationHead};
///
/// let head = NotificationHead::default()
///     .with_message_id("0f6b2a52-0c0e-4a76-a3f5-4b0fb2c9c8a1")
///     .with_publisher_id("compute.host1")
///     .with_event_type("instance.create.end")
///     .with_priority("INFO")
///     .with_timestamp("2024-02-03 04:05:06.000007")
///     .with_unique_id("u1");
/// let body = head.encode(&"payload", &Fields::new(), Format::Enveloped)?;
/// # Ok::<(), rpc_runtime::wire::EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct NotificationHead<'a> {
    /// The id of the notification, a UUID with dashes; the same on every topic.
    pub message_id: &'a str,
    /// Who notifies, for example `compute.host1`; written as null if it is not said.
    pub publisher_id: Option<&'a str>,
    /// What happened.
    pub event_type: &'a str,
    /// The priority in upper case, for example `INFO`.
    pub priority: &'a str,
    /// When, in UTC: `2024-02-03 04:05:06.000007`.
    pub timestamp: &'a str,
    /// The id of this message, different on every topic.
    pub unique_id: &'a str,
}

impl<'a> NotificationHead<'a> {
    /// The same with this id of the notification.
    #[must_use]
    pub fn with_message_id(mut self, message_id: &'a str) -> Self {
        self.message_id = message_id;
        self
    }

    /// The same with this publisher.
    #[must_use]
    pub fn with_publisher_id(mut self, publisher_id: &'a str) -> Self {
        self.publisher_id = Some(publisher_id);
        self
    }

    /// The same with this event.
    #[must_use]
    pub fn with_event_type(mut self, event_type: &'a str) -> Self {
        self.event_type = event_type;
        self
    }

    /// The same with this priority.
    #[must_use]
    pub fn with_priority(mut self, priority: &'a str) -> Self {
        self.priority = priority;
        self
    }

    /// The same with this time.
    #[must_use]
    pub fn with_timestamp(mut self, timestamp: &'a str) -> Self {
        self.timestamp = timestamp;
        self
    }

    /// The same with this id of the message.
    #[must_use]
    pub fn with_unique_id(mut self, unique_id: &'a str) -> Self {
        self.unique_id = unique_id;
        self
    }
}

impl NotificationHead<'_> {
    /// The body of the notification.
    ///
    /// # Errors
    ///
    /// If `payload` cannot be written as JSON; the error calls it `payload`.
    pub fn encode<T: Serialize + ?Sized>(
        &self,
        payload: &T,
        context: &Fields,
        format: Format,
    ) -> Result<Bytes, EncodeError> {
        let (sealed, _) = self.sealed(payload, context, 0)?;
        Ok(body(sealed, format))
    }

    /// What the bodies of several messages are made of that differ in their own ids alone. The payload takes about `room`
    /// bytes.
    #[cfg(feature = "notifications")]
    pub(crate) fn draft<T: Serialize + ?Sized>(
        &self,
        payload: &T,
        context: &Fields,
        room: usize,
    ) -> Result<NotificationDraft, EncodeError> {
        let (sealed, unique_id) = self.sealed(payload, context, room)?;
        Ok(NotificationDraft { sealed, unique_id })
    }

    /// The notification in its envelope, and where the id of the message is in it, with its quotes.
    fn sealed<T: Serialize + ?Sized>(
        &self,
        payload: &T,
        context: &Fields,
        room: usize,
    ) -> Result<(Vec<u8>, Range<usize>), EncodeError> {
        let mut out = Vec::with_capacity(512 + context.encoded_len() + room);
        out.extend_from_slice(envelope::OPEN);
        for (name, value) in [
            ("message_id", Some(self.message_id)),
            ("publisher_id", self.publisher_id),
            ("event_type", Some(self.event_type)),
            ("priority", Some(self.priority)),
        ] {
            member(&mut out, name, &value);
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(name!("payload"));
        json::write::<IN_ENVELOPE, T>(&mut out, payload)
            .map_err(|error| EncodeError::new("payload", error))?;
        out.extend_from_slice(b", ");
        member(&mut out, "timestamp", self.timestamp);
        out.extend_from_slice(b", ");
        out.extend_from_slice(name!("_unique_id"));
        let start = out.len();
        json::write_plain::<IN_ENVELOPE, _>(&mut out, self.unique_id);
        let unique_id = start..out.len();
        context.write_members(&mut out, "_context_", false);
        out.extend_from_slice(envelope::CLOSE);
        Ok((out, unique_id))
    }
}

fn member<T: Serialize + ?Sized>(out: &mut Vec<u8>, name: &str, value: &T) {
    json::write_plain::<IN_ENVELOPE, _>(out, name);
    out.extend_from_slice(b": ");
    json::write_plain::<IN_ENVELOPE, _>(out, value);
}

fn body(sealed: Vec<u8>, format: Format) -> Bytes {
    match format {
        Format::Enveloped => Bytes::from(sealed),
        Format::Bare => Bytes::from(envelope::inner_text(&sealed)),
    }
}

/// A notification that is encoded but for its form and the ids of its messages.
#[cfg(feature = "notifications")]
pub(crate) struct NotificationDraft {
    /// In the envelope.
    sealed: Vec<u8>,
    unique_id: Range<usize>,
}

#[cfg(feature = "notifications")]
impl NotificationDraft {
    /// The body of one message, with a new id.
    pub(crate) fn body(&self, format: Format) -> Bytes {
        const QUOTE: &[u8] = json::quote(IN_ENVELOPE);
        let (before, after) = (&self.sealed[..self.unique_id.start], &self.sealed[self.unique_id.end..]);
        let unique_id = &mut [0; 32];
        let parts = [before, QUOTE, id::random_id(unique_id).as_bytes(), QUOTE, after];
        body(parts.concat(), format)
    }
}

/// A notification as a listener reads it. What is missing or not a string is `None`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Notification {
    /// The id of the notification.
    pub message_id: Option<String>,
    /// Who notifies.
    pub publisher_id: Option<String>,
    /// What happened.
    pub event_type: Option<String>,
    /// The priority, usually in upper case; empty if it is missing, which is an unknown priority,
    /// while `None` is an error.
    pub priority: Option<String>,
    /// When, as the sender wrote it.
    pub timestamp: Option<String>,
    /// The id by which a repetition of this message is recognised.
    pub unique_id: Option<String>,
    /// The values of the sender's context.
    pub context: Arguments,
    message: Arguments,
}

impl Notification {
    /// Reads a notification, in either format.
    ///
    /// # Errors
    ///
    /// If it cannot be understood at all: it is then to be rejected without requeue.
    pub fn decode(body: &Bytes, content: &Content<'_>, limits: &Limits) -> Result<Self, DecodeError> {
        let message = envelope::open(body, content, limits)?;
        let string = |name| message.get(name).and_then(python::string);
        Ok(Self {
            message_id: string("message_id"),
            publisher_id: string("publisher_id"),
            event_type: string("event_type"),
            priority: message.get("priority").map_or_else(|| Some(String::new()), python::string),
            timestamp: string("timestamp"),
            unique_id: message.get("_unique_id").and_then(id::unique_id),
            context: message.with_prefix("_context_"),
            message,
        })
    }

    /// The JSON text of the payload; `null` if there is none.
    #[must_use]
    pub fn payload_text(&self) -> &str {
        self.message.get("payload").unwrap_or("null")
    }

    /// Decodes the payload; a missing one is null.
    ///
    /// # Errors
    ///
    /// If the payload is not a `T`.
    pub fn decode_payload<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.payload_text())
    }
}

#[cfg(all(test, feature = "notifications"))]
mod tests {
    use super::*;

    #[test]
    fn messages_of_one_draft_differ_in_their_ids() {
        let head = NotificationHead::default().with_message_id("m").with_event_type("e").with_unique_id("u");
        let mut context = Fields::new();
        context.set("user", "é").unwrap();
        for format in [Format::Enveloped, Format::Bare] {
            let draft = head.draft(&[1], &context, 0).unwrap();
            let [one, other] = [draft.body(format), draft.body(format)]
                .map(|body| Notification::decode(&body, &Content::JSON, &Limits::default()).unwrap());
            assert_eq!((one.message_id.as_deref(), one.payload_text()), (Some("m"), "[1]"));
            assert_eq!(one.context.get("user"), Some(r#""\u00e9""#));
            assert!(one.unique_id.as_ref().is_some_and(|id| id.len() == 32));
            assert_ne!(one.unique_id, other.unique_id);
        }
    }
}
