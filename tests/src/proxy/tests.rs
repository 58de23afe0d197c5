use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use tokio::time::{Instant, timeout};

use std::time::Duration;

use super::*;
use crate::limits::PATIENCE;

/// As long as it takes to believe that nothing comes.
const NEVER: Duration = Duration::from_millis(200);

/// Both ends of one connection by way of a proxy.
async fn line() -> (Proxy, TcpStream, TcpStream) {
    let broker = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let proxy = Proxy::start(broker.local_addr().unwrap().port()).await.unwrap();
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    let (broker, _) = broker.accept().await.unwrap();
    (proxy, client, broker)
}

async fn read(from: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    timeout(PATIENCE, from.read_exact(&mut bytes)).await.unwrap().unwrap();
    bytes
}

/// Sends it one way and sees it come out.
async fn passes(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    from.write_all(bytes).await.unwrap();
    assert_eq!(read(to, bytes.len()).await, bytes);
}

async fn nothing_comes(to: &mut TcpStream) {
    assert!(timeout(NEVER, to.read_u8()).await.is_err());
}

/// What was still in the stream, and whether it ended by a reset.
async fn rest(from: &mut TcpStream) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let end = timeout(PATIENCE, from.read_to_end(&mut bytes)).await.unwrap();
    (bytes, end.is_err())
}

async fn until(mut holds: impl FnMut() -> bool) {
    timeout(PATIENCE, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn passes_both_ways_and_ends_with_either_side() {
    let (proxy, mut client, mut broker) = line().await;
    passes(&mut client, &mut broker, b"request").await;
    passes(&mut broker, &mut client, b"reply").await;
    assert_eq!(proxy.connections(), 1);
    assert_eq!((proxy.affected(Direction::ToBroker), proxy.affected(Direction::ToClient)), (0, 0));
    client.write_all(b"last").await.unwrap();
    drop(client);
    assert_eq!(rest(&mut broker).await, (b"last".to_vec(), false));
    drop(broker);
    until(|| proxy.connections() == 0).await;
    assert_eq!(proxy.accepted(), 1);
}

#[tokio::test]
async fn names_itself_in_the_url_of_its_broker() {
    let proxy = Proxy::start(5672).await.unwrap();
    let through = format!("rabbit://guest:guest@127.0.0.1:{}/vhost", proxy.port());
    assert_eq!(proxy.through("rabbit://guest:guest@127.0.0.1:5672/vhost"), through);
}

#[tokio::test]
async fn delays_one_way_and_keeps_the_order() {
    let (proxy, mut client, mut broker) = line().await;
    proxy.set(Direction::ToBroker, Flow::Delay(NEVER * 5));
    let start = Instant::now();
    client.write_all(b"late").await.unwrap();
    until(|| proxy.affected(Direction::ToBroker) > 0).await;
    proxy.resume();
    client.write_all(b"r").await.unwrap();
    passes(&mut broker, &mut client, b"at once").await;
    assert_eq!(read(&mut broker, 5).await, b"later");
    assert!(start.elapsed() >= NEVER * 5);
}

#[tokio::test]
async fn what_is_held_back_comes_later() {
    let (proxy, mut client, mut broker) = line().await;
    proxy.set(Direction::ToClient, Flow::Hold);
    passes(&mut client, &mut broker, b"request").await;
    broker.write_all(b"reply").await.unwrap();
    nothing_comes(&mut client).await;
    proxy.resume();
    assert_eq!(read(&mut client, 5).await, b"reply");
}

#[tokio::test]
async fn a_connection_that_lost_bytes_stays_silent() {
    let (proxy, mut client, mut broker) = line().await;
    proxy.set(Direction::ToBroker, Flow::Swallow);
    client.write_all(b"lost").await.unwrap();
    until(|| proxy.affected(Direction::ToBroker) > 0).await;
    passes(&mut broker, &mut client, b"heard").await;
    proxy.resume();
    client.write_all(b"lost too").await.unwrap();
    nothing_comes(&mut broker).await;
    // Nor does it hear that the client is gone, until it sends something itself.
    drop(client);
    nothing_comes(&mut broker).await;
    drop(broker);
    until(|| proxy.connections() == 0).await;
}

#[tokio::test]
async fn cuts_inside_a_frame() {
    for end in [End::Close, End::Reset] {
        let (proxy, mut client, mut broker) = line().await;
        let frame = [1, 0, 0, 0, 0, 0, 2, 7, 7, 0xce];
        passes(&mut client, &mut broker, &frame).await;
        proxy.set(Direction::ToBroker, Flow::Cut { after: frame.len(), end });
        passes(&mut client, &mut broker, &frame[..4]).await;
        client.write_all(&[&frame[4..], &frame[..]].concat()).await.unwrap();
        let (bytes, reset) = rest(&mut broker).await;
        // A reset may overtake what is on its way.
        let passed = [&frame[4..], &frame[..1]].concat();
        assert!(passed.starts_with(&bytes) && reset == (end == End::Reset), "{end:?} {bytes:?} {reset}");
        assert!(reset || bytes == passed, "{end:?} {bytes:?}");
        assert_eq!(rest(&mut client).await, (vec![], reset));
        // Each new connection is cut as well.
        let mut again = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
        again.write_all(&[0; 100]).await.unwrap();
        rest(&mut again).await;
    }
}

#[tokio::test]
async fn all_connections_can_be_ended() {
    for (end, reset) in [(End::Close, false), (End::Reset, true)] {
        let (proxy, mut client, mut broker) = line().await;
        passes(&mut client, &mut broker, b"request").await;
        proxy.end_connections(end);
        assert_eq!(rest(&mut client).await, (vec![], reset));
        assert_eq!(rest(&mut broker).await, (vec![], reset));
        until(|| proxy.connections() == 0).await;
    }
}

#[tokio::test]
async fn a_broker_that_is_down_is_a_connection_that_ends() {
    // Nobody listens on it, and nobody else can.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let proxy = Proxy::start(socket.local_addr().unwrap().port()).await.unwrap();
    let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).await.unwrap();
    assert_eq!(rest(&mut client).await, (vec![], false));
}

#[tokio::test]
async fn a_tap_keeps_what_each_client_says() {
    let broker = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = broker.local_addr().unwrap();
    let tap = Tap::start(address.port()).await.unwrap();
    let through = tap.through(&address.to_string());
    assert_ne!(through, address.to_string());
    for name in [b"one", b"two"] {
        let mut client = TcpStream::connect(&through).await.unwrap();
        let (mut broker, _) = broker.accept().await.unwrap();
        passes(&mut client, &mut broker, name).await;
        passes(&mut broker, &mut client, b"reply").await;
        drop(client);
        assert_eq!(rest(&mut broker).await, (vec![], false));
    }
    assert_eq!(tap.said(), [b"one", b"two"]);
}

#[tokio::test]
async fn a_dropped_proxy_ends_its_connections() {
    let (proxy, mut client, mut broker) = line().await;
    passes(&mut client, &mut broker, b"request").await;
    drop(proxy);
    assert_eq!(rest(&mut client).await.0, b"");
    assert_eq!(rest(&mut broker).await.0, b"");
}
