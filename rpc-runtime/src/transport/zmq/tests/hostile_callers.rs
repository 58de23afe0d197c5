//! Callers that do what nobody should: it costs them their connection at most.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::logged::Warnings;

/// That an honest caller is served.
async fn goes_on(address: &str) {
    let honest = Transport::connect(&format!("zmq://{address}/")).await.unwrap();
    let client = Client::new(&honest, &ECHO).with(CallOptions::new().timeout(PATIENCE));
    assert_eq!(echo(&client, &json!("well")).await.unwrap(), json!("well"));
}

#[tokio::test]
async fn what_is_no_zeromq_is_hung_up_on_with_a_reason() {
    for (said, reason) in [
        (&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], "HTTP"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS"),
        (b"AMQP\x00\x00\x09\x01", "AMQP"),
        (b"*1\r\n$4\r\nPING\r\n", "the protocol of Redis"),
        (b"what is this?", "something else"),
    ] {
        // Each transport has one line a minute.
        let (warnings, _guard) = Warnings::collect();
        let address = address();
        let (_transport, _server) = serve(&address, 4).await;
        for _ in 0..2 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(said).await.unwrap();
            // A greeting may come before it.
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it hangs up");
        }
        let lines = warnings.with("a connection of a caller has ended");
        assert!(lines.len() == 1 && lines[0].contains(reason), "{reason}: {lines:?}");
        goes_on(&address).await;
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_answered() {
    let address = address();
    let (_transport, server) = serve(&address, 4).await;
    let mut hand = Hand::of_ours(&address).await;
    for (n, body) in
        ["", "nonsense", "[]", "[{}]", "[1, 2]", "[{}, {}]", "[{}, {\"method\": 5}]"].into_iter().enumerate()
    {
        let number = n as u64 + 1;
        hand.says(request(number, body)).await;
        let reply = loop {
            let heard = hand.hears().await;
            if heard.kind == MessageType::Reply {
                break heard;
            }
        };
        assert_eq!(reply.id, format!("id-{number}"), "{body}");
        let (_, failure): (Value, Option<String>) = serde_json::from_slice(&reply.body).unwrap();
        assert!(failure.is_some(), "{body}");
    }
    assert!(server.counters().rejected >= 5);
    goes_on(&address).await;
}

#[tokio::test]
async fn messages_of_no_sense_are_dropped() {
    let address = address();
    let (_transport, _server) = serve(&address, 4).await;
    let mut hand = Hand::of_ours(&address).await;
    let frames = |frames: &[&'static str]| {
        Multipart(frames.iter().map(|frame| Bytes::from_static(frame.as_bytes())).collect())
    };
    for odd in [
        frames(&[""]),
        frames(&["x"]),
        frames(&["", "9.9", "1", "id", "{}"]),
        frames(&["", "1.0", "77", "id", "{}"]),
        frames(&["", "1.0", "5", "id", "{}"]),
        frames(&["", "1.0", "8", "id", "[]"]),
        Message::new(MessageType::Notification, "id", "{}".into()).into(),
    ] {
        hand.says(odd).await;
    }
    hand.says(request(1, echo_body("still here"))).await;
    let reply = loop {
        let heard = hand.hears().await;
        if heard.kind == MessageType::Reply {
            break heard;
        }
    };
    assert_eq!(reply.body, r#"["still here", null]"#);
}

#[tokio::test]
async fn an_endpoint_that_is_none_refuses() {
    let address = address();
    let (_transport, _server) = serve(&address, 4).await;
    let mut hand = Hand::of_ours(&address).await;
    let elsewhere = Address { endpoint: 99, number: 1, millis: None, at_once: true };
    hand.says(Message::new(MessageType::Call, "id", echo_body("x").into()).with_extra(elsewhere.written()))
        .await;
    let heard = hand.hears().await;
    assert_eq!((heard.kind, heard.id.as_str()), (MessageType::Refused, "id"));
    goes_on(&address).await;
}

#[tokio::test]
async fn whoever_breaks_what_was_agreed_is_hung_up_on() {
    let address = address();
    let (_transport, _server) = serve(&address, 1).await;
    let wait = json!([{}, {"method": "wait", "args": {}, "version": "1.0"}]).to_string();
    // More than its window, which is 4: one is executed, 4 are with the server, 4 wait.
    let hand = Hand::of_ours(&address).await;
    for number in 1..=20 {
        let _ = hand.peer.send(request(number, wait.clone()).into(), crate::clock::after(PATIENCE)).await;
    }
    assert!(matches!(hand.end().await, End::Left | End::Cut | End::Lost(_)));
    // Numbers that go backwards.
    let hand = Hand::of_ours(&address).await;
    hand.says(request(5, echo_body("x"))).await;
    hand.says(request(5, echo_body("x"))).await;
    assert!(matches!(hand.end().await, End::Left | End::Cut | End::Lost(_)));
    // An address that is none.
    let hand = Hand::of_ours(&address).await;
    hand.says(Message::new(MessageType::Call, "id", echo_body("x").into()).with_extra("here".into())).await;
    assert!(matches!(hand.end().await, End::Left | End::Cut | End::Lost(_)));
    // More bytes than messages may have.
    let hand = Hand::of_ours(&address).await;
    let _ = hand.peer.send(request(1, vec![b' '; 17 << 20]).into(), crate::clock::after(PATIENCE)).await;
    assert!(matches!(hand.end().await, End::Left | End::Cut | End::Lost(_)));
}

/// A caller that asks and does not listen: what its replies take is bounded, and others are answered.
#[tokio::test]
async fn a_caller_that_does_not_read_holds_up_no_other() {
    let address = address();
    let (_transport, server) = serve(&address, 16).await;
    let stream = TcpStream::connect(&address).await.unwrap();
    let deaf = Deaf { open: std::sync::Arc::default() };
    let open = std::sync::Arc::clone(&deaf.open);
    let (peer, connection) =
        peer::connect(stream, ready("by hand"), deaf, &peer::Options::default()).await.unwrap();
    let task = tokio::spawn(connection);
    let large = "x".repeat(1 << 20);
    let asked = tokio::spawn(async move {
        for number in 1..=200 {
            if peer
                .send(request(number, echo_body(&large)).into(), crate::clock::after(PATIENCE))
                .await
                .is_err()
            {
                return number;
            }
        }
        200
    });
    // Until nothing more is taken of it, as its replies do not leave; on a busy machine it may be slow for a while.
    let (mut before, mut honest, mut the_same) = (0, 0, 0);
    while the_same < 5 {
        let now = server.counters().executed - honest;
        the_same = if now > 0 && now == before { the_same + 1 } else { 0 };
        before = now;
        goes_on(&address).await;
        honest += 1;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(before < 150, "what waits for it is bounded: {before}");
    drop((open, asked));
    task.abort();
    goes_on(&address).await;
}

/// Never has room.
struct Deaf {
    open: std::sync::Arc<()>,
}

impl Inbox for Deaf {
    fn poll_room(&mut self, _: &mut TaskContext<'_>) -> Poll<()> {
        Poll::Pending
    }

    fn take(&mut self, _: Multipart) -> Result<(), Foul> {
        Ok(())
    }
}

/// A caller that is slow: signs of life that do not get through are no reason to hang up on it.
#[tokio::test]
async fn a_caller_that_reads_late_gets_its_reply() {
    // Silence is one, which on a busy machine this test can keep for too long itself.
    for attempt in 1.. {
        let began = tokio::time::Instant::now();
        if let Some(reply) = a_large_reply_read_late().await {
            assert!(reply.body.len() > 12 << 20);
            return;
        }
        let took = began.elapsed();
        assert!(took > peer::Options::default().dead_after, "it was hung up on within {took:?}");
        assert!(attempt < 5, "it was hung up on each time, the last time within {took:?}");
    }
}

/// What a caller gets that asks for more than fits into any buffer on the way, and reads nothing of it while some heartbeats
/// of another call would be due. Nothing if it is hung up on.
async fn a_large_reply_read_late() -> Option<Message> {
    let address = address();
    let (_transport, server) = serve(&address, 4).await;
    let stream = TcpStream::connect(&address).await.unwrap();
    let (sender, mut heard) = mpsc::unbounded_channel();
    let (open, gate) = tokio::sync::oneshot::channel();
    let slow = Slow { gate, to: sender };
    let (peer, connection) =
        peer::connect(stream, ready("by hand"), slow, &peer::Options::default()).await.unwrap();
    let task = tokio::spawn(connection);
    let says = async |message: Message| peer.send(message.into(), crate::clock::after(PATIENCE)).await.ok();
    let wait = json!([{}, {"method": "wait", "args": {}, "version": "1.0", "_timeout": 2}]).to_string();
    says(request(1, echo_body(&"x".repeat(12 << 20)))).await?;
    says(request(2, wait)).await?;
    while server.counters().executed < 1 {
        if task.is_finished() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Time for some heartbeats, none of which gets through before the reply does.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    open.send(()).ok()?;
    loop {
        let message = tokio::time::timeout(PATIENCE, heard.recv()).await.expect("nothing comes")?;
        let message = Message::try_from(message).unwrap();
        if message.id == "id-1" {
            task.abort();
            return Some(message);
        }
    }
}

/// Has room from some moment on.
struct Slow {
    gate: tokio::sync::oneshot::Receiver<()>,
    to: mpsc::UnboundedSender<Multipart>,
}

impl Inbox for Slow {
    fn poll_room(&mut self, cx: &mut TaskContext<'_>) -> Poll<()> {
        if self.gate.is_terminated() {
            return Poll::Ready(());
        }
        futures::FutureExt::poll_unpin(&mut self.gate, cx).map(drop)
    }

    fn take(&mut self, message: Multipart) -> Result<(), Foul> {
        let _ = self.to.send(message);
        Ok(())
    }
}
