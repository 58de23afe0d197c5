//! What has to be known of the frames of a connection, and is not told by the client library: what its peer is, when it was
//! last heard, which messages came settled, and which verdicts on others have gone out.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;

use super::Stream;
use super::frames::{BEGIN, DISPOSITION, Field, Fields, Head, Heads, OPEN, TRANSFER};
use super::shapes::Shapes;
use crate::lock::lock;

/// The largest open frame whose properties are looked at.
const LONGEST_OPEN: usize = 64 << 10;

/// How much is kept of what a peer says first.
const BEGINNING: usize = 512;

/// How many deliveries a peer may settle with one frame. The client library goes through all of them, whether they exist or
/// not.
const MOST_AT_ONCE: u64 = 1 << 20;

/// The connection's end of what is heard.
pub(in super::super) struct Tapped {
    stream: Stream,
    tap: Arc<Tap>,
}

/// What is heard of a connection, and the way to cut it.
#[derive(Default)]
pub(in super::super) struct Tap {
    state: Mutex<State>,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

#[derive(Default)]
struct State {
    /// Why it was cut, if it was.
    cut: Option<String>,
    /// When something came last.
    heard: Option<Instant>,
    opening: Opening,
    sent: Heads,
    came: Heads,
    shapes: Shapes,
    /// The channel of the session that was begun last.
    begun: u16,
    followed: HashMap<u16, Arc<Session>>,
    /// By the peer's number of a channel, this side's.
    channels: HashMap<u16, u16>,
    /// Sessions whose verdicts were written, and not yet flushed.
    unflushed: Vec<Arc<Session>>,
}

/// What came so far, until the peer has opened the connection.
enum Opening {
    Coming(Vec<u8>),
    Open { product: Option<String> },
}

impl Default for Opening {
    fn default() -> Self {
        Self::Coming(Vec::new())
    }
}

/// What is known of a session.
#[derive(Debug)]
struct Session {
    /// How many deliveries this side has given verdicts on that are written, and flushed.
    written: Mutex<u64>,
    flushed: watch::Sender<u64>,
    /// The numbers of deliveries that came settled and were not asked for.
    settled: Mutex<Vec<u32>>,
}

/// Follows the deliveries of a session for as long as it lives.
#[derive(Debug)]
pub(in super::super) struct Followed {
    tap: Arc<Tap>,
    channel: u16,
    session: Arc<Session>,
}

impl Tapped {
    pub(in super::super) fn new(stream: Stream) -> (Self, Arc<Tap>) {
        let tap = Arc::<Tap>::default();
        tap.state().heard = Some(Instant::now());
        (Self { stream, tap: Arc::clone(&tap) }, tap)
    }
}

impl Tap {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Cuts the connection, for a reason of this side; the first one stays.
    pub(in super::super) fn cut(&self, why: &str) {
        self.state().cut.get_or_insert_with(|| why.to_owned());
        self.reader.wake();
        self.writer.wake();
    }

    /// Why it was cut, if it was.
    pub(in super::super) fn why_cut(&self) -> Option<String> {
        self.state().cut.clone()
    }

    /// How long nothing was heard.
    pub(in super::super) fn silence(&self) -> Duration {
        self.state().heard.map_or(Duration::ZERO, |heard| heard.elapsed())
    }

    /// What the peer calls itself, if it has opened the connection and says it.
    pub(in super::super) fn product(&self) -> Option<String> {
        match &self.state().opening {
            Opening::Open { product } => product.clone(),
            Opening::Coming(_) => None,
        }
    }

    /// The first bytes of a peer that has not opened the connection.
    pub(in super::super) fn beginning(&self) -> Vec<u8> {
        match &self.state().opening {
            Opening::Coming(bytes) => bytes.iter().take(BEGINNING).copied().collect(),
            Opening::Open { .. } => Vec::new(),
        }
    }

    /// Follows the session that was begun last, of which nothing has come yet but its beginning.
    pub(in super::super) fn follow(self: &Arc<Self>) -> Followed {
        let session = Arc::new(Session {
            written: Mutex::default(),
            flushed: watch::Sender::new(0),
            settled: Mutex::default(),
        });
        let mut state = self.state();
        let channel = state.begun;
        state.followed.insert(channel, Arc::clone(&session));
        drop(state);
        Followed { tap: Arc::clone(self), channel, session }
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").field("cut", &self.why_cut()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Tapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tap.fmt(f)
    }
}

impl Followed {
    /// Whether the delivery of this number came settled; it may be asked once.
    pub(in super::super) fn came_settled(&self, number: u32) -> bool {
        let mut settled = lock(&self.session.settled);
        // As a rule the first one.
        let found = settled.iter().position(|one| *one == number);
        found.map(|at| settled.remove(at)).is_some()
    }

    /// Follows how many deliveries have had their verdicts written.
    pub(in super::super) fn flushed(&self) -> watch::Receiver<u64> {
        self.session.flushed.subscribe()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut state = self.tap.state();
        // Another session may have the number by now.
        if state.followed.get(&self.channel).is_some_and(|session| Arc::ptr_eq(session, &self.session)) {
            state.followed.remove(&self.channel);
        }
    }
}

impl State {
    /// Takes in what has come; an error if the connection should go for it.
    fn come(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        self.heard = Some(Instant::now());
        if let Opening::Coming(before) = &mut self.opening {
            before.extend_from_slice(bytes);
            if let Some(opening) = opened(before) {
                self.opening = opening;
            }
        }
        let Self { came, channels, followed, shapes, .. } = self;
        let (shapes, foul) = (std::cell::RefCell::new(shapes), std::cell::Cell::new(Ok(())));
        let take = |frame: &[u8], head: Option<Head<'_>>| {
            let looked = match &head {
                Some(head) => shapes.borrow_mut().begin(frame, head),
                None => shapes.borrow_mut().other(frame),
            };
            if looked.is_err() {
                foul.set(looked);
            }
            let Some(head) = head else { return };
            match head.code {
                BEGIN => {
                    let Head { channel, mut fields, .. } = head;
                    if let Some(ours) = fields.number() {
                        channels.insert(channel, ours);
                    }
                }
                TRANSFER if !followed.is_empty() => {
                    let session = channels.get(&head.channel).and_then(|ours| followed.get(ours));
                    if let (Some(session), Some(number)) = (session, came_settled(head.fields)) {
                        lock(&session.settled).push(number);
                    }
                }
                DISPOSITION if settles(head.fields).is_some_and(|(_, count)| count > MOST_AT_ONCE) => {
                    foul.set(Err("the peer settles more at once than there can be"));
                }
                _ => {}
            }
        };
        came.feed(bytes, take, |rest| {
            if let Err(why) = shapes.borrow_mut().go_on(rest) {
                foul.set(Err(why));
            }
        });
        foul.get()
    }

    /// Takes in what was written.
    fn go(&mut self, bytes: &[u8]) {
        let Self { sent, begun, followed, unflushed, .. } = self;
        let take = |_: &[u8], head: Option<Head<'_>>| match head {
            Some(Head { code: BEGIN, channel, .. }) => *begun = channel,
            Some(Head { code: DISPOSITION, channel, fields, .. }) => {
                let Some(session) = followed.get(&channel) else { return };
                // Only those of a receiver.
                if let Some((true, count)) = settles(fields) {
                    *lock(&session.written) += count;
                    unflushed.push(Arc::clone(session));
                }
            }
            _ => {}
        };
        sent.feed(bytes, take, |_| {});
    }

    fn flushed(&mut self) {
        for session in self.unflushed.drain(..) {
            let written = *lock(&session.written);
            session.flushed.send_if_modified(|flushed| std::mem::replace(flushed, written) != written);
        }
    }
}

/// The number of a delivery, if the transfer says that it is settled.
fn came_settled(mut fields: Fields<'_>) -> Option<u32> {
    fields.next()?;
    let number = fields.number()?;
    // A tag and a format are in between.
    (fields.nth(2)? == Field::Bool(true)).then_some(number)
}

/// Whether a receiver gives verdicts, and on how many deliveries.
fn settles(mut fields: Fields<'_>) -> Option<(bool, u64)> {
    let by_receiver = fields.next()? == Field::Bool(true);
    let first: u32 = fields.number()?;
    let last: u32 = fields.number().unwrap_or(first);
    Some((by_receiver, u64::from(last.wrapping_sub(first)) + 1))
}

/// What the open frame in these bytes says, or that it is not worth waiting for.
fn opened(mut bytes: &[u8]) -> Option<Opening> {
    let unknown = Some(Opening::Open { product: None });
    loop {
        if bytes.len() > LONGEST_OPEN {
            return unknown;
        }
        let size = bytes.first_chunk::<4>()?;
        let size = if size == b"AMQP" { 8 } else { u32::from_be_bytes(*size) as usize };
        let (frame, rest) = bytes.split_at_checked(size.max(8))?;
        bytes = rest;
        if let Some(Head { code: OPEN, mut fields, .. }) = Head::read(frame) {
            let Some(Field::Many(properties)) = fields.nth(9) else { return unknown };
            let product = Fields(properties).text_of("product");
            let product = product.map(|product| String::from_utf8_lossy(product).into_owned());
            return Some(Opening::Open { product });
        }
    }
}

fn was_cut() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionAborted)
}

impl AsyncRead for Tapped {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { stream, tap } = self.get_mut();
        tap.reader.register(cx.waker());
        if tap.state().cut.is_some() {
            return Poll::Ready(Err(was_cut()));
        }
        let before = buf.filled().len();
        let polled = Pin::new(stream).poll_read(cx, buf);
        if let Poll::Ready(Ok(())) = &polled {
            let mut state = tap.state();
            if let Err(why) = state.come(&buf.filled()[before..]) {
                state.cut.get_or_insert_with(|| why.to_owned());
                return Poll::Ready(Err(was_cut()));
            }
        }
        polled
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, tap } = self.get_mut();
        tap.writer.register(cx.waker());
        if tap.state().cut.is_some() {
            return Poll::Ready(Err(was_cut()));
        }
        let polled = Pin::new(stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(count)) = &polled {
            tap.state().go(&buf[..*count]);
        }
        polled
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, tap } = self.get_mut();
        let polled = Pin::new(stream).poll_flush(cx);
        if let Poll::Ready(Ok(())) = &polled {
            tap.state().flushed();
        }
        polled
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self { stream, tap } = self.get_mut();
        tap.writer.register(cx.waker());
        if tap.state().cut.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
