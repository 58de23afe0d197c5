//! The header of a frame: one byte of flags, and the length of what follows in one byte or in eight.

use bytes::{BufMut, BytesMut};

use super::error::ProtocolError;

const MORE: u8 = 1;
const LONG: u8 = 2;
const COMMAND: u8 = 4;

/// The longest that a header can be.
pub(super) const LONGEST_HEADER: usize = 9;

/// How many bytes a command may have, and with it all that a peer says before it is ready.
pub(super) const LONGEST_COMMAND: usize = 64 << 10;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of a message, with more of it to come or not.
    Part {
        more: bool,
    },
    Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// How many bytes follow it.
    pub(super) body: u64,
}

impl Header {
    pub(super) fn new(kind: Kind, body: usize) -> Self {
        // No machine has more memory than that.
        Self { kind, body: u64::try_from(body).unwrap_or(u64::MAX) }
    }

    /// Reads the header that `bytes` begin with, and its own length; `None` until all of it is there.
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, ProtocolError> {
        let Some((&flags, rest)) = bytes.split_first() else { return Ok(None) };
        let kind = match flags & !LONG {
            0 => Kind::Part { more: false },
            MORE => Kind::Part { more: true },
            COMMAND => Kind::Command,
            _ => return Err(ProtocolError::Flags(flags)),
        };
        if flags & LONG == 0 {
            return Ok(rest.first().map(|&body| (Self { kind, body: body.into() }, 2)));
        }
        let length = rest.first_chunk::<8>();
        Ok(length.map(|&length| (Self { kind, body: u64::from_be_bytes(length) }, LONGEST_HEADER)))
    }

    /// Writes it in its shortest form, as the protocol wants it.
    pub(super) fn write(self, to: &mut BytesMut) {
        let flags = match self.kind {
            Kind::Part { more: false } => 0,
            Kind::Part { more: true } => MORE,
            Kind::Command => COMMAND,
        };
        match u8::try_from(self.body) {
            Ok(short) => to.put_slice(&[flags, short]),
            Err(_) => {
                to.put_u8(flags | LONG);
                to.put_u64(self.body);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back() {
        for kind in [Kind::Part { more: false }, Kind::Part { more: true }, Kind::Command] {
            for (body, length) in [(0, 2), (255, 2), (256, 9), (u64::MAX, 9)] {
                let header = Header { kind, body };
                let mut written = BytesMut::new();
                header.write(&mut written);
                assert_eq!(written.len(), length);
                for end in 0..length {
                    assert_eq!(Header::read(&written[..end]), Ok(None));
                }
                assert_eq!(Header::read(&written), Ok(Some((header, length))));
            }
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_protocol() {
        for (header, bytes) in [
            (Header::new(Kind::Part { more: true }, 3), &[1, 3][..]),
            (Header::new(Kind::Part { more: false }, 300), &[2, 0, 0, 0, 0, 0, 0, 1, 44]),
            (Header::new(Kind::Command, 7), &[4, 7]),
        ] {
            let mut written = BytesMut::new();
            header.write(&mut written);
            assert_eq!(written, bytes);
        }
        // What is short may be said at length, too.
        let long = Header { kind: Kind::Command, body: 7 };
        assert_eq!(Header::read(&[6, 0, 0, 0, 0, 0, 0, 0, 7]), Ok(Some((long, 9))));
    }

    #[test]
    fn unknown_flags_are_refused_at_once() {
        // A command has no more to come.
        for flags in (0..=u8::MAX).filter(|flags| ![0, 1, 2, 3, 4, 6].contains(flags)) {
            assert_eq!(Header::read(&[flags]), Err(ProtocolError::Flags(flags)));
        }
    }
}
