//! The frames of a connection, as far as they have to be understood beside the client library.

/// How much of a frame is looked at: its header, and the first fields of what it performs.
const HEAD: usize = 96;

/// The smallest frame, and what a protocol header has.
const SHORTEST: usize = 8;

/// Finds the beginnings of frames in the bytes of one direction.
#[derive(Debug)]
pub(super) struct Heads {
    head: [u8; HEAD],
    filled: usize,
    /// Bytes of the frame that come after its head.
    rest: usize,
    /// Set once it was no frame: the client library ends the connection.
    lost: bool,
}

impl Default for Heads {
    fn default() -> Self {
        Self { head: [0; HEAD], filled: 0, rest: 0, lost: false }
    }
}

impl Heads {
    /// Goes on with `bytes`, and gives each head that is complete to `take`, as it is and as what it says, and what follows
    /// it in its frame to `rest`.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        mut take: impl FnMut(&[u8], Option<Head<'_>>),
        mut rest: impl FnMut(&[u8]),
    ) {
        while !bytes.is_empty() && !self.lost {
            if self.rest > 0 {
                let passed = self.rest.min(bytes.len());
                rest(&bytes[..passed]);
                (self.rest, bytes) = (self.rest - passed, &bytes[passed..]);
                continue;
            }
            let wanted = match self.size() {
                Some(size) => size.min(HEAD),
                None => SHORTEST,
            };
            let copied = (wanted - self.filled).min(bytes.len());
            self.head[self.filled..self.filled + copied].copy_from_slice(&bytes[..copied]);
            (self.filled, bytes) = (self.filled + copied, &bytes[copied..]);
            let Some(size) = self.size() else { continue };
            if size < SHORTEST {
                self.lost = true;
            } else if self.filled == size.min(HEAD) {
                let head = &self.head[..self.filled];
                take(head, Head::read(head));
                (self.rest, self.filled) = (size - self.filled, 0);
            }
        }
    }

    /// How long the frame is, once that is known.
    fn size(&self) -> Option<usize> {
        let size = self.head[..self.filled].first_chunk::<4>().filter(|_| self.filled >= SHORTEST)?;
        Some(if size == b"AMQP" { SHORTEST } else { u32::from_be_bytes(*size) as usize })
    }
}

/// The beginning of a frame that performs something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    pub(super) channel: u16,
    /// What it performs.
    pub(super) code: u8,
    pub(super) fields: Fields<'a>,
    /// Where that begins in the frame.
    pub(super) begins: usize,
}

/// The ways to log in that are offered by a peer whose first bytes these are; none if it has not come to that.
pub(in super::super) fn mechanisms(beginning: &[u8]) -> Vec<String> {
    let Some((_, frame)) = beginning.split_first_chunk::<SHORTEST>() else { return Vec::new() };
    let Some((_, performed)) = frame.split_first_chunk::<SHORTEST>() else { return Vec::new() };
    let symbols = match performed {
        // One, or an array of short ones.
        [0, 0x53, MECHANISMS, 0xc0, _, _, list @ ..] => match list {
            [0xe0, _, _, 0xa3, symbols @ ..] => symbols,
            [0xa3, symbols @ ..] => symbols,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let mut rest = symbols;
    let names = std::iter::from_fn(|| {
        let (&length, after) = rest.split_first()?;
        let (name, after) = after.split_at_checked(length.into())?;
        rest = after;
        Some(String::from_utf8_lossy(name).into_owned())
    });
    names.collect()
}

/// What a frame of SASL offers with.
const MECHANISMS: u8 = 0x40;

/// Codes of what frames perform.
pub(super) const OPEN: u8 = 0x10;
pub(super) const BEGIN: u8 = 0x11;
pub(super) const TRANSFER: u8 = 0x14;
pub(super) const DISPOSITION: u8 = 0x15;

impl<'a> Head<'a> {
    /// `None` if it is one of SASL, a protocol header, empty, or not to be understood.
    pub(super) fn read(frame: &'a [u8]) -> Option<Self> {
        let (header, _) = frame.split_first_chunk::<SHORTEST>()?;
        let [a, b, c, d, offset, kind, high, low] = *header;
        if [a, b, c, d] == *b"AMQP" || kind != 0 {
            return None;
        }
        let begins = usize::from(offset) * 4;
        let performed = frame.get(begins..)?;
        let (code, list) = match performed {
            [0, 0x53, code, list @ ..] | [0, 0x80, 0, 0, 0, 0, 0, 0, 0, code, list @ ..] => (*code, list),
            _ => return None,
        };
        let fields = match list {
            [0x45, ..] => &[],
            [0xc0, _, _, fields @ ..] | [0xd0, _, _, _, _, _, _, _, _, fields @ ..] => fields,
            _ => return None,
        };
        Some(Self { channel: u16::from_be_bytes([high, low]), code, fields: Fields(fields), begins })
    }
}

/// Values one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

/// A value, as far as it has to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    Null,
    Bool(bool),
    /// A whole number without a sign.
    Number(u64),
    /// A string, a symbol or bytes.
    Text(&'a [u8]),
    /// The values of a list or map.
    Many(&'a [u8]),
    Other,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    /// `None` at the end, or if there is less than there should be.
    fn next(&mut self) -> Option<Field<'a>> {
        let (&constructor, rest) = self.0.split_first()?;
        let (width, rest) = match constructor >> 4 {
            4 => (0, rest),
            5 => (1, rest),
            6 => (2, rest),
            7 => (4, rest),
            8 => (8, rest),
            9 => (16, rest),
            0xa | 0xc | 0xe => {
                let (&size, rest) = rest.split_first()?;
                (usize::from(size), rest)
            }
            0xb | 0xd | 0xf => {
                let (size, rest) = rest.split_first_chunk()?;
                (u32::from_be_bytes(*size) as usize, rest)
            }
            // A described value: what describes it is passed over.
            _ if constructor == 0 => {
                self.0 = rest;
                self.next()?;
                return self.next();
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(width)?;
        self.0 = rest;
        let number = || value.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        Some(match constructor {
            0x40 => Field::Null,
            0x41 => Field::Bool(true),
            0x42 => Field::Bool(false),
            0x56 => Field::Bool(number() == 1),
            0x43 | 0x44 => Field::Number(0),
            0x50 | 0x52 | 0x53 | 0x60 | 0x70 | 0x80 => Field::Number(number()),
            0xa0 | 0xa1 | 0xa3 | 0xb0 | 0xb1 | 0xb3 => Field::Text(value),
            0xc0 | 0xc1 => Field::Many(value.get(1..)?),
            0xd0 | 0xd1 => Field::Many(value.get(4..)?),
            _ => Field::Other,
        })
    }
}

impl<'a> Fields<'a> {
    /// The number that comes next, if it is one that is short enough.
    pub(super) fn number<N: TryFrom<u64>>(&mut self) -> Option<N> {
        match self.next()? {
            Field::Number(number) => N::try_from(number).ok(),
            _ => None,
        }
    }

    /// The value of a key that is a text, if this is a map that has it as a text.
    pub(super) fn text_of(mut self, key: &str) -> Option<&'a [u8]> {
        loop {
            let found = self.next()?;
            let value = self.next()?;
            if let (Field::Text(name), Field::Text(text)) = (found, value)
                && name == key.as_bytes()
            {
                return Some(text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of this channel and performative; `after` follows it.
    fn frame(channel: u8, performed: &[u8], after: &[u8]) -> Vec<u8> {
        let size = (SHORTEST + performed.len() + after.len()) as u32;
        [&size.to_be_bytes()[..], &[2, 0, 0, channel], performed, after].concat()
    }

    #[test]
    fn heads_are_found_however_the_bytes_come() {
        let transfer = [0, 0x53, TRANSFER, 0xc0, 9, 5, 0x43, 0x52, 7, 0xa0, 1, 9, 0x43, 0x41];
        let disposition = [0, 0x80, 0, 0, 0, 0, 0, 0, 0, DISPOSITION, 0xc0, 4, 2, 0x41, 0x52, 3];
        let stream = [
            &b"AMQP\x03\x01\0\0"[..],
            &[0, 0, 0, 12, 2, 1, 0, 0, 0, 0x53, 0x41, 0x45],
            b"AMQP\0\x01\0\0",
            &frame(1, &transfer, &[0xff; 1000]),
            &frame(0, &[], &[]),
            &frame(2, &disposition, &[]),
        ]
        .concat();
        for size in [1, 2, 3, 7, 8, 9, 95, 96, 97, stream.len()] {
            let (mut heads, mut found) = (Heads::default(), Vec::new());
            for part in stream.chunks(size) {
                let take = |_: &[u8], head: Option<Head<'_>>| {
                    let Some(head) = head else { return };
                    let fields: Vec<_> = head.fields.take(5).map(|field| format!("{field:?}")).collect();
                    found.push((head.channel, head.code, fields.join(" ")));
                };
                heads.feed(part, take, |_| {});
            }
            let expected = [
                (1, TRANSFER, "Number(0) Number(7) Text([9]) Number(0) Bool(true)".to_owned()),
                (2, DISPOSITION, "Bool(true) Number(3)".to_owned()),
            ];
            assert_eq!(found, expected, "{size}");
        }
    }

    #[test]
    fn ways_to_log_in_are_found() {
        let offer = |list: &[u8]| {
            let performed = [&[0, 0x53, MECHANISMS, 0xc0, 0, 1], list].concat();
            mechanisms(&[b"AMQP\x03\x01\0\0", &frame(0, &performed, &[])[..]].concat())
        };
        assert_eq!(offer(b"\xe0\x0d\x02\xa3\x05PLAIN\x04OTHE"), ["PLAIN", "OTHE"]);
        assert_eq!(offer(b"\xa3\x05PLAIN"), ["PLAIN"]);
        for cut in [&b""[..], b"AMQP\x03\x01\0\0", b"AMQP\x03\x01\0\0\0\0\0\x10\x02\x01\0\0\0\x53\x40"] {
            assert!(mechanisms(cut).is_empty());
        }
    }

    #[test]
    fn what_is_no_frame_ends_nothing_but_the_search() {
        let mut heads = Heads::default();
        heads.feed(b"\0\0\0\x01garbage that goes on and on", |_, head| panic!("{head:?}"), |_| {});
        for cut in [&[0xc0][..], &[0xd0, 0, 0, 0, 9], &[0xa1, 200, b'x'], &[0]] {
            assert_eq!(Fields(cut).map(|field| field == Field::Other).filter(|it| *it).count(), 0);
        }
    }

    #[test]
    fn a_map_is_searched_for_a_key() {
        let map = [0xa3, 1, b'a', 0x52, 7, 0xa3, 2, b'p', b'q', 0xa1, 1, b'x'];
        assert_eq!(Fields(&map).text_of("pq"), Some(&b"x"[..]));
        assert_eq!(Fields(&map).text_of("a"), None);
    }
}
