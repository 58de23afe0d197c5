//! What a message is on the wire: ids and addresses in its properties, and the text of its body in one section.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use fe2o3_amqp::Sendable;
use fe2o3_amqp::types::messaging::annotations::OwnedKey;
use fe2o3_amqp::types::messaging::{AmqpValue, Body, Header, Message, MessageId, Properties};
use fe2o3_amqp::types::primitives::{Symbol, Value};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use tokio::time::Instant;

use crate::clock::after;
use crate::transport::driver::{Ask, History};
use crate::wire::{Beside, new_id};

/// Where a broker says how often it has delivered a message.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// What separates, in the words for where a reply goes, its address from the id of its call.
const FOR: &str = " for ";

/// What is sent.
#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub(super) body: Bytes,
    /// What it is if it is a request.
    pub(super) ask: Option<Ask>,
    /// The call that it answers, if it does.
    pub(super) call: Option<MessageId>,
    /// Whether nobody is to say what became of it.
    pub(super) settled: bool,
    /// How long it may wait on its way.
    pub(super) expiration: Option<Duration>,
    pub(super) deadline: Instant,
}

/// As it goes to the client library.
pub(super) type Sent<'a> = Sendable<AmqpValue<Option<&'a str>>>;

impl Letter {
    /// The message to this address, with `reply_to` as the place of replies. `None` if its body is no text, which those of this
    /// bus are.
    pub(super) fn message(&self, to: &str, reply_to: Option<&str>) -> Option<Sent<'_>> {
        let text = match &self.body {
            body if body.is_empty() => None,
            body => Some(std::str::from_utf8(body).ok()?),
        };
        let id = self.ask.as_ref().map(|ask| String::from_utf8_lossy(&ask.id).into_owned());
        let properties = Properties {
            message_id: id.map(MessageId::String),
            to: Some(to.to_owned()),
            reply_to: reply_to.map(str::to_owned),
            correlation_id: self.call.clone(),
            ..Properties::default()
        };
        let left = || self.deadline.saturating_duration_since(Instant::now());
        let header = self.expiration.map(|wait| Header {
            // None would be for ever.
            ttl: Some(u32::try_from(wait.min(left()).as_millis()).unwrap_or(u32::MAX).max(1)),
            ..Header::default()
        });
        let message = Message { header, properties: Some(properties), ..Message::from(AmqpValue(text)) };
        Some(Sendable::builder().message(message).settled(self.settled).build())
    }
}

/// The words by which a driver finds who waits for a reply.
pub(super) fn reply_words(address: &str, call: &MessageId) -> String {
    let call: Cow<'_, str> = match call {
        // As those of a type have its name, this one says its own.
        MessageId::String(id) if typed(id).is_some() => format!("string:{id}").into(),
        MessageId::String(id) => id.into(),
        MessageId::Ulong(id) => format!("ulong:{id}").into(),
        MessageId::Uuid(id) => format!("uuid:{}", uuid::Uuid::from_bytes(id.clone().into_inner())).into(),
        MessageId::Binary(id) => format!("binary:{}", hexadecimal(id)).into(),
    };
    format!("{address}{FOR}{call}")
}

/// The address and the id of the call in [`reply_words`].
pub(super) fn read_reply_words(words: &str) -> Option<(&str, MessageId)> {
    let (address, call) = words.rsplit_once(FOR)?;
    Some((address, typed(call).unwrap_or_else(|| MessageId::String(call.to_owned()))))
}

/// An id with the name of its type before it.
fn typed(id: &str) -> Option<MessageId> {
    let (kind, id) = id.split_once(':')?;
    match kind {
        "string" => Some(MessageId::String(id.to_owned())),
        "ulong" => id.parse().ok().map(MessageId::Ulong),
        "uuid" => uuid::Uuid::parse_str(id).ok().map(|id| MessageId::Uuid(id.into_bytes().into())),
        "binary" => {
            let byte = |at| u8::from_str_radix(id.get(at..at + 2)?, 16).ok();
            let bytes: Option<Vec<u8>> = (0..id.len()).step_by(2).map(byte).collect();
            bytes.map(|bytes| MessageId::Binary(bytes.into()))
        }
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id as a text, whatever its type is.
fn text_of(id: MessageId) -> String {
    match id {
        MessageId::String(id) => id,
        MessageId::Ulong(id) => id.to_string(),
        MessageId::Uuid(id) => uuid::Uuid::from_bytes(id.into_inner()).simple().to_string(),
        MessageId::Binary(id) => hexadecimal(&id),
    }
}

/// A message as it came.
pub(super) type Came = Message<Body<Part>>;

/// The content of a body.
#[derive(Debug)]
pub(super) enum Part {
    Null,
    Bytes(Bytes),
}

/// Nothing but texts, bytes and null: what is nested could be so deeply that to read it takes the whole stack.
impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Part;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, bytes or null")
            }

            fn visit_unit<E: Error>(self) -> Result<Part, E> {
                Ok(Part::Null)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Part, E> {
                Ok(Part::Bytes(Bytes::copy_from_slice(text.as_bytes())))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Part, E> {
                Ok(Part::Bytes(text.into()))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Part, E> {
                Ok(Part::Bytes(Bytes::copy_from_slice(bytes)))
            }

            fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Part, E> {
                Ok(Part::Bytes(bytes.into()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// What is known of a message that came.
#[derive(Debug)]
pub(super) struct Read {
    /// Empty for null, which is what a heartbeat is.
    pub(super) body: Bytes,
    pub(super) beside: Beside,
    pub(super) redelivered: bool,
    pub(super) history: History,
    pub(super) expires: Option<Instant>,
}

impl Read {
    /// What stands for a message that cannot be read.
    pub(super) fn unreadable() -> Self {
        Self {
            body: Bytes::new(),
            beside: Beside { id: new_id(), reply_to: None },
            redelivered: false,
            history: History::default(),
            expires: None,
        }
    }
}

/// Reads a request.
pub(super) fn request(message: Came) -> Result<Read, &'static str> {
    let properties = message.properties.clone().unwrap_or_default();
    let reply_to = match (properties.reply_to, &properties.message_id) {
        (Some(address), Some(id)) => Some(reply_words(&address, id)),
        (Some(_), None) => return Err("it wants a reply and has no message-id"),
        (None, _) => None,
    };
    // Python gives casts none.
    let id = properties.message_id.map_or_else(new_id, text_of);
    read(message, Beside { id, reply_to })
}

/// Reads a reply.
pub(super) fn reply(mut message: Came) -> Result<Read, &'static str> {
    let call = message.properties.as_mut().and_then(|properties| properties.correlation_id.take());
    let id = text_of(call.ok_or("it is a reply without a correlation-id")?);
    read(message, Beside { id, reply_to: None })
}

fn read(message: Came, beside: Beside) -> Result<Read, &'static str> {
    let body = match message.body {
        Body::Value(AmqpValue(Part::Bytes(bytes))) => bytes,
        Body::Value(AmqpValue(Part::Null)) | Body::Empty => Bytes::new(),
        Body::Data(sections) => {
            let mut sections = sections.into_iter().map(|section| section.0.into_vec());
            match (sections.next(), sections.next()) {
                (Some(only), None) => only.into(),
                (first, second) => {
                    let parts = first.into_iter().chain(second).chain(sections);
                    parts.collect::<Vec<_>>().concat().into()
                }
            }
        }
        Body::Sequence(_) => return Err("its body is a sequence"),
    };
    let header = message.header.unwrap_or_default();
    let annotated = || {
        let count =
            message.message_annotations.as_ref()?.get(&OwnedKey::Symbol(Symbol::from(DELIVERY_COUNT)))?;
        match count {
            Value::Ulong(count) => u32::try_from(*count).ok(),
            Value::Uint(count) => Some(*count),
            Value::Long(count) => u32::try_from(*count).ok(),
            Value::Int(count) => u32::try_from(*count).ok(),
            _ => None,
        }
    };
    let count =
        Some(header.delivery_count).filter(|count| *count > 0).or_else(annotated).filter(|count| *count > 0);
    let ttl = header.ttl.map(|millis| Duration::from_millis(millis.into()));
    Ok(Read {
        body,
        beside,
        redelivered: count.is_some(),
        history: History { counted: count, expiration: ttl, ..History::default() },
        expires: ttl.map(after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_a_reply_is_found_again_whatever_its_id_is() {
        let uuid = uuid::Uuid::new_v4();
        for id in [
            MessageId::String("ab12".to_owned()),
            MessageId::String(String::new()),
            MessageId::String("ulong:7".to_owned()),
            MessageId::String("string:x".to_owned()),
            MessageId::Ulong(u64::MAX),
            MessageId::Uuid(uuid.into_bytes().into()),
            MessageId::Binary(vec![0, 0xff, 16].into()),
        ] {
            for address in ["node", "an address for all", ""] {
                let words = reply_words(address, &id);
                assert_eq!(read_reply_words(&words), Some((address, id.clone())), "{words}");
            }
        }
        assert_eq!(read_reply_words("nowhere"), None);
        assert_eq!(reply_words("node", &MessageId::String("ab12".to_owned())), "node for ab12");
    }
}
