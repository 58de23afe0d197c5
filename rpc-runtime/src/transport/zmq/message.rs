//! Messages as oslo.messaging 8.1.4, the last with this bus, sends them from one process to another without a proxy.
//!
//! | Frame | Content |
//! |---|---|
//! | 1 | nothing |
//! | 2 | the version of this format, `1.0` |
//! | 3 | the type, one digit |
//! | 4 | the id of the message; an answer has that of its request |
//! | 5 | the body |
//! | 6 | what only this project says, to peers that do so too: [`Address`], [`Taken`] |
//!
//! The types 1 to 6 are those of oslo.messaging, which has 6 only with a proxy. Between peers of this project:
//!
//! | Type | Id | Body |
//! |---|---|---|
//! | 6, ack | of the endpoint, see [`Served`](super::served::Served) | the number of the last request that it has taken |
//! | 7, refused | of the request, which is not executed | why |
//! | 8, served | `-` | what can be called here, from now on |

use std::fmt;

use bytes::Bytes;

use super::zmtp::Multipart;
use crate::text::{printable, shortened};

const VERSION: &str = "1.0";

/// How many frames each has.
const FRAMES: usize = 5;

/// What is in the sixth frame of a request between peers of this project, in ASCII: the number of the endpoint that it is for,
/// its own number, for how many milliseconds its sender waits, and whether that wants to know at once that it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) endpoint: u64,
    pub(crate) number: u64,
    pub(crate) millis: Option<u64>,
    pub(crate) at_once: bool,
}

impl Address {
    pub(crate) fn written(self) -> Bytes {
        let Self { endpoint, number, millis, at_once } = self;
        let millis = millis.map_or_else(|| "-".to_owned(), |millis| millis.to_string());
        format!("{endpoint} {number} {millis} {}", if at_once { '!' } else { '-' }).into()
    }

    pub(crate) fn read(frame: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(frame).ok()?.split(' ');
        let address = Self {
            endpoint: number(words.next()?)?,
            number: number(words.next()?)?,
            millis: match words.next()? {
                "-" => None,
                millis => Some(number(millis)?),
            },
            at_once: match words.next()? {
                "!" => true,
                "-" => false,
                _ => return None,
            },
        };
        words.next().is_none().then_some(address)
    }
}

/// In the sixth frame of a reply, and as id and body of an ack: up to which number an endpoint has taken the requests of this
/// connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) endpoint: u64,
    pub(crate) up_to: u64,
}

impl Taken {
    pub(crate) fn written(self) -> Bytes {
        format!("{} {}", self.endpoint, self.up_to).into()
    }

    pub(crate) fn read(frame: &[u8]) -> Option<Self> {
        let (endpoint, up_to) = std::str::from_utf8(frame).ok()?.split_once(' ')?;
        Some(Self { endpoint: number(endpoint)?, up_to: number(up_to)? })
    }
}

/// Digits only: a sign is none of a number.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

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
    /// The word that messages have been taken.
    Ack,
    /// The word that one will not be executed.
    Refused,
    /// What the other side can be asked for.
    Served,
}

impl MessageType {
    const ALL: [Self; 8] = [
        Self::Call,
        Self::Cast,
        Self::Fanout,
        Self::Notification,
        Self::Reply,
        Self::Ack,
        Self::Refused,
        Self::Served,
    ];

    fn digit(self) -> &'static str {
        match self {
            Self::Call => "1",
            Self::Cast => "2",
            Self::Fanout => "3",
            Self::Notification => "4",
            Self::Reply => "5",
            Self::Ack => "6",
            Self::Refused => "7",
            Self::Served => "8",
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
    /// The sixth frame, if it is there.
    pub(crate) extra: Option<Bytes>,
}

/// Why frames are no message. The connection that they came by is as good as before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadMessage {
    #[error("it has {0} frames, not {FRAMES} or one more")]
    Frames(usize),
    #[error("its first frame has {0} bytes, and should have none")]
    Delimiter(usize),
    #[error("it has the version \"{0}\", not \"{VERSION}\"")]
    Version(String),
    #[error("it has the type \"{0}\", which is none of 1 to 8")]
    Type(String),
    #[error("its id is no text")]
    Id,
    #[error("its id has {0} bytes, not 1 to {LONGEST_ID}")]
    IdLength(usize),
}

impl Message {
    pub(crate) fn new(kind: MessageType, id: impl Into<String>, body: Bytes) -> Self {
        Self { kind, id: id.into(), body, extra: None }
    }

    #[must_use]
    pub(crate) fn with_extra(mut self, extra: Bytes) -> Self {
        self.extra = Some(extra);
        self
    }
}

impl TryFrom<Multipart> for Message {
    type Error = BadMessage;

    fn try_from(Multipart(mut frames): Multipart) -> Result<Self, BadMessage> {
        let extra = if frames.len() > FRAMES { frames.pop() } else { None };
        let [delimiter, version, kind, id, body]: [Bytes; FRAMES] = frames
            .try_into()
            .map_err(|frames: Vec<_>| BadMessage::Frames(frames.len() + usize::from(extra.is_some())))?;
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
        Ok(Self { kind, id, body, extra })
    }
}

impl From<Message> for Multipart {
    fn from(Message { kind, id, body, extra }: Message) -> Self {
        let [version, kind] = [VERSION, kind.digit()].map(|text| Bytes::from_static(text.as_bytes()));
        let mut frames = vec![Bytes::new(), version, kind, id.into(), body];
        frames.extend(extra);
        Self(frames)
    }
}

/// Bodies can be long, and secret: only their length is shown.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, id, body, .. } = self;
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
    use proptest::option;
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
            extra in option::of(vec(any::<u8>(), 0..9)),
        ) {
            let mut message = Message::new(kind, id, body.into());
            message.extra = extra.map(Bytes::from);
            let read = Message::try_from(Multipart::from(message.clone()));
            prop_assert_eq!(read, Ok(message));
        }

        #[test]
        fn any_frames_are_read_or_refused(all in vec(vec(any::<u8>(), 0..300), 0..8)) {
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
            (&[][..], "it has 0 frames, not 5 or one more"),
            (&["", "1.0", "1", "id"], "it has 4 frames, not 5 or one more"),
            (&["", "1.0", "1", "id", "{}", "", ""], "it has 7 frames, not 5 or one more"),
            (&["HOST", "1.0", "1", "id", "{}"], "its first frame has 4 bytes, and should have none"),
            (&["", "2.0", "1", "id", "{}"], r#"it has the version "2.0", not "1.0""#),
            (&["", "1\n", "1", "id", "{}"], r#"it has the version "1\n", not "1.0""#),
            (&["", "1.0", "0", "id", "{}"], r#"it has the type "0", which is none of 1 to 8"#),
            (&["", "1.0", "9", "id", "{}"], r#"it has the type "9", which is none of 1 to 8"#),
            (&["", "1.0", "", "id", "{}"], r#"it has the type "", which is none of 1 to 8"#),
            (&["", "1.0", "11", "id", "{}"], r#"it has the type "11", which is none of 1 to 8"#),
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

    proptest! {
        #[test]
        fn what_only_we_say_comes_back(endpoint: u64, number: u64, millis: Option<u64>, at_once: bool) {
            let address = Address { endpoint, number, millis, at_once };
            prop_assert_eq!(Address::read(&address.written()), Some(address));
            let taken = Taken { endpoint, up_to: number };
            prop_assert_eq!(Taken::read(&taken.written()), Some(taken));
        }
    }

    #[test]
    fn what_nobody_says_is_none() {
        for frame in [
            "",
            "1",
            "1 2",
            "1 2 -",
            "1 2 - x",
            "1 2 - - ",
            "+1 2 - -",
            "1  2 - -",
            "1 2 99999999999999999999 -",
        ] {
            assert_eq!(Address::read(frame.as_bytes()), None, "{frame}");
        }
        for frame in ["", "1", "1 ", " 1", "1 2 3", "-1 2", "a b"] {
            assert_eq!(Taken::read(frame.as_bytes()), None, "{frame}");
        }
        assert_eq!((Address::read(b"\xff 1 - -"), Taken::read(b"\xff 1")), (None, None));
    }

    #[test]
    fn bodies_are_not_shown() {
        let message = Message::new(MessageType::Call, "id", "hunter2".into());
        assert!(!format!("{message:?}").contains("hunter2"));
    }
}
