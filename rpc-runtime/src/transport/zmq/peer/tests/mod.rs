//! Connections over streams in memory, with ours or a hand at the other side.

mod ends;
mod handshake;
mod liveness;
mod odd;
mod outcomes;
mod python;
mod stalled;

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use self::odd::Odd;
use super::super::zmtp::{Command, Decoder, Encoder, Event, Limits, Ping};
use super::*;
use crate::clock::after;
use crate::error::Reached;

/// For what should come about: far above what it takes, and of no moment with a paused clock.
const PATIENCE: Duration = Duration::from_secs(120);

/// One that always has room.
impl Inbox for mpsc::UnboundedSender<Multipart> {
    fn poll_room(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        let _ = self.send(message);
        Ok(())
    }
}

/// Our side of a connection that runs on a task.
struct Running {
    peer: Peer,
    messages: mpsc::UnboundedReceiver<Multipart>,
    task: JoinHandle<End>,
}

impl Running {
    fn new((peer, connection): Opened<impl Stream>, messages: mpsc::UnboundedReceiver<Multipart>) -> Self {
        Self { peer, messages, task: tokio::spawn(connection) }
    }

    /// One that was connected to over a stream with so many bytes of room, and the hand at its other side, which says that it
    /// speaks ZMTP 3 of this minor version.
    async fn beside_a_hand(room: usize, minor: u8, options: &Options) -> (Self, Hand) {
        let (stream, other) = duplex(room);
        let (inbox, messages) = mpsc::unbounded_channel();
        let hand = Hand::shakes(other, minor);
        let (opened, hand) = tokio::join!(accept(stream, Ready::default(), inbox, options), hand);
        (Self::new(opened.unwrap(), messages), hand)
    }

    /// Why it has ended.
    async fn end(self) -> End {
        let Self { peer, messages, task } = self;
        let end = within(task).await.unwrap();
        drop((peer, messages));
        end
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for S {}

/// A peer that is played by hand.
struct Hand {
    stream: DuplexStream,
    decoder: Decoder,
}

impl Hand {
    fn new(stream: DuplexStream) -> Self {
        let limits = Limits { bytes: 64 << 20, frames: 16 };
        Self { stream, decoder: Decoder::new(Socket::Dealer, limits) }
    }

    async fn shakes(stream: DuplexStream, minor: u8) -> Self {
        let mut hand = Self::new(stream);
        hand.write(&greeting(minor)).await;
        assert!(matches!(hand.hears().await, Some(Event::Greeting(_))));
        hand.says(|encoder| encoder.command(&Command::Ready(Ready::default().of_socket(Socket::Dealer))))
            .await;
        assert!(matches!(hand.hears().await, Some(Event::Command(Command::Ready(_)))));
        hand
    }

    async fn write(&mut self, bytes: &[u8]) {
        within(self.stream.write_all(bytes)).await.unwrap();
    }

    async fn says(&mut self, say: impl FnOnce(&mut Encoder)) {
        let mut encoder = Encoder::default();
        say(&mut encoder);
        let bytes = encoder.copy_to_bytes(encoder.remaining());
        self.write(&bytes).await;
    }

    /// The next thing that is said to it; `None` at the end.
    async fn hears(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.decoder.next().unwrap() {
                return Some(event);
            }
            if within(self.stream.read_buf(self.decoder.room())).await.unwrap() == 0 {
                return None;
            }
        }
    }

    /// The next message, with a PING before it or not.
    async fn message(&mut self) -> Multipart {
        loop {
            match self.hears().await.unwrap() {
                Event::Message(message) => return message,
                Event::Command(Command::Ping(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

async fn within<F: Future>(what: F) -> F::Output {
    tokio::time::timeout(PATIENCE, what).await.expect("nothing came of it")
}

/// A greeting of ZMTP 3 and this minor version.
fn greeting(minor: u8) -> Vec<u8> {
    let mut greeting = vec![0; 64];
    (greeting[0], greeting[9], greeting[10], greeting[11]) = (0xff, 0x7f, 3, minor);
    greeting[12..16].copy_from_slice(b"NULL");
    greeting
}

/// A message of two frames, of which the second has this length.
fn message(length: usize) -> Multipart {
    Multipart(vec![Bytes::new(), Bytes::from(vec![7; length])])
}

/// A DEALER of ours and a ROUTER of ours, over a stream with so many bytes of room.
async fn pair(room: usize) -> (Running, Running) {
    let (left, right) = duplex(room);
    let options = Options::default();
    let (dealer_inbox, dealer_messages) = mpsc::unbounded_channel();
    let (router_inbox, router_messages) = mpsc::unbounded_channel();
    let dealer = Ready::default().with_identity("me").with_property("X-Rpc", "1");
    let (dealer, router) = tokio::join!(
        connect(left, dealer, dealer_inbox, &options),
        accept(right, Ready::default(), router_inbox, &options),
    );
    (Running::new(dealer.unwrap(), dealer_messages), Running::new(router.unwrap(), router_messages))
}

type Opened<S> = (Peer, Connection<S, mpsc::UnboundedSender<Multipart>>);

/// One that does not run yet, and all that it needs; nothing is left to be written.
async fn over_an_odd_stream() -> (Opened<Odd>, mpsc::UnboundedReceiver<Multipart>, Hand) {
    let (stream, other) = duplex(1 << 20);
    let (inbox, messages) = mpsc::unbounded_channel();
    let options = Options::default();
    let accepted = accept(Odd::new(stream), Ready::default(), inbox, &options);
    let (opened, hand) = tokio::join!(accepted, Hand::shakes(other, 1));
    (opened.unwrap(), messages, hand)
}

/// What one poll comes to, with nobody to be woken.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn messages_go_both_ways_in_order_whatever_their_size() {
    let (mut dealer, mut router) = pair(5000).await;
    let lengths = [0, 1, 255, 256, 4095, 4096, 70_000, 1 << 20, 3];
    let sent = async {
        for length in lengths {
            dealer.peer.send(message(length), after(PATIENCE)).await.unwrap();
            router.peer.send(message(length + 1), after(PATIENCE)).await.unwrap();
        }
    };
    let received = async {
        for length in lengths {
            assert_eq!(within(router.messages.recv()).await, Some(message(length)));
            assert_eq!(within(dealer.messages.recv()).await, Some(message(length + 1)));
        }
    };
    tokio::join!(sent, received);
}

#[tokio::test]
async fn several_messages_are_one_write() {
    let ((peer, mut connection), _messages, mut hand) = over_an_odd_stream().await;
    let before = connection.stream().writes;
    let tickets: Vec<_> =
        (0..100).map(|length| peer.offer(message(length), after(PATIENCE)).unwrap()).collect();
    assert!(poll_once(&mut connection).is_pending());
    assert_eq!(connection.stream().writes - before, 1);
    for ticket in tickets {
        assert_eq!(within(ticket).await, Ok(()));
    }
    for length in 0..100 {
        assert_eq!(hand.message().await, message(length));
    }
}

#[tokio::test]
async fn answers_to_what_came_together_are_one_write() {
    let ((peer, mut connection), mut messages, mut hand) = over_an_odd_stream().await;
    let offer = || peer.offer(message(1), after(PATIENCE)).unwrap();
    hand.says(|encoder| (0..2).for_each(|length| encoder.message(message(length)))).await;
    assert!(poll_once(&mut connection).is_pending());
    assert!(messages.try_recv().is_ok() && messages.try_recv().is_ok());
    let before = connection.stream().writes;
    let first = offer();
    assert!(poll_once(&mut connection).is_pending());
    // Whoever answers next has its turn before it is written.
    let second = offer();
    assert_eq!(connection.stream().writes, before);
    assert!(poll_once(&mut connection).is_pending());
    assert_eq!(connection.stream().writes - before, 1);
    assert_eq!((within(first).await, within(second).await), (Ok(()), Ok(())));
    // One that comes alone is answered at once.
    hand.says(|encoder| encoder.message(message(0))).await;
    assert!(poll_once(&mut connection).is_pending());
    assert!(messages.try_recv().is_ok());
    let alone = offer();
    assert!(poll_once(&mut connection).is_pending());
    assert_eq!(within(alone).await, Ok(()));
}

#[tokio::test]
async fn who_is_called_with_the_outcome_hears_it_once_it_is_written_or_never_can_be() {
    let ((peer, mut connection), _messages, _hand) = over_an_odd_stream().await;
    let (told, mut outcomes) = mpsc::unbounded_channel();
    let offer = |deadline| {
        let told = told.clone();
        peer.offer(message(1), deadline).unwrap().tell(move |outcome| told.send(outcome).unwrap());
    };
    offer(after(PATIENCE));
    assert!(outcomes.try_recv().is_err());
    assert!(poll_once(&mut connection).is_pending());
    assert_eq!(outcomes.try_recv(), Ok(Ok(())));
    offer(Instant::now());
    assert!(poll_once(&mut connection).is_pending());
    let late = outcomes.try_recv().unwrap().unwrap_err();
    assert_eq!((late.fault, late.reached), (SendFault::Expired, Reached::NotSent));
    offer(after(PATIENCE));
    drop(connection);
    let ended = outcomes.try_recv().unwrap().unwrap_err();
    assert_eq!((ended.fault, ended.reached), (SendFault::Ended(End::Closed), Reached::NotSent));
    // One whose fate is known already.
    let ticket = peer.offer(message(1), after(PATIENCE));
    assert!(ticket.is_err());
}
