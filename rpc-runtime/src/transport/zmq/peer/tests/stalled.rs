//! Sides that do not read: bounded memory, and nobody waits for longer than it wants to.

use std::sync::Mutex;

use super::*;
use crate::error::Reached;
use crate::lock::lock;

#[tokio::test(start_paused = true)]
async fn what_waits_for_a_peer_that_does_not_read_is_bounded() {
    let options = Options { queue: 66 << 10, ..Options::default() };
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &options).await;
    let mut taken = Vec::new();
    let refused = loop {
        match running.peer.offer(message(3000), after(secs(3600))) {
            Ok(ticket) => taken.push(ticket),
            Err(refused) => break refused,
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(refused, SendError { fault: SendFault::Full, reached: Reached::NotSent });
    // Each needs three units of a kilobyte, and the first was written and made room.
    assert_eq!(taken.len(), 66 / 3 + 1);

    let began = Instant::now();
    let waiting: Vec<_> = (0..100).map(|_| running.peer.send(message(1), after(secs(7)))).collect();
    let expired = Err(SendError { fault: SendFault::Expired, reached: Reached::NotSent });
    assert!(futures::future::join_all(waiting).await.iter().all(|outcome| *outcome == expired));
    assert_eq!(began.elapsed(), secs(7));

    // It reads again, and nothing that was taken is lost.
    let last = running.peer.send(message(1), after(PATIENCE));
    let heard = async {
        for _ in 0..taken.len() {
            assert_eq!(hand.message().await, message(3000));
        }
        assert_eq!(hand.message().await, message(1));
    };
    let (last, ()) = tokio::join!(last, heard);
    assert_eq!(last, Ok(()));
    for ticket in taken {
        assert_eq!(within(ticket).await, Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_neither_reads_nor_speaks_is_dead() {
    let (running, _hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    let began = Instant::now();
    let waiting = running.peer.send(message(100_000), after(secs(3600)));
    let (waiting, end) = tokio::join!(waiting, running.end());
    assert_eq!(end, End::Silent(secs(10)));
    assert_eq!(began.elapsed(), secs(10));
    assert_eq!(waiting, Err(SendError { fault: SendFault::Ended(end), reached: Reached::Sent }));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_larger_than_the_queue_waits_alone() {
    let options = Options { queue: 1000, ..Options::default() };
    let (running, mut hand) = Running::beside_a_hand(4096, 1, &options).await;
    let large = running.peer.offer(message(100_000), after(PATIENCE)).unwrap();
    assert_eq!(running.peer.offer(message(1), after(PATIENCE)).unwrap_err().fault, SendFault::Full);
    assert_eq!(hand.message().await, message(100_000));
    assert_eq!(within(large).await, Ok(()));
    assert_eq!(within(running.peer.send(message(1), after(PATIENCE))).await, Ok(()));
}

#[tokio::test]
async fn answers_that_are_not_read_do_not_pile_up() {
    let ((_peer, mut connection), _messages, mut hand) = over_an_odd_stream().await;
    // All is written and nothing is read on the other side: it is full at last.
    let mut pings = Encoder::default();
    for _ in 0..1000 {
        pings.command(&Command::Ping(Ping { ttl: Duration::ZERO, context: Bytes::new() }));
    }
    let pings = pings.copy_to_bytes(pings.remaining());
    for _ in 0..1000 {
        hand.write(&pings).await;
        assert!(poll_once(&mut connection).is_pending());
        assert!(connection.waits_to_be_written() <= 100, "{}", connection.waits_to_be_written());
    }
}

/// Has room when it is told so.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<Behind>>);

#[derive(Default)]
struct Behind {
    open: bool,
    waker: Option<Waker>,
    taken: Vec<Multipart>,
}

impl Door {
    fn opens(&self) {
        let mut behind = lock(&self.0);
        behind.open = true;
        if let Some(waker) = behind.waker.take() {
            waker.wake();
        }
    }

    fn taken(&self) -> usize {
        lock(&self.0).taken.len()
    }
}

impl Inbox for Door {
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut behind = lock(&self.0);
        behind.waker = Some(cx.waker().clone());
        if behind.open { Poll::Ready(()) } else { Poll::Pending }
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        let mut behind = lock(&self.0);
        assert!(behind.open);
        behind.taken.push(message);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_side_that_has_no_room_does_not_read_and_does_not_think_its_peer_dead() {
    let (stream, other) = duplex(4096);
    let (door, options) = (Door::default(), Options::default());
    let accepted = accept(stream, Ready::default(), door.clone(), &options);
    let (opened, mut hand) = tokio::join!(accepted, Hand::shakes(other, 1));
    let (peer, connection) = opened.unwrap();
    let mut task = tokio::spawn(connection);
    let written = async {
        hand.says(|encoder| (0..100).for_each(|_| encoder.message(message(1000)))).await;
        hand
    };
    tokio::pin!(written);
    // The peer has to wait.
    assert!(tokio::time::timeout(secs(98), &mut written).await.is_err());
    assert_eq!(door.taken(), 0);
    // It can be written to meanwhile.
    peer.send(message(1), after(PATIENCE)).await.unwrap();

    door.opens();
    let mut hand = written.await;
    while door.taken() < 100 {
        tokio::task::yield_now().await;
    }
    // It heard all along that the other side lives.
    let mut pings = 0;
    while hand.hears().await != Some(Event::Message(message(1))) {
        pings += 1;
    }
    assert_eq!(pings, 98 / 5);
    // Now its silence counts again.
    let began = Instant::now();
    assert!(matches!(within(&mut task).await.unwrap(), End::Silent(_)));
    assert_eq!(began.elapsed(), secs(10));
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
