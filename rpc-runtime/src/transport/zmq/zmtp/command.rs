//! Commands: what two sides say to each other beside messages.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::error::{ProtocolError, quoted};
use super::ready::Ready;

const READY: &str = "READY";
const ERROR: &str = "ERROR";
const PING: &str = "PING";
const PONG: &str = "PONG";

/// The longest context of a PING.
const LONGEST_CONTEXT: usize = 16;

/// A command of either side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Ready(Ready),
    /// It ends the connection, for this reason.
    Error(String),
    Ping(Ping),
    /// The answer to a PING, with its context.
    Pong(Bytes),
}

/// A sign of life that wants an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ping {
    /// If nothing more comes for so long, its sender is dead; zero is no limit. On the wire it has tenths of a second.
    pub(crate) ttl: Duration,
    /// What the answer has to have.
    pub(crate) context: Bytes,
}

/// When a command comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    BeforeReady,
    AfterReady,
}

impl Command {
    /// Reads the frame of a command, if one of its name may come at this time.
    pub(super) fn read(mut frame: Bytes, phase: Phase) -> Result<Self, ProtocolError> {
        let length = usize::from(frame.try_get_u8().map_err(|_| ProtocolError::NoCommand)?);
        if length == 0 || frame.len() < length {
            return Err(ProtocolError::NoCommand);
        }
        let name = frame.split_to(length);
        let unexpected = |when| Err(ProtocolError::Unexpected { name: quoted(&name), when });
        match (std::str::from_utf8(&name), phase) {
            (Ok(ERROR), _) => read_error(frame),
            (Ok(READY), Phase::BeforeReady) => Ready::read(frame).map(Self::Ready),
            (Ok(PING), Phase::AfterReady) => read_ping(frame),
            (Ok(PONG), Phase::AfterReady) => Ok(Self::Pong(context(PONG, frame)?)),
            (_, Phase::BeforeReady) => unexpected("before READY"),
            (Ok(READY), Phase::AfterReady) => unexpected("a second time"),
            (_, Phase::AfterReady) => unexpected("where only PING, PONG and ERROR may"),
        }
    }

    /// Writes the frame of it, without a header.
    pub(super) fn write(&self, to: &mut BytesMut) {
        match self {
            Self::Ready(ready) => {
                put_name(READY, to);
                ready.write(to);
            }
            Self::Error(why) => {
                put_name(ERROR, to);
                // Printable characters of ASCII, 255 at most.
                let why: Vec<u8> = why.bytes().filter(|byte| matches!(byte, b' '..=b'~')).take(255).collect();
                to.put_u8(u8::try_from(why.len()).unwrap_or(u8::MAX));
                to.put_slice(&why);
            }
            Self::Ping(Ping { ttl, context }) => {
                put_name(PING, to);
                to.put_u16(u16::try_from(ttl.as_millis().div_ceil(100)).unwrap_or(u16::MAX));
                to.put_slice(context);
            }
            Self::Pong(context) => {
                put_name(PONG, to);
                to.put_slice(context);
            }
        }
    }
}

fn put_name(name: &str, to: &mut BytesMut) {
    // They are those above.
    to.put_u8(u8::try_from(name.len()).unwrap_or(u8::MAX));
    to.put_slice(name.as_bytes());
}

fn read_error(mut rest: Bytes) -> Result<Command, ProtocolError> {
    // Some say nothing at all, and their reason matters more than its form.
    let length = usize::from(rest.try_get_u8().unwrap_or_default());
    if rest.len() != length {
        return Err(malformed(ERROR, "its reason is longer or shorter than it says"));
    }
    Ok(Command::Error(quoted(&rest)))
}

fn read_ping(mut rest: Bytes) -> Result<Command, ProtocolError> {
    let tenths = rest.try_get_u16().map_err(|_| malformed(PING, "it has no time to live"))?;
    let ttl = Duration::from_millis(u64::from(tenths) * 100);
    Ok(Command::Ping(Ping { ttl, context: context(PING, rest)? }))
}

fn context(name: &'static str, context: Bytes) -> Result<Bytes, ProtocolError> {
    if context.len() > LONGEST_CONTEXT {
        return Err(malformed(name, "its context has more than 16 bytes"));
    }
    // A copy, as it may wait, and what it came with is large.
    Ok(Bytes::copy_from_slice(&context))
}

fn malformed(name: &'static str, why: &'static str) -> ProtocolError {
    ProtocolError::Malformed { name, why }
}

#[cfg(test)]
mod tests {
    use super::super::socket::Socket;
    use super::*;

    fn written(command: &Command) -> Bytes {
        let mut written = BytesMut::new();
        command.write(&mut written);
        written.freeze()
    }

    fn ping(tenths: u64, context: &'static [u8]) -> Command {
        Command::Ping(Ping { ttl: Duration::from_millis(tenths * 100), context: context.into() })
    }

    #[test]
    fn commands_come_back_when_they_may_come() {
        use Phase::{AfterReady, BeforeReady};
        for (command, phases) in [
            (
                Command::Ready(Ready::default().of_socket(Socket::Router).with_identity("me")),
                &[BeforeReady][..],
            ),
            (Command::Error("no room".to_owned()), &[BeforeReady, AfterReady]),
            (Command::Error(String::new()), &[BeforeReady, AfterReady]),
            (ping(0, b""), &[AfterReady]),
            (ping(65_535, b"sixteen bytes ok"), &[AfterReady]),
            (Command::Pong("context".into()), &[AfterReady]),
        ] {
            for phase in [BeforeReady, AfterReady] {
                let read = Command::read(written(&command), phase);
                match phases.contains(&phase) {
                    true => assert_eq!(read.as_ref(), Ok(&command)),
                    false => assert!(matches!(read, Err(ProtocolError::Unexpected { .. })), "{read:?}"),
                }
            }
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_protocol() {
        assert_eq!(written(&ping(100, b"x")), &b"\x04PING\0\x64x"[..]);
        assert_eq!(written(&Command::Pong("x".into())), &b"\x04PONGx"[..]);
        assert_eq!(written(&Command::Error("a\nb".to_owned())), &b"\x05ERROR\x02ab"[..]);
        assert_eq!(written(&Command::Error("a".repeat(300))).len(), 6 + 1 + 255);
        let ready = written(&Command::Ready(Ready::default().of_socket(Socket::Dealer)));
        assert_eq!(ready, &b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0"[..]);
        // What no time of the wire is, is the next longer one.
        let long = Ping { ttl: Duration::MAX, context: Bytes::new() };
        assert_eq!(written(&Command::Ping(long)), &b"\x04PING\xff\xff"[..]);
        let short = Ping { ttl: Duration::from_millis(1), context: Bytes::new() };
        assert_eq!(written(&Command::Ping(short)), &b"\x04PING\0\x01"[..]);
    }

    #[test]
    fn what_is_wrong_with_one_is_told_by_name() {
        for (frame, phase, said) in [
            (&b""[..], Phase::AfterReady, "a command has no name"),
            (b"\0", Phase::AfterReady, "a command has no name"),
            (b"\x05PING", Phase::AfterReady, "a command has no name"),
            (b"\x05READY", Phase::AfterReady, "the command READY came a second time"),
            (b"\x04PING\0\0", Phase::BeforeReady, "the command PING came before READY"),
            (b"\x05HELLO", Phase::BeforeReady, "the command HELLO came before READY"),
            (
                b"\x09SUBSCRIBE",
                Phase::AfterReady,
                "the command SUBSCRIBE came where only PING, PONG and ERROR may",
            ),
            (b"\x02\x1b\n", Phase::BeforeReady, r"the command \u{1b}\n came before READY"),
            (b"\x04PING\0", Phase::AfterReady, "the command PING is malformed: it has no time to live"),
            (
                b"\x04PING\0\0seventeen bytes !",
                Phase::AfterReady,
                "the command PING is malformed: its context has more than 16 bytes",
            ),
            (
                b"\x04PONGseventeen bytes !",
                Phase::AfterReady,
                "the command PONG is malformed: its context has more than 16 bytes",
            ),
            (
                b"\x05ERROR\x05why",
                Phase::AfterReady,
                "the command ERROR is malformed: its reason is longer or shorter than it says",
            ),
        ] {
            let refused = Command::read(Bytes::from_static(frame), phase).unwrap_err();
            assert_eq!(refused.to_string(), said);
        }
        assert_eq!(Command::read("\x05ERROR".into(), Phase::BeforeReady), Ok(Command::Error(String::new())));
    }
}
