//! Messages as oslo.messaging 8.1.4, the last with this bus, sends them from one process to another without a proxy.
//!
//! | Frame | Content |
//! |---|---|
//! | 1 | nothing |
//! | 2 | the version of this format, `1.0` |
//! | 3 | the type, one digit |
//! | 4 | the id of the message; an answer has that of its request |
//! | 5 | the body |

use std::fmt;

use bytes::Bytes;

use super::zmtp::Multipart;
use crate::text::{printable, shortened};

const VERSION: &str = "1.0";

/// How many frames each has.
const FRAMES: usize = 5;

/// The longest id that is taken. oslo.messaging makes 36 characters.
const LONGEST_ID: usize = 255;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageType {
    Call,
    Cast,
    Fanout,
    Notification,
    /// The answer to a call.
    Reply,
    /// The word that a message has come.
    Ack,
}

impl MessageType {
    const ALL: [Self; 6] = [Self::Call, Self::Cast, Self::Fanout, Self::Notification, Self::Reply, Self::Ack];

    fn digit(self) -> &'static str {
        match self {
            Self::Call => "1",
            Self::Cast => "2",
            Self::Fanout => "3",
            Self::Notification => "4",
            Self::Reply => "5",
            Self::Ack => "6",
        }
    }
}

/// A message as it is meant.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: MessageType,
    pub(crate) id: String,
    /// JSON: of a request `[context, message]`, of a reply `[result, failure]`.
    pub(crate) body: Bytes,
}

/// Why frames are no message. The connection that they came by is as good as before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadMessage {
    #[error("it has {0} frames, not {FRAMES}")]
    Frames(usize),
    #[error("its first frame has {0} bytes, and should have none")]
    Delimiter(usize),
    #[error("it has the version \"{0}\", not \"{VERSION}\"")]
    Version(String),
    #[error("it has the type \"{0}\", which is none of 1 to 6")]
    Type(String),
    #[error("its id is no text")]
    Id,
    #[error("its id has {0} bytes, not 1 to {LONGEST_ID}")]
    IdLength(usize),
}

impl Message {
    pub(crate) fn new(kind: MessageType, id: impl Into<String>, body: Bytes) -> Self {
        Self { kind, id: id.into(), body }
    }
}

impl TryFrom<Multipart> for Message {
    type Error = BadMessage;

    fn try_from(Multipart(frames): Multipart) -> Result<Self, BadMessage> {
        let [delimiter, version, kind, id, body]: [Bytes; FRAMES] =
            frames.try_into().map_err(|frames: Vec<_>| BadMessage::Frames(frames.len()))?;
        if !delimiter.is_empty() {
            return Err(BadMessage::Delimiter(delimiter.len()));
        }
        if version != VERSION {
            return Err(BadMessage::Version(quoted(&version)));
        }
        let known = MessageType::ALL.into_iter().find(|known| kind == known.digit());
        let kind = known.ok_or_else(|| BadMessage::Type(quoted(&kind)))?;
        if !(1..=LONGEST_ID).contains(&id.len()) {
            return Err(BadMessage::IdLength(id.len()));
        }
        let id = std::str::from_utf8(&id).map_err(|_| BadMessage::Id)?.to_owned();
        Ok(Self { kind, id, body })
    }
}

impl From<Message> for Multipart {
    fn from(Message { kind, id, body }: Message) -> Self {
        let [version, kind] = [VERSION, kind.digit()].map(|text| Bytes::from_static(text.as_bytes()));
        Self(vec![Bytes::new(), version, kind, id.into(), body])
    }
}

/// Bodies can be long, and secret: only their length is shown.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, body } = self;
        f.debug_struct("Message")
            .field("kind", kind)
            .field("id", id)
            .field("body", &format_args!("{} bytes", body.len()))
            .finish()
    }
}

fn quoted(bytes: &[u8]) -> String {
    printable(&shortened(&String::from_utf8_lossy(bytes)))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn frames(frames: &[&'static str]) -> Multipart {
        Multipart(frames.iter().map(|frame| Bytes::from_static(frame.as_bytes())).collect())
    }

    proptest! {
        #[test]
        fn messages_come_back(
            kind in select(&MessageType::ALL[..]),
            id in ".{1,60}",
            body in vec(any::<u8>(), 0..100),
        ) {
            let message = Message::new(kind, id, body.into());
            let read = Message::try_from(Multipart::from(message.clone()));
            prop_assert_eq!(read, Ok(message));
        }

        #[test]
        fn any_frames_are_read_or_refused(all in vec(vec(any::<u8>(), 0..300), 0..7)) {
            let frames = Multipart(all.into_iter().map(Bytes::from).collect());
            if let Ok(read) = Message::try_from(frames.clone()) {
                prop_assert_eq!(Multipart::from(read), frames);
            }
        }
    }

    #[test]
    fn frames_are_those_of_python() {
        let id = "9c2a6dde-0a0f-11f0-9cd2-0242ac120002";
        for (kind, digit) in [
            (MessageType::Call, "1"),
            (MessageType::Cast, "2"),
            (MessageType::Fanout, "3"),
            (MessageType::Notification, "4"),
            (MessageType::Reply, "5"),
            (MessageType::Ack, "6"),
        ] {
            let message = Message::new(kind, id, "[{}, {}]".into());
            assert_eq!(Multipart::from(message), frames(&["", "1.0", digit, id, "[{}, {}]"]));
        }
    }

    #[test]
    fn what_is_wrong_with_frames_is_told() {
        for (bad, said) in [
            (&[][..], "it has 0 frames, not 5"),
            (&["", "1.0", "1", "id"], "it has 4 frames, not 5"),
            (&["", "1.0", "1", "id", "{}", ""], "it has 6 frames, not 5"),
            (&["HOST", "1.0", "1", "id", "{}"], "its first frame has 4 bytes, and should have none"),
            (&["", "2.0", "1", "id", "{}"], r#"it has the version "2.0", not "1.0""#),
            (&["", "1\n", "1", "id", "{}"], r#"it has the version "1\n", not "1.0""#),
            (&["", "1.0", "0", "id", "{}"], r#"it has the type "0", which is none of 1 to 6"#),
            (&["", "1.0", "7", "id", "{}"], r#"it has the type "7", which is none of 1 to 6"#),
            (&["", "1.0", "", "id", "{}"], r#"it has the type "", which is none of 1 to 6"#),
            (&["", "1.0", "11", "id", "{}"], r#"it has the type "11", which is none of 1 to 6"#),
            (&["", "1.0", "1", "", "{}"], "its id has 0 bytes, not 1 to 255"),
        ] {
            assert_eq!(Message::try_from(frames(bad)).unwrap_err().to_string(), said);
        }
        let mut frames = frames(&["", "1.0", "1", "id", "{}"]);
        frames.0[3] = vec![b'i'; 256].into();
        assert_eq!(Message::try_from(frames.clone()), Err(BadMessage::IdLength(256)));
        frames.0[3] = vec![0xff].into();
        assert_eq!(Message::try_from(frames), Err(BadMessage::Id));
    }

    #[test]
    fn bodies_are_not_shown() {
        let message = Message::new(MessageType::Call, "id", "hunter2".into());
        assert!(!format!("{message:?}").contains("hunter2"));
    }
}
