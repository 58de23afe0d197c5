//! From what is said to a peer to bytes.

use std::collections::VecDeque;
use std::fmt;
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};

use super::command::Command;
use super::frame::{Header, Kind, LONGEST_HEADER};
use super::greeting;
use super::multipart::Multipart;

/// From this length on, a frame goes out from where it is; shorter ones are copied together.
const LARGE: usize = 4 << 10;

/// Bytes on their way to a peer, in the order in which they were put: large frames as they are, between them what is small in
/// pieces that are written as one.
#[derive(Default)]
pub(crate) struct Encoder {
    pieces: VecDeque<Bytes>,
    /// Behind these.
    last: BytesMut,
    /// How many bytes both have.
    remaining: usize,
    /// How many bytes were put so far.
    total: u64,
}

impl Encoder {
    /// How many bytes were put so far; these without what remains have been taken.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn greeting(&mut self) {
        self.put(|to| to.extend_from_slice(&greeting::ours()));
    }

    pub(crate) fn command(&mut self, command: &Command) {
        let mut body = BytesMut::new();
        command.write(&mut body);
        self.put(|to| {
            Header::new(Kind::Command, body.len()).write(to);
            to.extend_from_slice(&body);
        });
    }

    /// A message, with one frame at least: one without is nothing, and nothing is sent.
    pub(crate) fn message(&mut self, message: Multipart) {
        let mut to_come = message.0.len();
        for frame in message.0 {
            to_come -= 1;
            let header = Header::new(Kind::Part { more: to_come > 0 }, frame.len());
            if frame.len() < LARGE {
                self.put(|to| {
                    to.reserve(LONGEST_HEADER + frame.len());
                    header.write(to);
                    to.extend_from_slice(&frame);
                });
            } else {
                self.put(|to| header.write(to));
                self.pieces.push_back(self.last.split().freeze());
                self.count(frame.len());
                self.pieces.push_back(frame);
            }
        }
    }

    /// Puts something behind what is there.
    fn put(&mut self, write: impl FnOnce(&mut BytesMut)) {
        let before = self.last.len();
        write(&mut self.last);
        self.count(self.last.len() - before);
    }

    fn count(&mut self, bytes: usize) {
        self.remaining += bytes;
        // No process writes more than 64 bits can count.
        self.total = self.total.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

impl Buf for Encoder {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&self.last, |piece| piece)
    }

    fn advance(&mut self, mut count: usize) {
        self.remaining -= count;
        while let Some(piece) = self.pieces.front_mut() {
            if count < piece.len() {
                return piece.advance(count);
            }
            count -= piece.len();
            self.pieces.pop_front();
        }
        self.last.advance(count);
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let all = self.pieces.iter().map(|piece| &piece[..]).chain([&self.last[..]]);
        let there = all.filter(|piece| !piece.is_empty());
        slices.iter_mut().zip(there).map(|(slice, piece)| *slice = IoSlice::new(piece)).count()
    }
}

/// What is sent may be secret: only its length is shown.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoder({} bytes)", self.remaining)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(lengths: &[usize]) -> Multipart {
        Multipart(lengths.iter().map(|&length| Bytes::from(vec![1; length])).collect())
    }

    #[test]
    fn small_frames_are_one_piece_and_large_ones_are_not_copied() {
        let mut encoder = Encoder::default();
        let large = message(&[0, LARGE, 3]);
        encoder.greeting();
        encoder.message(message(&[0, 3, LARGE - 1]));
        encoder.message(large.clone());
        encoder.message(message(&[5]));
        let mut slices = [IoSlice::new(&[]); 8];
        let count = encoder.chunks_vectored(&mut slices);
        let lengths: Vec<_> = slices[..count].iter().map(|slice| slice.len()).collect();
        let before = 64 + (2 + 2 + 3 + 9 + LARGE - 1) + (2 + 9);
        assert_eq!(lengths, [before, LARGE, 2 + 3 + 2 + 5]);
        assert_eq!(slices[1].as_ptr(), large.0[1].as_ptr());
        assert_eq!(encoder.remaining(), lengths.iter().sum::<usize>());
        assert_eq!(encoder.total(), encoder.remaining() as u64);
        // With room for fewer, it is the first of them.
        assert_eq!(encoder.chunks_vectored(&mut slices[..1]), 1);
    }

    #[test]
    fn what_is_taken_in_any_steps_is_the_same() {
        let fill = || {
            let mut encoder = Encoder::default();
            encoder.message(message(&[1, LARGE, 2, LARGE + 1]));
            encoder.message(message(&[3]));
            encoder
        };
        let mut at_once = fill();
        let whole = at_once.copy_to_bytes(at_once.remaining());
        for step in [1, 3, 1000, LARGE, LARGE + 20] {
            let (mut encoder, mut taken) = (fill(), Vec::new());
            while encoder.has_remaining() {
                let count = step.min(encoder.remaining());
                taken.extend_from_slice(&encoder.copy_to_bytes(count));
            }
            assert_eq!(taken, whole, "{step}");
            assert_eq!(encoder.total(), whole.len() as u64);
        }
    }

    #[test]
    fn a_message_without_frames_is_nothing() {
        let mut encoder = Encoder::default();
        encoder.message(message(&[]));
        assert_eq!(encoder.remaining(), 0);
    }
}
