use super::*;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_asked_after_five_seconds_and_dead_after_ten() {
    let (running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    let began = Instant::now();
    let ping = hand.hears().await.unwrap();
    assert_eq!(ping, Event::Command(Command::Ping(Ping { ttl: secs(10), context: Bytes::new() })));
    assert_eq!(began.elapsed(), secs(5));
    assert_eq!(running.end().await, End::Silent(secs(10)));
    assert_eq!(began.elapsed(), secs(10));
    assert_eq!(hand.hears().await, None);
}

#[tokio::test(start_paused = true)]
async fn one_that_answers_lives() {
    let (running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    for _ in 0..100 {
        let Some(Event::Command(Command::Ping(Ping { context, .. }))) = hand.hears().await else { panic!() };
        hand.says(|encoder| encoder.command(&Command::Pong(context))).await;
    }
    assert!(!running.task.is_finished());
    let began = Instant::now();
    assert!(matches!(running.end().await, End::Silent(_)));
    assert_eq!(began.elapsed(), secs(10));
}

#[tokio::test(start_paused = true)]
async fn two_of_ours_live_without_a_word() {
    let (dealer, router) = pair(4096).await;
    tokio::time::sleep(secs(3600)).await;
    assert!(!dealer.task.is_finished() && !router.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_knows_no_ping_gets_none_and_lives() {
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    tokio::time::sleep(secs(3600)).await;
    running.peer.send(message(1), after(PATIENCE)).await.unwrap();
    assert_eq!(hand.hears().await, Some(Event::Message(message(1))));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_is_answered_and_may_say_when_it_is_dead() {
    // Some that say they speak 3.0 ask all the same.
    let (running, mut hand) = Running::beside_a_hand(4096, 0, &Options::default()).await;
    let ping = |ttl| Command::Ping(Ping { ttl, context: "context".into() });
    hand.says(|encoder| encoder.command(&ping(Duration::ZERO))).await;
    assert_eq!(hand.hears().await, Some(Event::Command(Command::Pong("context".into()))));
    tokio::time::sleep(secs(3600)).await;
    hand.says(|encoder| encoder.command(&ping(secs(3)))).await;
    assert_eq!(hand.hears().await, Some(Event::Command(Command::Pong("context".into()))));
    tokio::time::sleep(secs(2)).await;
    hand.says(|encoder| encoder.command(&ping(secs(3)))).await;
    let began = Instant::now();
    assert_eq!(running.end().await, End::Silent(secs(3)));
    assert_eq!(began.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_long_message_that_goes_slowly_is_a_sign_of_life() {
    let (running, mut hand) = Running::beside_a_hand(1024, 1, &Options::default()).await;
    let ticket = running.peer.offer(message(30 * 1024), after(secs(3600))).unwrap();
    // It says nothing while it reads.
    for _ in 0..28 {
        tokio::time::sleep(secs(4)).await;
        let mut buffer = [0; 1024];
        hand.stream.read_exact(&mut buffer).await.unwrap();
    }
    assert!(!running.task.is_finished());
    // It goes on no more.
    let end = running.end().await;
    assert!(matches!(end, End::Silent(_)), "{end:?}");
    assert_eq!(within(ticket).await.unwrap_err().reached, crate::error::Reached::Sent);
}

#[tokio::test(start_paused = true)]
async fn bytes_of_a_message_that_is_not_whole_are_signs_of_life() {
    let (mut running, mut hand) = Running::beside_a_hand(4096, 1, &Options::default()).await;
    hand.write(b"\x00\x0a").await;
    for _ in 0..10 {
        tokio::time::sleep(secs(8)).await;
        hand.write(b"a").await;
    }
    let whole = Multipart(vec!["aaaaaaaaaa".into()]);
    assert_eq!(within(running.messages.recv()).await, Some(whole));
}

#[tokio::test(start_paused = true)]
async fn any_limits_are_taken() {
    for (ping_every, dead_after) in [(Duration::ZERO, Duration::MAX), (Duration::MAX, Duration::ZERO)] {
        let options = Options { ping_every, dead_after, ..Options::default() };
        let (running, mut hand) = Running::beside_a_hand(1 << 20, 1, &options).await;
        tokio::time::sleep(secs(1)).await;
        running.peer.send(message(1), after(PATIENCE)).await.unwrap();
        assert_eq!(hand.message().await, message(1));
    }
}
