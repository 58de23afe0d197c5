use std::fmt::Display;

/// A value that cannot be written as JSON; nothing was encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot encode {what}: {why}")]
#[non_exhaustive]
pub struct EncodeError {
    /// The name of the argument or context value, or `result`, `payload`, `event type`.
    pub what: String,
    /// The serialiser's words, or those of a type that has reasons of its own.
    pub why: String,
}

impl EncodeError {
    /// What cannot be written and why, in words that may be logged: for a context or an event of your own that has a reason
    /// of its own not to be sent.
    pub fn new(what: impl Into<String>, why: impl Display) -> Self {
        Self { what: what.into(), why: why.to_string() }
    }

    #[cfg(feature = "notifications")]
    pub(crate) fn payload(why: &serde_json::Error) -> Self {
        Self::new("payload", why)
    }
}

/// A message that cannot be understood at all: it is to be rejected and nobody gets a reply.
///
/// No variant holds more than a few words of the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The property `content_type` is missing or is not exactly `application/json`.
    #[error("the content type is {0}, not application/json")]
    ContentType(String),
    /// The header `compression` names one that is not read, and the body is no JSON as it is; holds the name, quoted and
    /// shortened.
    #[error("the body is compressed by {0}, which is not read")]
    Compression(String),
    /// The body has more bytes than [`Limits::max_body`](super::Limits::max_body), as it came or
    /// after decompression.
    #[error("the body has more than max_body={limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body becomes more than [`Limits::max_ratio`](super::Limits::max_ratio) times as large by
    /// decompression, and larger than 128 KiB.
    #[error(
        "the {bytes} bytes of the body would become more than max_ratio={ratio} times as many by decompression"
    )]
    TooDense {
        /// The size of the body as it came, in bytes.
        bytes: usize,
        /// The limit.
        ratio: usize,
    },
    /// Arrays and objects are nested deeper than [`Limits::max_depth`](super::Limits::max_depth).
    #[error("{part} is nested deeper than {limit} levels")]
    TooDeep {
        /// `the body` or `oslo.message`.
        part: &'static str,
        /// The limit in levels.
        limit: usize,
    },
    /// The body is not UTF-8.
    #[error("the body is not UTF-8 from byte {at} on")]
    Utf8 {
        /// The offset of the first wrong byte.
        at: usize,
    },
    /// The body begins with a byte order mark.
    #[error("the body begins with a byte order mark")]
    ByteOrderMark,
    /// A part is not JSON, or not an object.
    #[error("{part}: {why}")]
    Json {
        /// `the body` or `oslo.message`.
        part: &'static str,
        /// The parser's words.
        why: String,
    },
    /// The envelope has a version that is not compatible with 2.0.
    #[error("envelope version {0} is not compatible with 2.0")]
    EnvelopeVersion(String),
    /// `oslo.message` is not a string.
    #[error("oslo.message is not a string")]
    MessageNotText,
    /// A body without envelope has one of kombu's typed values with an unknown type, or with a
    /// value that is not one of that type.
    #[error("{0} is no type of kombu's, or its value is not one of that type")]
    SpecialValue(String),
}
