//! The TCP stream under a connection: tokio's until lapin's thread owns it, which then waits for it by itself.
//!
//! Each of lapin's rounds ends with reading until there is nothing more. The round before is over then, so the
//! next reading that finds nothing sleeps, until there is something, or the thread is called.
//!
//! With this, and what is handed on by the thread, threads go to sleep 12 times for one call at a time, and 23 to 25
//! times with lapin alone (tests/benches/PROFILE.md).

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use futures::io::{AsyncRead, AsyncWrite};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll as Selector, Token};
use socket2::SockRef;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};

use super::thread::Thread;

const SOCKET: Token = Token(0);
const CALL: Token = Token(1);

#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    thread: Arc<Thread>,
}

#[derive(Debug)]
enum Stream {
    /// While it connects, and does the handshake of TLS.
    Shared(tokio::net::TcpStream),
    Owned(Owned),
    /// It could not be made the thread's own.
    Lost,
}

impl Socket {
    pub(super) async fn connect(address: SocketAddr, thread: Arc<Thread>) -> io::Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: Stream::Shared(stream), thread })
    }

    /// The socket, to be set up before it is used.
    pub(super) fn settings(&self) -> Option<SockRef<'_>> {
        match &self.stream {
            Stream::Shared(stream) => Some(stream.into()),
            Stream::Owned(_) | Stream::Lost => None,
        }
    }

    /// The stream, which becomes the thread's own as soon as that has taken over.
    fn stream(&mut self) -> io::Result<&mut Stream> {
        if let Stream::Shared(_) = self.stream
            && self.thread.owns_connection()
            && let Stream::Shared(stream) = std::mem::replace(&mut self.stream, Stream::Lost)
        {
            self.stream = Stream::Owned(Owned::new(stream, self.thread.clone())?);
        }
        Ok(&mut self.stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.thread.ends();
    }
}

fn lost<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::NotConnected.into()))
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        match self.stream()? {
            Stream::Shared(stream) => {
                let mut buffer = ReadBuf::new(buffer);
                ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
                Poll::Ready(Ok(buffer.filled().len()))
            }
            Stream::Owned(owned) => owned.read(cx, buffer.len(), |stream| stream.read(buffer)),
            Stream::Lost => lost(),
        }
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Stream::Owned(owned) = self.stream()? {
            let room = buffers.iter().map(|buffer| buffer.len()).sum();
            return owned.read(cx, room, |stream| stream.read_vectored(buffers));
        }
        match buffers.iter_mut().find(|buffer| !buffer.is_empty()) {
            Some(buffer) => self.poll_read(cx, buffer),
            None => Poll::Ready(Ok(0)),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.stream()? {
            Stream::Shared(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Owned(owned) => owned.write(cx, |stream| stream.write(bytes)),
            Stream::Lost => lost(),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.stream()? {
            Stream::Shared(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Stream::Owned(owned) => owned.write(cx, |stream| stream.write_vectored(slices)),
            Stream::Lost => lost(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket keeps nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stream()? {
            Stream::Shared(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Owned(owned) => Poll::Ready(owned.stream.shutdown(std::net::Shutdown::Write)),
            Stream::Lost => lost(),
        }
    }
}

/// A stream that its thread waits for.
#[derive(Debug)]
struct Owned {
    stream: TcpStream,
    selector: Selector,
    events: Events,
    thread: Arc<Thread>,
    /// Whether there may be something to read, or room to write.
    readable: bool,
    writable: bool,
    /// Whether the other side has ended, which is told once: then there is the end to be read after all else.
    ended: bool,
    /// Whether the last reading found nothing, so that a round has ended since.
    rested: bool,
    /// Whether something was read since the last chores.
    fed: bool,
    /// Who waits for room to write.
    writer: Option<Waker>,
}

impl Owned {
    fn new(stream: tokio::net::TcpStream, thread: Arc<Thread>) -> io::Result<Self> {
        let mut stream = TcpStream::from_std(stream.into_std()?);
        let selector = Selector::new()?;
        selector.registry().register(&mut stream, SOCKET, Interest::READABLE | Interest::WRITABLE)?;
        thread.wake_by(mio::Waker::new(selector.registry(), CALL)?)?;
        let events = Events::with_capacity(2);
        Ok(Self {
            stream,
            selector,
            events,
            thread,
            readable: true,
            writable: true,
            ended: false,
            rested: false,
            fed: false,
            writer: None,
        })
    }

    fn read(
        &mut self,
        cx: &Context<'_>,
        room: usize,
        mut read: impl FnMut(&mut TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.thread.writes(false);
        // Also if there is always more to read.
        self.thread.does_chores(std::mem::take(&mut self.fed));
        if !self.readable && self.rested {
            self.sleep()?;
        }
        while self.readable {
            self.rested = false;
            match read(&mut self.stream) {
                Ok(count) => {
                    // Less than there was room for is all there is; more makes a new event.
                    self.readable = count == 0 || count == room || self.ended;
                    self.fed = true;
                    return Poll::Ready(Ok(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.readable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.rested = true;
        self.thread.looks();
        // For another round, which sleeps here.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn sleep(&mut self) -> io::Result<()> {
        if !self.thread.falls_asleep() {
            return Ok(());
        }
        // Without a limit: each would cost a timer of the kernel. The link calls every now and then.
        let slept = self.selector.poll(&mut self.events, None);
        self.thread.woke_up();
        if let Err(error) = slept {
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        }
        for event in self.events.iter().filter(|event| event.token() == SOCKET) {
            self.ended |= event.is_read_closed() || event.is_error();
            self.readable |= event.is_readable() || self.ended;
            if event.is_writable() || event.is_write_closed() || event.is_error() {
                self.writable = true;
                if let Some(writer) = self.writer.take() {
                    writer.wake();
                }
            }
        }
        Ok(())
    }

    fn write(
        &mut self,
        cx: &Context<'_>,
        mut write: impl FnMut(&mut TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.thread.writes(true);
        while self.writable {
            match write(&mut self.stream) {
                Ok(count) => return Poll::Ready(Ok(count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.writable = false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.writer = Some(cx.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::time::Duration;

    use super::*;

    /// A socket whose thread is the calling one, with all read that there is, and the other side.
    async fn pair() -> (Socket, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut socket = Socket::connect(address, Thread::new()).await.unwrap();
        let peer = listener.accept().unwrap().0;
        socket.thread.takes_over();
        assert!(poll(&mut socket).is_pending());
        (socket, peer)
    }

    fn poll(socket: &mut Socket) -> Poll<usize> {
        let mut cx = Context::from_waker(Waker::noop());
        Pin::new(socket).poll_read(&mut cx, &mut [0; 16]).map(Result::unwrap)
    }

    /// Calls as long as the result is kept, so that what is missed does not sleep for ever.
    fn calling(socket: &Socket) -> impl Drop + use<> {
        struct Stop(Option<std::sync::mpsc::Sender<()>>);
        impl Drop for Stop {
            fn drop(&mut self) {
                self.0 = None;
            }
        }
        let (stop, stopped) = std::sync::mpsc::channel();
        let thread = socket.thread.clone();
        std::thread::spawn(move || {
            use std::sync::mpsc::RecvTimeoutError;
            while stopped.recv_timeout(Duration::from_millis(50)) == Err(RecvTimeoutError::Timeout) {
                thread.call();
            }
        });
        Stop(Some(stop))
    }

    #[tokio::test]
    async fn the_thread_sleeps_until_there_is_something() {
        let (mut socket, mut peer) = pair().await;
        let writing = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            peer.write_all(b"abc").unwrap();
            peer
        });
        // That there is room to write ends one sleep.
        let polls: Vec<_> = (0..2).map(|_| poll(&mut socket)).take_while(Poll::is_pending).collect();
        assert!(polls.len() < 2, "it does not come back without");
        assert!(poll(&mut socket).is_pending(), "a round goes before it sleeps again");
        drop(writing.join());
    }

    #[tokio::test]
    async fn a_call_wakes_it_and_one_before_keeps_it_awake() {
        let (mut socket, _peer) = pair().await;
        socket.thread.call();
        assert!(poll(&mut socket).is_pending());
        let _calling = calling(&socket);
        assert!(poll(&mut socket).is_pending());
    }

    #[tokio::test]
    async fn the_end_that_comes_with_the_last_bytes_is_read() {
        let (mut socket, mut peer) = pair().await;
        peer.write_all(b"abc").unwrap();
        drop(peer);
        // Both are there when it looks.
        std::thread::sleep(Duration::from_millis(50));
        let _calling = calling(&socket);
        let polls: Vec<_> = (0..3).map(|_| poll(&mut socket)).collect();
        assert_eq!(polls, [Poll::Ready(3), Poll::Ready(0), Poll::Ready(0)]);
    }

    #[tokio::test]
    async fn what_is_left_when_it_ends_is_done_elsewhere() {
        struct Note(tokio::sync::mpsc::UnboundedSender<&'static str>, &'static str);
        impl super::super::super::library::Chore for Note {
            fn run(self: Arc<Self>) {
                self.0.send(self.1).unwrap();
            }
        }
        let (sender, mut done) = tokio::sync::mpsc::unbounded_channel();
        let (mut socket, _peer) = pair().await;
        let thread = socket.thread.clone();
        thread.has_to_do(Arc::new(Note(sender.clone(), "by the thread")));
        socket.thread.call();
        assert!(poll(&mut socket).is_pending());
        assert_eq!(done.try_recv(), Ok("by the thread"));
        thread.has_to_do(Arc::new(Note(sender.clone(), "left")));
        drop(socket);
        thread.has_to_do(Arc::new(Note(sender, "late")));
        assert_eq!((done.recv().await, done.recv().await), (Some("left"), Some("late")));
    }
}
