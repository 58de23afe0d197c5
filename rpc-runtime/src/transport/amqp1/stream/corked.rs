//! Frames that are written together: the client library flushes each by itself, and each by itself costs both sides a call of
//! the system.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So many bytes are written however many may follow.
const ENOUGH: usize = 32 << 10;

/// What is written to it goes out once the task that writes has nothing else to do. It has to read as well: when it comes to
/// rest, it waits for something to read.
pub(in super::super) struct Corked<S> {
    stream: S,
    waiting: Vec<u8>,
    /// How many bytes of that have gone out.
    gone: usize,
    /// Whether what has gone out may still be on this side, as with TLS.
    unflushed: bool,
    /// Whether the task was asked to come back, when it has taken what other tasks have for it.
    asked: bool,
}

impl<S: AsyncWrite + Unpin> Corked<S> {
    pub(in super::super) fn new(stream: S) -> Self {
        Self { stream, waiting: Vec::new(), gone: 0, unflushed: false, asked: false }
    }

    /// Writes what waits.
    fn poll_uncork(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.gone < self.waiting.len() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.waiting[self.gone..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            (self.gone, self.unflushed) = (self.gone + written, true);
        }
        self.waiting.clear();
        // What was large once need not be kept.
        self.waiting.shrink_to(2 * ENOUGH);
        self.gone = 0;
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        (self.unflushed, self.asked) = (false, false);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Corked<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.unflushed || !this.waiting.is_empty() {
            if this.asked {
                if let Poll::Ready(Err(error)) = this.poll_uncork(cx) {
                    return Poll::Ready(Err(error));
                }
            } else {
                this.asked = true;
                cx.waker().wake_by_ref();
            }
        }
        Pin::new(&mut this.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Corked<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.waiting.len() >= ENOUGH {
            ready!(this.poll_uncork(cx))?;
        }
        if this.waiting.is_empty() && buf.len() >= ENOUGH {
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, buf))?;
            this.unflushed = true;
            return Poll::Ready(Ok(written));
        }
        this.waiting.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    /// What is little waits for more.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.waiting.len() {
            1..ENOUGH => Poll::Ready(Ok(())),
            _ => this.poll_uncork(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_uncork(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

impl<S: fmt::Debug> fmt::Debug for Corked<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Corked").field("stream", &self.stream).field("waiting", &self.waiting.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures::FutureExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn corked(room: usize) -> (Corked<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(room);
        (Corked::new(near), far)
    }

    /// Writes and flushes as the client library does.
    async fn send(near: &mut Corked<DuplexStream>, bytes: &[u8]) {
        near.write_all(bytes).await.unwrap();
        near.flush().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_written_goes_out_when_its_task_comes_to_rest() {
        let (mut near, mut far) = corked(1 << 20);
        send(&mut near, b"one ").await;
        send(&mut near, b"two").await;
        let mut all = [0; 7];
        assert!(far.read_exact(&mut all).now_or_never().is_none(), "nothing is there yet");
        let writer = tokio::spawn(async move { near.read_u8().await.map(|answer| (near, answer)) });
        far.read_exact(&mut all).await.unwrap();
        assert_eq!(&all, b"one two");
        far.write_u8(7).await.unwrap();
        let (mut near, answer) = writer.await.unwrap().unwrap();
        assert_eq!(answer, 7);
        send(&mut near, b"bye").await;
        near.shutdown().await.unwrap();
        let mut rest = Vec::new();
        far.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"bye");
    }

    #[tokio::test]
    async fn a_peer_that_does_not_read_is_waited_for() {
        let (mut near, mut far) = corked(16);
        let large = vec![7; 3 * ENOUGH];
        let written = poll_fn(|cx| {
            // As much as it takes.
            let mut written = 0;
            while written < large.len() {
                match Pin::new(&mut near).poll_write(cx, &large[written..large.len().min(written + 1000)]) {
                    Poll::Ready(count) => written += count.unwrap(),
                    Poll::Pending => break,
                }
            }
            Poll::Ready(written)
        })
        .await;
        assert!((ENOUGH..2 * ENOUGH).contains(&written), "{written}");
        let writer = tokio::spawn(async move {
            near.write_all(&large[written..]).await.unwrap();
            near.shutdown().await.unwrap();
        });
        let mut all = Vec::new();
        far.read_to_end(&mut all).await.unwrap();
        assert_eq!(all.len(), 3 * ENOUGH);
        writer.await.unwrap();
    }
}
