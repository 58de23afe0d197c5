//! What lapin sends, without what it still sends on a channel that is closed: it lets the word that ends a channel overtake
//! the messages that wait to be sent on it, and a broker that gets those afterwards closes the whole connection ("expected
//! 'channel.open'"). Nobody waits for them any more: with the channel they have failed.

use std::collections::HashSet;
use std::io::{self, IoSlice, IoSliceMut};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::io::{AsyncRead, AsyncWrite};

/// The greeting before the first frame.
const GREETING: usize = 8;
/// Of a frame, what is before its payload (type, channel and size), and all that is not payload.
const HEADER: usize = 7;
const AROUND: usize = 8;
/// The type of a frame that is a method, whose class and method come first.
const METHOD: u8 = 1;

/// How far it looks ahead: about what a socket takes at once, so that nothing is looked at again and again.
const AHEAD: usize = 256 << 10;

/// Class and method of what begins and ends a channel.
const OPEN: [u8; 4] = [0, 20, 0, 10];
const CLOSE: [u8; 4] = [0, 20, 0, 40];
const CLOSE_OK: [u8; 4] = [0, 20, 0, 41];

/// A stream that lapin writes to.
#[derive(Debug)]
pub(super) struct Filter<S> {
    stream: S,
    frames: Frames,
}

impl<S> Filter<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, frames: Frames { closed: HashSet::new(), left: GREETING, goes: true } }
    }
}

/// Where in the frames that are sent it is.
#[derive(Debug)]
struct Frames {
    /// The channels on which nothing may be sent but what ends or begins one. There are no more than a broker grants.
    closed: HashSet<u16>,
    /// How much is left of the frame that was begun, and whether it goes out.
    left: usize,
    goes: bool,
}

/// The beginning of a frame.
#[derive(Debug, Clone, Copy)]
struct Beginning {
    channel: u16,
    /// Of the whole frame.
    size: usize,
    method: Option<[u8; 4]>,
}

impl Beginning {
    /// What begins at `at`; nothing if that is no whole beginning, as lapin never writes one.
    fn read(parts: &[IoSlice<'_>], at: usize) -> Option<Self> {
        let mut bytes = [0; HEADER + 4];
        let found = copy(parts, at, &mut bytes);
        let [kind, channel @ .., _, _, _, _, _, _, _, _] = bytes;
        let size = u32::from_be_bytes([bytes[3], bytes[4], bytes[5], bytes[6]]) as usize;
        let method = (kind == METHOD).then_some([bytes[7], bytes[8], bytes[9], bytes[10]]);
        let needed = if method.is_some() { HEADER + 4 } else { HEADER };
        (found >= needed).then(|| Self {
            channel: u16::from_be_bytes(channel),
            size: size.saturating_add(AROUND),
            method,
        })
    }

    fn ends_channel(&self) -> bool {
        matches!(self.method, Some(CLOSE | CLOSE_OK))
    }
}

/// Copies what is at `at`, as much as there is; returns how much that was.
fn copy(parts: &[IoSlice<'_>], mut at: usize, to: &mut [u8]) -> usize {
    let mut copied = 0;
    for part in parts {
        let Some(rest) = part.get(at..) else {
            at -= part.len();
            continue;
        };
        let count = rest.len().min(to.len() - copied);
        to[copied..copied + count].copy_from_slice(&rest[..count]);
        copied += count;
        at = 0;
    }
    copied
}

impl Frames {
    fn goes(&self, frame: &Beginning) -> bool {
        frame.ends_channel() || frame.method == Some(OPEN) || !self.closed.contains(&frame.channel)
    }

    /// How much of this goes out, or does not, before it is otherwise.
    fn alike(&self, parts: &[IoSlice<'_>], total: usize) -> (usize, bool) {
        let (mut at, mut goes) = (self.left.min(total), (self.left > 0).then_some(self.goes));
        while at < total {
            let Some(frame) = Beginning::read(parts, at) else {
                return if at == 0 { (total, true) } else { (at, goes.unwrap_or(true)) };
            };
            if goes.is_some_and(|goes| goes != self.goes(&frame)) {
                break;
            }
            goes = Some(self.goes(&frame));
            at = at.saturating_add(frame.size);
            if frame.ends_channel() {
                // What comes after it may be on that channel.
                break;
            }
        }
        (at.min(total), goes.unwrap_or(true))
    }

    /// Notes that so much of it was written, or left out.
    fn pass(&mut self, parts: &[IoSlice<'_>], count: usize) {
        let mut at = 0;
        while at < count {
            if self.left == 0 {
                let Some(frame) = Beginning::read(parts, at) else {
                    // It cannot be followed any more, so all goes out.
                    (self.left, self.goes) = (usize::MAX, true);
                    return;
                };
                (self.left, self.goes) = (frame.size, self.goes(&frame));
                if frame.ends_channel() {
                    self.closed.insert(frame.channel);
                } else if frame.method == Some(OPEN) {
                    self.closed.remove(&frame.channel);
                }
            }
            let step = self.left.min(count - at);
            self.left -= step;
            at += step;
        }
    }
}

impl<S: AsyncWrite + Unpin> Filter<S> {
    fn write(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let total = parts.iter().map(|part| part.len()).sum::<usize>();
        let (count, goes) = self.frames.alike(parts, total.min(AHEAD));
        let stream = Pin::new(&mut self.stream);
        let count = match parts.iter().find(|part| !part.is_empty()) {
            _ if !goes => count,
            Some(first) if first.len() >= count => ready!(stream.poll_write(cx, &first[..count]))?,
            Some(first) if count < total => ready!(stream.poll_write(cx, first))?,
            _ => ready!(stream.poll_write_vectored(cx, parts))?,
        };
        self.frames.pass(parts, count);
        Poll::Ready(Ok(count))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Filter<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_read(cx, to)
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_read_vectored(cx, to)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Filter<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(cx, parts)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    /// Takes at most so many bytes at once.
    struct Taking(Vec<u8>, usize);

    impl AsyncWrite for Taking {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let count = bytes.len().min(self.1);
            self.0.extend(&bytes[..count]);
            Poll::Ready(Ok(count))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
        let size = (payload.len() as u32).to_be_bytes();
        [&[kind][..], &channel.to_be_bytes(), &size, payload, &[0xce]].concat()
    }

    fn method(channel: u16, method: [u8; 4]) -> Vec<u8> {
        frame(METHOD, channel, &[&method[..], b"arguments"].concat())
    }

    /// A message of three frames.
    fn message(channel: u16, body: &[u8]) -> Vec<u8> {
        let publish = method(channel, [0, 60, 0, 40]);
        [publish, frame(2, channel, b"properties"), frame(3, channel, body)].concat()
    }

    /// What goes out of all that is written, the ends of the buffer's two parts at `cut`, with so much room at once.
    fn sent(written: &[u8], cut: usize, room: usize) -> Vec<u8> {
        let mut filter = Filter::new(Taking(Vec::new(), room));
        let mut at = 0;
        while at < written.len() {
            let (first, second) = written.split_at(cut.max(at));
            let parts = [IoSlice::new(&first[at..]), IoSlice::new(second)];
            let mut cx = Context::from_waker(Waker::noop());
            let Poll::Ready(Ok(count)) = Pin::new(&mut filter).poll_write_vectored(&mut cx, &parts) else {
                panic!()
            };
            assert_ne!(count, 0);
            at += count;
        }
        filter.stream.0
    }

    #[test]
    fn nothing_follows_the_end_of_a_channel_but_its_next_beginning() {
        let heartbeat = frame(8, 0, b"");
        let body = vec![0xce; 300];
        let large = message(2, &body);
        let all: [(&[u8], bool); 13] = [
            (b"AMQP\0\0\x09\x01", true),
            (&message(1, b"one"), true),
            (&method(1, CLOSE_OK), true),
            (&message(1, b"late"), false),
            (&heartbeat, true),
            (&message(2, b"of another"), true),
            (&message(1, &body), false),
            (&method(2, CLOSE), true),
            (&large, false),
            (&method(2, CLOSE_OK), true),
            (&method(1, OPEN), true),
            (&message(1, b"two"), true),
            (&method(2, OPEN), true),
        ];
        let written: Vec<u8> = all.iter().flat_map(|(bytes, _)| *bytes).copied().collect();
        let expected: Vec<u8> =
            all.iter().filter(|(_, goes)| *goes).flat_map(|(bytes, _)| *bytes).copied().collect();
        for cut in 0..=written.len() {
            for room in [1, 2, 3, 7, 11, 50, usize::MAX] {
                assert_eq!(sent(&written, cut, room), expected, "{cut} {room}");
            }
        }
    }

    #[test]
    fn what_is_no_frame_is_not_held_back() {
        let odd = [b"AMQP\0\0\x09\x01".as_slice(), b"abc"].concat();
        assert_eq!(sent(&odd, odd.len(), usize::MAX), odd);
        let followed = [&odd, &method(1, CLOSE_OK)[..], &message(1, b"late")].concat();
        let mut filter = Filter::new(Taking(Vec::new(), usize::MAX));
        for bytes in [&odd[..], &followed[odd.len()..]] {
            let written = futures::AsyncWriteExt::write_all(&mut filter, bytes);
            futures::FutureExt::now_or_never(written).unwrap().unwrap();
        }
        assert_eq!(filter.stream.0, followed);
        let huge = [b"AMQP\0\0\x09\x01".as_slice(), &[3, 0, 1, 255, 255, 255, 255, 1, 2, 3]].concat();
        assert_eq!(sent(&huge, huge.len(), usize::MAX), huge);
    }
}
