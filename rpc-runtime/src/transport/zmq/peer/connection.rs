//! A connection as it runs: reads, writes and watches over the peer, all in one task.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::super::zmtp::{Command, Decoder, Encoder, Event, Ping};
use super::end::End;
use super::handshake::Shaken;
use super::inbox::Inbox;
use super::liveness::{Due, Liveness};
use super::options::Options;
use super::queue::Queue;
use super::under_way::UnderWay;

/// Messages are put together until there are so many bytes, and written at once.
const BATCH: usize = 64 << 10;

/// How often the socket is read, or written to, before the other is done and the task lets others run.
const ROUNDS: usize = 16;

/// The connection to a peer: it runs as long as it is polled, and resolves with the one reason for its end. By then each
/// message that was handed over has its outcome, and what came before has been taken.
#[derive(Debug)]
#[must_use = "nothing is read or written unless it is polled"]
pub(crate) struct Connection<S, I> {
    stream: S,
    inbox: I,
    decoder: Decoder,
    encoder: Encoder,
    queue: Arc<Queue>,
    under_way: UnderWay,
    /// Whether the stream may keep bytes to itself that it has taken.
    unflushed: bool,
    /// Whether it failed to take some, and may have written part of them.
    unclear: bool,
    /// Whether the peer was told that nothing more comes.
    shut: bool,
    liveness: Liveness,
    /// Whether several messages came together last, and whether it has given way since what waits to be written does.
    several: bool,
    gave_way: bool,
    /// What is put before the next message: the answer to the last PING, and one of ours.
    pong: Option<Bytes>,
    ping: Option<Ping>,
    /// Behind which byte our last one is, until it is flushed.
    ping_ends: Option<u64>,
    /// How long the peer is to wait for more of us.
    ttl: Duration,
    timer: Pin<Box<Sleep>>,
}

impl<S, I: Inbox> Connection<S, I> {
    pub(super) fn new(stream: S, inbox: I, shaken: Shaken, queue: Arc<Queue>, options: &Options) -> Self {
        let (now, heartbeats) = (Instant::now(), shaken.version.has_heartbeats());
        Self {
            stream,
            inbox,
            decoder: shaken.decoder,
            encoder: Encoder::default(),
            queue,
            under_way: UnderWay::default(),
            unflushed: false,
            unclear: false,
            shut: false,
            several: false,
            gave_way: false,
            liveness: Liveness::new(options.ping_every, options.dead_after, heartbeats, now),
            pong: None,
            ping: None,
            ping_ends: None,
            ttl: options.dead_after,
            timer: Box::pin(sleep_until(now)),
        }
    }

    /// Where its messages go.
    pub(crate) fn inbox(&mut self) -> &mut I {
        &mut self.inbox
    }

    #[cfg(test)]
    pub(super) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// How many bytes the stream has not taken yet.
    #[cfg(test)]
    pub(super) fn waits_to_be_written(&self) -> usize {
        self.encoder.remaining()
    }

    /// Puts together what is to be written next.
    fn fill(&mut self, now: Instant, cx: &mut Context<'_>) {
        if self.encoder.remaining() >= BATCH {
            return;
        }
        // In the place of one for each PING: a peer that does not read could ask for any number of them.
        if let Some(context) = self.pong.take() {
            self.encoder.command(&Command::Pong(context));
        }
        if let Some(ping) = self.ping.take() {
            self.encoder.command(&Command::Ping(ping));
            self.ping_ends = Some(self.encoder.total());
        }
        while self.encoder.remaining() < BATCH
            && let Poll::Ready(word) = self.inbox.poll_word(cx)
        {
            self.encoder.message(word);
        }
        while self.encoder.remaining() < BATCH
            && let Some((job, message)) = self.queue.next(now)
        {
            let start = self.encoder.total();
            self.encoder.message(message);
            self.under_way.begin(job, start, self.encoder.total());
            // Even of one without frames, of which nothing is written.
            self.unflushed = true;
        }
    }
}

impl<S, I> Connection<S, I> {
    /// How many bytes the stream has taken.
    fn taken(&self) -> u64 {
        // What remains is some of all.
        self.encoder.total() - u64::try_from(self.encoder.remaining()).unwrap_or(0)
    }

    /// All that was taken has been flushed.
    fn flushed(&mut self) {
        self.unflushed = false;
        let to = self.taken();
        self.under_way.flushed(to);
        if self.ping_ends.is_some_and(|end| end <= to) {
            self.ping_ends = None;
            self.liveness.asked(Instant::now());
        }
    }

    /// Tells everybody.
    fn end(&mut self, why: &End) {
        let touched = if self.unclear { self.encoder.total() } else { self.taken() };
        self.under_way.end(touched, why);
        self.queue.end(why);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin, I: Inbox> Connection<S, I> {
    /// Does all that can be done now; ready once the connection has ended.
    fn run(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        // Before it looks, so that nothing comes unseen.
        self.queue.wake_with(cx.waker());
        loop {
            if self.queue.is_cut() {
                return Poll::Ready(End::Closed);
            }
            if let Poll::Ready(end) = self.read(cx) {
                return Poll::Ready(end);
            }
            match self.liveness.due(Instant::now()) {
                Due::Nothing => {}
                Due::Ping => self.ping = Some(Ping { ttl: self.ttl, context: Bytes::new() }),
                Due::Dead(silence) => return Poll::Ready(End::Silent(silence)),
            }
            if self.gives_way() {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Poll::Ready(end) = self.write(cx) {
                return Poll::Ready(self.last_words(end, cx));
            }
            let Some(next) = self.liveness.next() else { return Poll::Pending };
            if self.timer.deadline() != next {
                self.timer.as_mut().reset(next);
            }
            ready!(self.timer.as_mut().poll(cx));
        }
    }

    /// Whether to let others run before the next message is written. Those who got what came together answer one after the other,
    /// and the first of them has this task run next: what all of them have to say is one write then.
    fn gives_way(&mut self) -> bool {
        self.gave_way = self.several && !self.gave_way && self.queue.is_waited_for();
        self.gave_way
    }

    /// A peer that has left is noticed by what cannot be written to it as well: what it said before is heard all the same.
    fn last_words(&mut self, end: End, cx: &mut Context<'_>) -> End {
        match end {
            End::Lost(_) => match self.read(cx) {
                Poll::Ready(end) => end,
                Poll::Pending => end,
            },
            end => end,
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let mut came = 0;
        for _ in 0..ROUNDS {
            loop {
                let has_room = self.inbox.poll_room(cx).is_ready();
                if has_room == self.liveness.is_deaf() {
                    self.liveness.listens(has_room, Instant::now());
                }
                if !has_room {
                    return Poll::Pending;
                }
                match self.decoder.next() {
                    Ok(Some(event)) => {
                        came += 1;
                        self.several = came > 1;
                        if let Some(end) = self.take(event) {
                            return Poll::Ready(end);
                        }
                    }
                    Ok(None) => match self.inbox.keeps(self.decoder.kept()) {
                        Ok(()) => break,
                        Err(foul) => return Poll::Ready(foul.into()),
                    },
                    Err(error) => return Poll::Ready(error.into()),
                }
            }
            match ready!(pin!(self.stream.read_buf(self.decoder.room())).poll(cx)) {
                Ok(0) if self.decoder.is_between() => return Poll::Ready(End::Left),
                Ok(0) => return Poll::Ready(End::Cut),
                Ok(_) => self.liveness.heard(Instant::now()),
                Err(error) => return Poll::Ready(error.into()),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes something that the peer has said; the end of the connection if it is that.
    fn take(&mut self, event: Event) -> Option<End> {
        match event {
            Event::Message(message) => return self.inbox.take(message).err().map(End::from),
            Event::Command(Command::Ping(Ping { ttl, context })) => {
                self.liveness.ends_after(ttl, Instant::now());
                self.pong = Some(context);
            }
            Event::Command(Command::Error(why)) => return Some(End::Refused(why)),
            // That it has come is all that matters.
            Event::Command(Command::Pong(_)) => {}
            // The decoder lets neither come again.
            Event::Greeting(_) | Event::Command(Command::Ready(_)) => {}
        }
        None
    }

    fn write(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        if self.shut {
            return Poll::Pending;
        }
        for _ in 0..ROUNDS {
            self.fill(Instant::now(), cx);
            if self.encoder.has_remaining() {
                match ready!(pin!(self.stream.write_buf(&mut self.encoder)).poll(cx)) {
                    Ok(0) => return Poll::Ready(io::Error::from(io::ErrorKind::WriteZero).into()),
                    Ok(_) => {
                        self.liveness.wrote(Instant::now());
                        self.unflushed = true;
                    }
                    Err(error) => {
                        // A stream with a layer of its own, as TLS is, may have written some all the same.
                        self.unclear = true;
                        return Poll::Ready(error.into());
                    }
                }
            } else if !self.unflushed {
                if self.queue.is_closing() {
                    // What it sends meanwhile has to be read: else the system takes back what it has not read yet.
                    self.shut = ready!(pin!(self.stream.shutdown()).poll(cx)).is_ok();
                    if !self.shut {
                        return Poll::Ready(End::Closed);
                    }
                }
                return Poll::Pending;
            }
            match pin!(self.stream.flush()).poll(cx) {
                Poll::Ready(Ok(())) => self.flushed(),
                Poll::Ready(Err(error)) => return Poll::Ready(error.into()),
                // There may be room for more of it.
                Poll::Pending if self.encoder.has_remaining() => {}
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S, I> Future for Connection<S, I>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Inbox,
{
    type Output = End;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        let connection = self.get_mut();
        let end = ready!(connection.run(cx));
        let end = if connection.shut { End::Closed } else { end };
        connection.end(&end);
        Poll::Ready(end)
    }
}

/// Who waits is told, even if the connection is not run to its end.
impl<S, I> Drop for Connection<S, I> {
    fn drop(&mut self) {
        self.end(&End::Closed);
    }
}
