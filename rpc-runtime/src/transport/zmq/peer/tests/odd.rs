//! A stream that does what streams may do.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// A stream in memory that counts, holds or refuses what is written to it.
#[derive(Debug)]
pub(super) struct Odd {
    stream: DuplexStream,
    /// How often it was written to.
    pub(super) writes: usize,
    /// How often it may be; then it fails.
    pub(super) writes_at_most: usize,
    /// Whether it does not finish to flush.
    pub(super) holds: bool,
}

impl Odd {
    pub(super) fn new(stream: DuplexStream) -> Self {
        Self { stream, writes: 0, writes_at_most: usize::MAX, holds: false }
    }
}

impl AsyncRead for Odd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Odd {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.writes == self.writes_at_most {
            return Poll::Ready(Err(io::Error::other("it fails")));
        }
        self.writes += 1;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.holds { Poll::Pending } else { Pin::new(&mut self.stream).poll_flush(cx) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
