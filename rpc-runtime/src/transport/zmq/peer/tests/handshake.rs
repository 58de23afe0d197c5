use super::super::super::zmtp::ProtocolError;
use super::*;

/// What becomes of a connection to us that has a hand at its other side, and after how long.
async fn with_a_hand(hand: impl AsyncFnOnce(Hand)) -> (End, Duration) {
    let (stream, other) = duplex(4096);
    let opened = async {
        let (inbox, _messages) = mpsc::unbounded_channel();
        let began = Instant::now();
        let opened = accept(stream, Ready::default(), inbox, &Options::default()).await;
        (opened.map(drop).unwrap_err(), began.elapsed())
    };
    let (end, ()) = tokio::join!(opened, hand(Hand::new(other)));
    end
}

#[tokio::test]
async fn each_side_knows_what_the_other_is() {
    let (dealer, router) = pair(4096).await;
    let theirs = router.peer.theirs();
    assert_eq!((&*theirs.socket_type, &*theirs.identity), ("DEALER", &b"me"[..]));
    assert_eq!(theirs.property("X-Rpc"), Some(&Bytes::from("1")));
    assert_eq!(dealer.peer.theirs().socket_type, "ROUTER");
    assert_eq!(dealer.peer.version(), Version::OURS);
}

#[tokio::test(start_paused = true)]
async fn a_peer_has_five_seconds() {
    for said in [&b""[..], &greeting(1)[..11], &greeting(1), &[&greeting(1)[..], b"\x04\x19"].concat()] {
        let end = with_a_hand(async |mut hand| {
            hand.write(said).await;
            // It stays there, and says no more.
            tokio::time::sleep(Duration::from_secs(60)).await;
        });
        let limit = Duration::from_secs(5);
        assert_eq!(end.await, (End::NotInTime(limit), limit));
    }
}

#[tokio::test]
async fn another_protocol_is_told_by_its_name_at_once() {
    for (said, name) in [
        (&b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"[..], "HTTP"),
        (b"AMQP\0\0\x09\x01", "AMQP"),
        (b"\x16\x03\x01\x02\x00\x01", "TLS"),
        (b"\0", "something else"),
    ] {
        let end = with_a_hand(async |mut hand| {
            hand.write(said).await;
            // It waits for an answer.
            while hand.stream.read_u8().await.is_ok() {}
        });
        assert_eq!(within(end).await.0, End::Protocol(ProtocolError::Foreign(name)));
    }
}

#[tokio::test]
async fn a_peer_that_cannot_be_spoken_to_is_told_why() {
    let end = with_a_hand(async |mut hand| {
        hand.write(&greeting(1)).await;
        let ready = Ready { socket_type: "PUB".to_owned(), ..Ready::default() };
        hand.says(|encoder| encoder.command(&Command::Ready(ready))).await;
        assert!(matches!(hand.hears().await, Some(Event::Greeting(_))));
        assert!(matches!(hand.hears().await, Some(Event::Command(Command::Ready(_)))));
        let Some(Event::Command(Command::Error(why))) = hand.hears().await else { panic!() };
        assert!(why.contains("PUB"), "{why}");
        assert_eq!(hand.hears().await, None);
    });
    assert!(matches!(within(end).await.0, End::Protocol(ProtocolError::SocketType { .. })));
}

#[tokio::test]
async fn a_peer_that_does_not_want_to_is_heard() {
    let refused = with_a_hand(async |mut hand| {
        hand.write(&greeting(1)).await;
        hand.says(|encoder| encoder.command(&Command::Error("no room".to_owned()))).await;
        while hand.hears().await.is_some() {}
    });
    assert_eq!(within(refused).await.0, End::Refused("no room".to_owned()));
    let left = with_a_hand(async |mut hand| hand.write(&greeting(1)[..20]).await);
    assert_eq!(within(left).await.0, End::NeverReady);
}

#[tokio::test]
async fn what_no_peer_would_take_is_not_said() {
    let (stream, _other) = duplex(4096);
    let (inbox, _messages) = mpsc::unbounded_channel();
    let ours = Ready::default().with_identity(vec![1; 256]);
    let end = connect(stream, ours, inbox, &Options::default()).await.map(drop);
    assert!(matches!(end, Err(End::Unfit(ProtocolError::LongIdentity { .. }))), "{end:?}");
}

#[tokio::test]
async fn what_comes_together_with_ready_is_not_lost() {
    let (stream, other) = duplex(4096);
    let (inbox, messages) = mpsc::unbounded_channel();
    let options = Options::default();
    let hand = async {
        let mut hand = Hand::new(other);
        hand.says(|encoder| {
            encoder.greeting();
            encoder.command(&Command::Ready(Ready::default().of_socket(Socket::Dealer)));
            encoder.message(message(3));
        })
        .await;
        hand
    };
    let (opened, _hand) = tokio::join!(accept(stream, Ready::default(), inbox, &options), hand);
    let mut running = Running::new(opened.unwrap(), messages);
    assert_eq!(within(running.messages.recv()).await, Some(message(3)));
}
