//! Where the frames of an AMQP stream begin and end.

/// One direction of an AMQP 0-9-1 connection, followed from its first byte on.
#[derive(Debug, Default)]
pub(super) struct Frames {
    header: Vec<u8>,
    /// How many bytes of the present frame are to come, once its header is known.
    left: usize,
}

impl Frames {
    /// Takes note of the next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        loop {
            let skipped = self.left.min(bytes.len());
            self.left -= skipped;
            bytes = &bytes[skipped..];
            let Some((first, rest)) = bytes.split_first() else { return };
            self.header.push(*first);
            bytes = rest;
            self.left = match self.header[..] {
                // The greeting `AMQP0091` is no frame, and no frame is of the type 65.
                [b'A'] => 7,
                // Type, channel and size of the payload, behind which there is one more byte.
                [_, _, _, a, b, c, d] => u32::from_be_bytes([a, b, c, d]) as usize + 1,
                _ => continue,
            };
            self.header.clear();
        }
    }

    /// Whether the last byte was not the end of a frame.
    pub(super) fn inside(&self) -> bool {
        self.left > 0 || !self.header.is_empty()
    }

    /// Takes note of `bytes` up to the first place inside a frame that has at least `after` bytes before
    /// it, and returns that place; of all of them if there is none.
    pub(super) fn feed_until_inside(&mut self, bytes: &[u8], after: usize) -> Option<usize> {
        let mut place = after;
        self.feed(bytes.get(..place).unwrap_or(bytes));
        while place <= bytes.len() {
            if self.inside() {
                return Some(place);
            }
            // At most once round: one byte into a frame is inside it.
            self.feed(bytes.get(place..=place).unwrap_or_default());
            place += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(payload: usize) -> Vec<u8> {
        let size = u32::try_from(payload).unwrap().to_be_bytes();
        [&[1, 0, 5][..], &size, &vec![b'A'; payload], &[0xce]].concat()
    }

    /// The ends of frames that are seen when `stream` comes in pieces of `step` bytes.
    fn ends(stream: &[u8], step: usize) -> Vec<usize> {
        let (mut frames, mut fed, mut ends) = (Frames::default(), 0, Vec::new());
        for piece in stream.chunks(step) {
            frames.feed(piece);
            fed += piece.len();
            if !frames.inside() {
                ends.push(fed);
            }
        }
        ends
    }

    #[test]
    fn frames_end_where_their_headers_say() {
        let stream = [b"AMQP\0\0\x09\x01".to_vec(), frame(0), frame(300), frame(1)].concat();
        assert_eq!(ends(&stream, 1), [8, 16, 16 + 308, 16 + 308 + 9]);
        assert_eq!(ends(&stream, 8), [8, 16, stream.len()]);
        assert_eq!(ends(&stream, stream.len()), [stream.len()]);
    }

    #[test]
    fn a_cut_is_never_between_frames() {
        let stream = [frame(2), frame(3)].concat();
        let place = |after| Frames::default().feed_until_inside(&stream, after);
        assert_eq!((place(0), place(1), place(9)), (Some(1), Some(1), Some(9)));
        assert_eq!((place(10), place(11)), (Some(11), Some(11)));
        assert_eq!((place(20), place(21)), (Some(20), None));
        assert_eq!((place(500), Frames::default().feed_until_inside(&[], 0)), (None, None));
    }
}
