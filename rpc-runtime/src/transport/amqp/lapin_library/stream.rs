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

/// How many rounds lapin has to go as it is expected to, before its thread waits for the socket by itself. A handshake
/// takes more.
const ROUNDS: u8 = 3;

#[derive(Debug)]
pub(super) struct Socket {
    stream: Stream,
    rounds: Rounds,
    thread: Arc<Thread>,
}

#[derive(Debug)]
enum Stream {
    /// Until the thread waits by itself: while it connects, and during the handshakes.
    Shared(tokio::net::TcpStream),
    Owned(Owned),
    /// It could not be made the thread's own.
    Lost,
}

impl Socket {
    pub(super) async fn connect(address: SocketAddr, thread: Arc<Thread>) -> io::Result<Self> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: Stream::Shared(stream), rounds: Rounds::default(), thread })
    }

    /// The socket, to be set up before it is used.
    pub(super) fn settings(&self) -> Option<SockRef<'_>> {
        match &self.stream {
            Stream::Shared(stream) => Some(stream.into()),
            Stream::Owned(_) | Stream::Lost => None,
        }
    }

    /// The stream to read from, which becomes the thread's own once lapin has shown how it goes round. Only here: a
    /// round that finds nothing to read is followed by another one, so nobody waits for tokio any more.
    fn reading(&mut self) -> io::Result<&mut Stream> {
        if self.rounds.are_known(&self.thread)
            && let Stream::Shared(_) = self.stream
            && let Stream::Shared(stream) = std::mem::replace(&mut self.stream, Stream::Lost)
        {
            self.stream = Stream::Owned(Owned::new(stream, self.thread.clone())?);
        }
        Ok(&mut self.stream)
    }

    /// Reads from tokio's stream.
    fn read_shared(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let Stream::Shared(stream) = &mut self.stream else { return lost() };
        let mut buffer = ReadBuf::new(buffer);
        let read = Pin::new(stream).poll_read(cx, &mut buffer);
        if read.is_pending() {
            self.rounds.read_nothing(&self.thread);
        }
        ready!(read)?;
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

/// What lapin does with a stream that tokio waits for. Its own thread may only wait by itself if lapin has each round
/// begin with flushing, go on with writing, and end with reading until there is nothing more, on one thread that is
/// not the runtime's. Another version may do otherwise: then it stays tokio's, which is slower and always right.
#[derive(Debug, Default)]
struct Rounds {
    /// How many there were so far.
    count: u8,
    /// Whether this one has begun.
    begun: bool,
    /// Whether the last write found no room, so that tokio is to tell when there is some.
    full: bool,
    otherwise: bool,
}

impl Rounds {
    fn flushes(&mut self) {
        self.begun = true;
    }

    fn wrote(&mut self, pending: bool) {
        self.full = pending;
    }

    fn read_nothing(&mut self, thread: &Thread) {
        if !thread.owns_connection() || self.otherwise {
            return;
        }
        let begun = std::mem::take(&mut self.begun);
        if begun && thread.is_here() {
            self.count = self.count.saturating_add(1);
        } else {
            self.otherwise = true;
            tracing::warn!("lapin goes round in a way that is not known: connections will be slower");
        }
    }

    fn are_known(&self, thread: &Thread) -> bool {
        self.count >= ROUNDS && !self.full && !self.otherwise && thread.is_here()
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
        match self.reading()? {
            Stream::Shared(_) => self.read_shared(cx, buffer),
            Stream::Owned(owned) => owned.read(cx, buffer.len(), |stream| stream.read(buffer)),
            Stream::Lost => lost(),
        }
    }

    fn poll_read_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Stream::Owned(owned) = self.reading()? {
            let room = buffers.iter().map(|buffer| buffer.len()).sum();
            return owned.read(cx, room, |stream| stream.read_vectored(buffers));
        }
        match buffers.iter_mut().find(|buffer| !buffer.is_empty()) {
            Some(buffer) => self.read_shared(cx, buffer),
            None => Poll::Ready(Ok(0)),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = match &mut self.stream {
            Stream::Shared(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Owned(owned) => return owned.write(cx, |stream| stream.write(bytes)),
            Stream::Lost => lost(),
        };
        self.rounds.wrote(wrote.is_pending());
        wrote
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = match &mut self.stream {
            Stream::Shared(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Stream::Owned(owned) => return owned.write(cx, |stream| stream.write_vectored(slices)),
            Stream::Lost => lost(),
        };
        self.rounds.wrote(wrote.is_pending());
        wrote
    }

    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.rounds.flushes();
        // A socket keeps nothing back.
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
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
        self.thread.does_chores(std::mem::take(&mut self.fed))?;
        if !self.readable && self.rested {
            self.sleep()?;
        }
        while self.readable {
            self.rested = false;
            match read(&mut self.stream) {
                Ok(count) => {
                    // Less than there was room for is all there is, and more makes a new event: so it is with the
                    // selectors of the systems that this is built for, see `lapin_library`.
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
        #[cfg(test)]
        self.thread.rounds.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
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

    /// A socket and its other side.
    async fn pair() -> (Socket, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let socket = Socket::connect(address, Thread::new()).await.unwrap();
        (socket, listener.accept().unwrap().0)
    }

    /// The same, with the calling thread as the one that waits.
    async fn owned_pair() -> (Socket, std::net::TcpStream) {
        let (mut socket, peer) = pair().await;
        socket.thread.takes_over();
        for _ in 0..=ROUNDS {
            flush(&mut socket);
            assert!(poll(&mut socket).is_pending());
        }
        assert!(matches!(socket.stream, Stream::Owned(_)), "it has gone round often enough");
        (socket, peer)
    }

    fn flush(socket: &mut Socket) {
        assert!(Pin::new(socket).poll_flush(&mut Context::from_waker(Waker::noop())).is_ready());
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
    async fn a_loop_that_goes_another_way_keeps_the_socket_of_tokio() {
        let (warnings, _guard) = crate::logged::Warnings::collect();
        // It reads before it flushes, or on another thread.
        for (count, (flushes, elsewhere)) in [(false, false), (true, true)].into_iter().enumerate() {
            let (mut socket, mut peer) = pair().await;
            match elsewhere {
                false => socket.thread.takes_over(),
                true => std::thread::scope(|scope| drop(scope.spawn(|| socket.thread.takes_over()).join())),
            }
            for _ in 0..ROUNDS * 2 {
                if flushes {
                    flush(&mut socket);
                }
                assert!(poll(&mut socket).is_pending());
            }
            peer.write_all(b"abc").unwrap();
            socket.settings().unwrap();
            let mut buffer = [0; 16];
            let read = futures::AsyncReadExt::read(&mut socket, &mut buffer).await.unwrap();
            assert_eq!(&buffer[..read], b"abc");
            assert!(matches!(socket.stream, Stream::Shared(_)));
            assert_eq!(warnings.with("in a way that is not known").len(), count + 1);
        }
    }

    #[tokio::test]
    async fn a_panic_on_the_thread_ends_the_connection() {
        struct Panics;
        impl super::super::super::library::Chore for Panics {
            fn run(self: Arc<Self>) {
                std::panic::panic_any(Bomb);
            }
        }
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("it is dropped");
            }
        }
        let (mut socket, _peer) = owned_pair().await;
        let thread = socket.thread.clone();
        thread.has_to_do(Arc::new(Panics));
        let mut cx = Context::from_waker(Waker::noop());
        let Poll::Ready(Err(error)) = Pin::new(&mut socket).poll_read(&mut cx, &mut [0; 16]) else {
            panic!()
        };
        assert_eq!(error.to_string(), "a panic on the thread of the connection");
        drop(socket);
        tokio::time::timeout(Duration::from_secs(60), thread.ended()).await.unwrap();
    }

    #[tokio::test]
    async fn the_thread_sleeps_until_there_is_something() {
        let (mut socket, mut peer) = owned_pair().await;
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
        let (mut socket, _peer) = owned_pair().await;
        socket.thread.call();
        assert!(poll(&mut socket).is_pending());
        let _calling = calling(&socket);
        assert!(poll(&mut socket).is_pending());
    }

    #[tokio::test]
    async fn the_end_that_comes_with_the_last_bytes_is_read() {
        let (mut socket, mut peer) = owned_pair().await;
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
        let (mut socket, _peer) = owned_pair().await;
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
