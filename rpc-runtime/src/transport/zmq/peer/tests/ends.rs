//! A connection ends for one reason, and leaves nothing behind.

use super::super::super::zmtp::ProtocolError;
use super::*;
use crate::error::Reached;

#[tokio::test]
async fn dropping_the_peer_closes_the_connection() {
    let (dealer, router) = pair(4096).await;
    let Running { peer, task, .. } = dealer;
    let mut waiting = Vec::new();
    for length in [1, 100_000, 2] {
        waiting.push(peer.offer(message(length), after(PATIENCE)).unwrap());
    }
    drop(peer);
    assert_eq!(within(task).await.unwrap(), End::Closed);
    for ticket in waiting {
        let why = within(ticket).await.unwrap_err();
        assert_eq!(why, SendError { fault: SendFault::Ended(End::Closed), reached: Reached::NotSent });
    }
    assert_eq!(router.end().await, End::Left);
}

#[tokio::test]
async fn closing_it_writes_what_waits() {
    let (dealer, mut router) = pair(4096).await;
    let tickets: Vec<_> = [1, 100_000, 2]
        .map(|length| (length, dealer.peer.offer(message(length), after(PATIENCE)).unwrap()))
        .into();
    dealer.peer.close();
    let late = dealer.peer.offer(message(3), after(PATIENCE)).map(drop).unwrap_err();
    assert_eq!(late, SendError { fault: SendFault::Ended(End::Closed), reached: Reached::NotSent });
    for (length, ticket) in tickets {
        assert_eq!(within(router.messages.recv()).await, Some(message(length)));
        assert_eq!(within(ticket).await, Ok(()));
    }
    assert_eq!(dealer.end().await, End::Closed);
    assert_eq!(router.end().await, End::Left);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_closes_hears_its_peer_out() {
    let (mut running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    running.peer.close();
    assert_eq!(hand.hears().await, None);
    tokio::time::sleep(Duration::from_secs(60)).await;
    hand.says(|encoder| encoder.message(message(1))).await;
    assert_eq!(within(running.messages.recv()).await, Some(message(1)));
    drop(hand);
    assert_eq!(running.end().await, End::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_closes_does_not_wait_for_ever() {
    // For a peer that knows PING, until it would be dead.
    let (running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    running.peer.close();
    let began = Instant::now();
    assert_eq!(hand.hears().await, None);
    assert_eq!(running.end().await, End::Closed);
    assert_eq!(began.elapsed(), Duration::from_secs(10));
    // For another one, until nobody wants to wait any more.
    let (running, _hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    running.peer.close();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(!running.task.is_finished());
    let Running { peer, task, .. } = running;
    drop(peer);
    assert_eq!(within(task).await.unwrap(), End::Closed);
}

#[tokio::test]
async fn a_connection_that_is_not_run_to_its_end_tells_as_well() {
    let ((peer, connection), _messages, mut hand) = over_an_odd_stream().await;
    let waiting = peer.offer(message(1), after(PATIENCE)).unwrap();
    drop(connection);
    let closed = Err(SendError { fault: SendFault::Ended(End::Closed), reached: Reached::NotSent });
    assert_eq!(within(waiting).await, closed);
    assert_eq!(within(peer.send(message(1), after(PATIENCE))).await, closed);
    assert_eq!(hand.hears().await, None);
}

#[tokio::test]
async fn whoever_waits_for_room_is_told_the_end() {
    let options = Options { queue: 1, ..Options::default() };
    let (running, hand) = Running::beside_a_hand(4096, 1, &options).await;
    let begun = running.peer.offer(message(10_000), after(PATIENCE)).unwrap();
    let waiting = running.peer.send(message(1), after(PATIENCE));
    let (waiting, ()) = tokio::join!(within(waiting), async {
        tokio::task::yield_now().await;
        drop(hand);
    });
    let fault = SendFault::Ended(End::Left);
    assert_eq!(within(begun).await, Err(SendError { fault: fault.clone(), reached: Reached::Sent }));
    assert_eq!(waiting, Err(SendError { fault, reached: Reached::NotSent }));
}

#[tokio::test]
async fn each_way_of_a_peer_to_end_it_is_told_apart() {
    let refused = Command::Error("enough".to_owned());
    let mut error = Encoder::default();
    error.command(&refused);
    let error = error.copy_to_bytes(error.remaining());
    for (said, end) in [
        (&b""[..], End::Left),
        (b"\x00", End::Cut),
        (b"\x01\x00", End::Cut),
        (b"\x00\x05abc", End::Cut),
        (b"\x08", End::Protocol(ProtocolError::Flags(8))),
        (&error[..], End::Refused("enough".to_owned())),
    ] {
        let (running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
        hand.write(said).await;
        drop(hand);
        assert_eq!(running.end().await, end);
    }
}

#[tokio::test]
async fn what_came_before_the_end_has_been_taken() {
    let (mut running, mut hand) = Running::beside_a_hand(1 << 20, 1, &Options::default()).await;
    hand.says(|encoder| (0..100).for_each(|length| encoder.message(message(length)))).await;
    drop(hand);
    assert_eq!(within(&mut running.task).await.unwrap(), End::Left);
    for length in 0..100 {
        assert_eq!(running.messages.try_recv(), Ok(message(length)));
    }
}

#[tokio::test]
async fn what_has_come_is_taken_although_nothing_can_be_written() {
    let ((peer, mut connection), mut messages, mut hand) = over_an_odd_stream().await;
    // More than is read before it is the turn of what is written.
    hand.says(|encoder| (0..60).for_each(|_| encoder.message(message(10_000)))).await;
    connection.stream().writes_at_most = 0;
    connection.stream().writes = 0;
    drop(peer.offer(message(1), after(PATIENCE)));
    drop(hand);
    assert_eq!(within(connection).await, End::Left);
    for _ in 0..60 {
        assert_eq!(messages.try_recv(), Ok(message(10_000)));
    }
}

#[tokio::test]
async fn what_is_too_large_ends_it() {
    let limits = Limits { bytes: 1000, frames: 2 };
    let options = Options { limits, ..Options::default() };
    let (mut running, mut hand) = Running::beside_a_hand(4096, 1, &options).await;
    hand.says(|encoder| {
        encoder.message(message(1000));
        encoder.message(message(1001));
    })
    .await;
    assert_eq!(within(running.messages.recv()).await, Some(message(1000)));
    let refused = ProtocolError::LongMessage { bytes: 1001, limit: 1000 };
    assert_eq!(running.end().await, End::Protocol(refused));
}

#[tokio::test]
async fn a_reason_is_a_fault_for_callers() {
    use crate::error::{Fault, FaultKind};
    let kind = |end: End| Fault::from(end).kind;
    assert_eq!(kind(End::Closed), FaultKind::Closed);
    assert_eq!(kind(End::Unfit(ProtocolError::NoSocketType)), FaultKind::Unusable);
    let lost = Fault::from(End::Lost("reset".to_owned()));
    assert_eq!((lost.kind, &*lost.why), (FaultKind::NotConnected, "the connection was lost: reset"));
}
