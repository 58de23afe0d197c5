//! What is said of each message is exact.

use super::*;
use crate::error::Reached;

fn ended(end: End, reached: Reached) -> Outcome {
    Err(SendError { fault: SendFault::Ended(end), reached })
}

fn expired(reached: Reached) -> Outcome {
    Err(SendError { fault: SendFault::Expired, reached })
}

#[tokio::test]
async fn written_begun_and_not_begun_are_told_apart() {
    // The first and some of the second fit.
    let (running, hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    let offer = |length| running.peer.offer(message(length), after(PATIENCE)).unwrap();
    let (mut first, second, third, fourth) = (offer(100), offer(10_000), offer(100), offer(100_000));
    assert_eq!(within(&mut first).await, Ok(()));
    drop(hand);
    let second = within(second).await;
    assert_eq!(second, ended(End::Left, Reached::Sent));
    for not_begun in [third, fourth] {
        assert_eq!(within(not_begun).await, ended(End::Left, Reached::NotSent));
    }
    assert_eq!(within(first).await, Ok(()));
    // What comes later is told the same.
    let late = running.peer.send(message(1), after(PATIENCE)).await;
    assert_eq!(late, ended(End::Left, Reached::NotSent));
    let late = running.peer.offer(message(1), after(PATIENCE)).map(drop);
    assert_eq!(late, ended(End::Left, Reached::NotSent));
    assert_eq!(running.end().await, End::Left);
}

#[tokio::test]
async fn a_message_that_nothing_was_taken_of_is_not_sent() {
    let (running, hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    // Two headers and the frame of the first are all that there is room for.
    let offer = |length| running.peer.offer(message(length), after(PATIENCE)).unwrap();
    let (first, second) = (offer(4096 - 2 - 9), offer(1));
    assert_eq!(within(first).await, Ok(()));
    drop(hand);
    assert_eq!(within(second).await, ended(End::Left, Reached::NotSent));
}

#[tokio::test]
async fn a_message_that_is_on_its_last_byte_is_not_written() {
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    // Two headers and the frame have one byte more than there is room for.
    let mut ticket = running.peer.offer(message(4096 - 2 - 9 + 1), after(PATIENCE)).unwrap();
    tokio::task::yield_now().await;
    assert!(poll_once(&mut ticket).is_pending());
    hand.stream.read_u8().await.unwrap();
    assert_eq!(within(ticket).await, Ok(()));
}

#[tokio::test]
async fn a_stream_that_fails_may_have_written_what_it_was_given() {
    let ((peer, mut connection), messages, _hand) = over_an_odd_stream().await;
    connection.stream().writes_at_most = connection.stream().writes;
    let offer = |length| peer.offer(message(length), after(PATIENCE)).unwrap();
    // More than goes together, so that the last is not with them.
    let (first, second, third) = (offer(10), offer(70_000), offer(10));
    let running = Running::new((peer, connection), messages);
    let end = End::Lost("it fails".to_owned());
    assert_eq!(within(first).await, ended(end.clone(), Reached::Sent));
    assert_eq!(within(second).await, ended(end.clone(), Reached::Sent));
    assert_eq!(within(third).await, ended(end.clone(), Reached::NotSent));
    assert_eq!(running.end().await, end);
}

#[tokio::test]
async fn what_is_taken_is_written_only_once_it_is_flushed() {
    let ((peer, mut connection), _messages, hand) = over_an_odd_stream().await;
    connection.stream().holds = true;
    let (mut flushed, mut held) =
        (peer.offer(message(1), after(PATIENCE)).unwrap(), peer.offer(message(2), after(PATIENCE)).unwrap());
    assert!(poll_once(&mut connection).is_pending());
    assert!(poll_once(&mut flushed).is_pending());
    connection.stream().holds = false;
    assert!(poll_once(&mut connection).is_pending());
    assert_eq!(poll_once(&mut flushed), Poll::Ready(Ok(())));
    assert_eq!(poll_once(&mut held), Poll::Ready(Ok(())));

    connection.stream().holds = true;
    let mut held = peer.offer(message(3), after(PATIENCE)).unwrap();
    assert!(poll_once(&mut connection).is_pending());
    drop(hand);
    assert_eq!(within(connection).await, End::Left);
    assert_eq!(poll_once(&mut held), Poll::Ready(ended(End::Left, Reached::Sent)));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_says_whether_the_message_was_begun() {
    let (running, _hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    let send = |length, seconds| running.peer.send(message(length), after(Duration::from_secs(seconds)));
    let began = Instant::now();
    let (begun, waiting) = tokio::join!(send(10_000, 2), async {
        tokio::task::yield_now().await;
        send(100_000, 1).await
    });
    assert_eq!(begun, expired(Reached::Sent));
    // It is put together with the one before, and nothing of it has been taken: it is on its way all the same.
    assert_eq!(waiting, expired(Reached::Sent));
    let not_begun = send(1, 1).await;
    assert_eq!(not_begun, expired(Reached::NotSent));
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn what_its_sender_was_told_is_not_sent_is_not_sent() {
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    // Larger than what goes together.
    let large = running.peer.offer(message(100_000), after(PATIENCE)).unwrap();
    tokio::task::yield_now().await;
    let late = running.peer.send(message(1), after(Duration::from_secs(1))).await;
    assert_eq!(late, expired(Reached::NotSent));
    // One whose time is up and that nobody watches.
    let unwatched = running.peer.offer(message(2), after(Duration::from_secs(1))).unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let last = running.peer.offer(message(3), after(PATIENCE)).unwrap();
    assert_eq!(hand.message().await, message(100_000));
    assert_eq!(hand.message().await, message(3));
    assert_eq!(within(large).await, Ok(()));
    assert_eq!(within(last).await, Ok(()));
    assert_eq!(within(unwatched).await, expired(Reached::NotSent));
}

#[tokio::test(start_paused = true)]
async fn a_message_without_frames_has_nothing_to_wait_for() {
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    assert_eq!(within(running.peer.send(Multipart(vec![]), after(PATIENCE))).await, Ok(()));
    assert_eq!(within(running.peer.send(message(1), after(PATIENCE))).await, Ok(()));
    assert_eq!(hand.message().await, message(1));
}

#[tokio::test]
async fn a_message_goes_out_although_nobody_waits_for_it() {
    let (running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    drop(running.peer.offer(message(5), after(PATIENCE)));
    assert_eq!(hand.message().await, message(5));
}
