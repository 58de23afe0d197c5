//! lapin itself, against a real broker, whose URL is in `RPC_TEST_BROKER`; names of tests begin with `broker_`.

use bytes::Bytes;
use futures::future::join_all;
use tokio::net::{TcpListener, TcpSocket};

use super::super::library::{Answer, Chore, Message};
use super::super::topology::Step;
use super::*;
use crate::transport::url::TransportUrl;

const PATIENCE: Duration = Duration::from_secs(120);

fn host() -> Host {
    let url =
        std::env::var("RPC_TEST_BROKER").expect("RPC_TEST_BROKER is the URL of a RabbitMQ for the tests");
    url.parse::<TransportUrl>().unwrap().hosts()[0].clone()
}

fn library(options: AmqpOptions) -> LapinLibrary {
    let url: TransportUrl = std::env::var("RPC_TEST_BROKER").unwrap().parse().unwrap();
    LapinLibrary::new(url.vhost(), &options).unwrap()
}

fn message(queue: &Arc<str>) -> Message {
    Message {
        exchange: "".into(),
        routing_key: queue.clone(),
        body: Bytes::from_static(b"1"),
        compression: None,
        expiration: None,
        mandatory: None,
        kept: None,
    }
}

/// Publishes so many messages one by one.
async fn publish(link: &LapinLink, count: usize) {
    let channel = link.open(true).await.unwrap();
    let queue = format!("q-{}", uuid::Uuid::new_v4().simple()).into();
    let arguments = Vec::new();
    let step = Step::Queue { name: queue, durable: false, auto_delete: false, arguments };
    channel.declare(&step).await.unwrap();
    let Step::Queue { name: queue, .. } = step else { return };
    for _ in 0..count {
        let confirm = timeout(PATIENCE, channel.publish(message(&queue))).await.unwrap();
        assert_eq!(confirm.verdict, Ok(Answer::Ack));
    }
    channel.delete_queue(&queue).await.unwrap();
    channel.close().await;
}

/// What lapin sends behind the end of a channel would end the connection.
#[tokio::test]
async fn broker_what_waits_for_a_channel_that_is_closed_costs_no_connection() {
    let link = library(AmqpOptions::default()).open_link(&host(), "test").await.unwrap();
    let queue = "nowhere".into();
    for _ in 0..10 {
        let channel = link.open(true).await.unwrap();
        let good = || Message { body: vec![b'1'; 100_000].into(), ..message(&queue) };
        let refused = Message { exchange: "absent".into(), ..message(&queue) };
        let sent = std::iter::once(refused).chain(std::iter::repeat_with(good).take(300));
        timeout(PATIENCE, join_all(sent.map(|message| channel.publish(message)))).await.unwrap();
    }
    publish(&link, 1).await;
}

/// What the stream of a connection takes for granted. Nobody calls the thread beside those who have given it something
/// to do, so whatever is missed costs ten seconds and an error.
#[tokio::test]
async fn broker_the_loop_goes_round_as_it_is_known_to() {
    let link = library(AmqpOptions::default()).open_link(&host(), "test").await.unwrap();
    publish(&link, 1).await;
    assert!(link.thread.waits(), "lapin has another loop: tokio keeps the socket");
    let rounds = || link.thread.rounds.load(Ordering::Relaxed);
    // Where others are busy, what comes at once as a rule may come in parts, or later.
    let (mut many, mut none) = (usize::MAX, usize::MAX);
    for _ in 0..3 {
        let before = rounds();
        publish(&link, 200).await;
        many = many.min(rounds() - before);
        let before = rounds();
        tokio::time::sleep(Duration::from_secs(1)).await;
        none = none.min(rounds() - before);
        if many <= 200 * 8 && none <= 4 {
            return;
        }
    }
    panic!("{many} rounds for 200 messages, {none} for nothing");
}

#[tokio::test]
async fn broker_a_loop_that_is_not_known_works_by_tokio() {
    let library = LapinLibrary { by_tokio: true, ..library(AmqpOptions::default()) };
    let link = library.open_link(&host(), "test").await.unwrap();
    publish(&link, 200).await;
    assert!(!link.thread.waits());
    link.close(PATIENCE).await;
    assert!(matches!(timeout(PATIENCE, link.event()).await, Ok(Happens::Lost(_))));
}

#[tokio::test]
async fn broker_what_a_closed_channel_is_asked_is_not_sent() {
    let link = library(AmqpOptions::default()).open_link(&host(), "test").await.unwrap();
    let channel = link.open(false).await.unwrap();
    channel.close().await;
    assert!(matches!(channel.ack(1, false).await, Err(BrokerError::Unsent(_))));
    assert!(matches!(channel.reject(1, true).await, Err(BrokerError::Unsent(_))));
}

#[tokio::test]
async fn broker_a_panic_on_the_thread_is_a_lost_connection() {
    struct Panics;
    impl Chore for Panics {
        fn run(self: Arc<Self>) {
            panic!("for the test");
        }
    }
    let link = library(AmqpOptions::default()).open_link(&host(), "test").await.unwrap();
    publish(&link, 3).await;
    let channel = link.open(true).await.unwrap();
    channel.give(Arc::new(Panics));
    let Happens::Lost(why) = timeout(PATIENCE, link.event()).await.unwrap() else { panic!() };
    assert!(why.contains("a panic on the thread of the connection"), "{why}");
    assert!(link.open(false).await.is_err());
}

/// A port whose queue of connections is full, so that it answers nobody; for as long as the sockets are kept.
async fn deaf() -> (SocketAddr, impl Sized) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut streams = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_secs(1), tokio::net::TcpStream::connect(address)).await
    {
        assert!(streams.len() < 1000, "the queue is never full");
        streams.push(stream);
    }
    (address, (listener, streams))
}

#[tokio::test]
async fn broker_one_address_of_several_is_enough() {
    let host = host();
    let [broker] = lookup(&host).await.unwrap()[..] else { panic!("{} has one address", host.address()) };
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let (deaf, _full) = deaf().await;
    let names = Some(vec![deaf, nobody.local_addr().unwrap(), broker]);
    // The whole time of an attempt is not enough for the first address.
    let options = AmqpOptions::default().connect_timeout(PATIENCE);
    let library = LapinLibrary { names, ..library(options) };
    let link = timeout(PATIENCE / 2, library.open_link(&host, "test")).await.unwrap().unwrap();
    publish(&link, 1).await;
}

#[tokio::test]
async fn broker_an_address_that_only_takes_connections_is_tried_last_the_next_time() {
    let host = host();
    let [broker] = lookup(&host).await.unwrap()[..] else { panic!("{} has one address", host.address()) };
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let names = Some(vec![silent.local_addr().unwrap(), broker]);
    let options = AmqpOptions::default().connect_timeout(Duration::from_secs(1));
    let library = LapinLibrary { names, ..library(options) };
    let failure = library.open_link(&host, "test").await.err().unwrap();
    assert_eq!(failure.kind, FailureKind::TimedOut, "{}", failure.why);
    let deadline = Instant::now() + PATIENCE;
    // One second may be too short on a busy machine.
    while library.open_link(&host, "test").await.is_err() {
        assert!(Instant::now() < deadline);
    }
}
