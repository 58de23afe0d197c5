//! Connecting and closing.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use super::*;
use crate::transport::driver::CLOSED;
use crate::transport::{FailureKind, Status, TransportError};

const SECOND: Duration = Duration::from_secs(1);
/// Long enough that only failing at once is in time.
const NEVER: Duration = Duration::from_secs(3600);

/// Why no connection comes about in so long, each attempt at which takes at most `attempt`.
async fn refused(url: &str, attempt: Duration, limit: Duration) -> TransportError {
    let url: TransportUrl = url.parse().unwrap();
    let options = AmqpOptions::default().connect_timeout(attempt).with_url(&url).unwrap();
    let deadline = Instant::now() + limit;
    AmqpDriver::connect(&url, options, deadline).await.unwrap_err()
}

/// The kinds of failure, by host.
fn kinds(error: &TransportError) -> Vec<FailureKind> {
    let TransportError::NotConnected { failures, .. } = error else { panic!("{error}") };
    failures.iter().map(|failure| failure.kind).collect()
}

#[tokio::test]
async fn every_host_and_why() {
    let _threads = THREADS.read().await;
    // One port where nobody listens, nor can, one where somebody listens and says nothing.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let gone = nobody.local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_address = silent.local_addr().unwrap();
    let url = format!("rabbit://u:hidden@{gone},u:hidden@{silent_address}/v");
    // On a busy machine the time may be over before both were tried, or before one is refused.
    let expected = HashSet::from([FailureKind::ConnectionRefused, FailureKind::TimedOut]);
    let mut seen = Vec::new();
    for attempt in [SECOND, 4 * SECOND, 16 * SECOND] {
        let error = refused(&url, attempt, 4 * attempt).await;
        let found: HashSet<_> = kinds(&error).into_iter().collect();
        let error = error.to_string();
        assert!(!error.contains("hidden"), "{error}");
        let silence = format!("{silent_address}: not connected within {attempt:?}");
        if found == expected && error.contains(&format!("{gone}: ")) && error.contains(&silence) {
            return;
        }
        seen.push(error);
    }
    panic!("{seen:?}");
}

#[tokio::test]
async fn files_that_cannot_be_read() {
    let _threads = THREADS.read().await;
    let options = AmqpOptions::default().ssl(true).ssl_ca_file(Some("/nowhere/ca.pem".into()));
    let url = "amqps://localhost".parse().unwrap();
    let error = AmqpDriver::connect(&url, options, Instant::now()).await.unwrap_err().to_string();
    assert!(error.contains("ssl_ca_file: /nowhere/ca.pem: "), "{error}");
}

/// What a host answers that is no broker, and what that is taken for.
#[tokio::test]
async fn who_is_not_a_broker() {
    let _threads = THREADS.read().await;
    for (scheme, answer, kind) in [
        ("rabbit", b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), FailureKind::NotAmqp),
        // An alert of TLS.
        ("rabbit", b"\x15\x03\x03\x00\x02\x02\x0a", FailureKind::NotAmqp),
        ("rabbit", b"AMQP\x00\x01\x00\x00", FailureKind::NotAmqp),
        ("rabbit", b"", FailureKind::Network),
        ("amqps", b"AMQP\x00\x00\x09\x01", FailureKind::NotTls),
        ("amqps", b"", FailureKind::Network),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{scheme}://u:hidden@{}", listener.local_addr().unwrap());
        let peer = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                // Read first: closing with something unread would be a reset.
                assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
                stream.write_all(answer).await.unwrap();
            }
        });
        // What may be better the next time is tried until the time is over.
        // On a busy machine that may be over before the first attempt is.
        let limits =
            if kind == FailureKind::Network { [3, 12, 48].map(|n| n * SECOND).to_vec() } else { vec![NEVER] };
        let mut seen = Vec::new();
        for limit in limits {
            let error = refused(&url, limit, limit).await;
            assert!(!error.to_string().contains("hidden"), "{error}");
            seen.push((kinds(&error), error.to_string()));
            if kinds(&error) == [kind] {
                break;
            }
        }
        peer.abort();
        assert!(seen.last().is_some_and(|(kinds, _)| *kinds == [kind]), "{scheme} {answer:?}: {seen:?}");
    }
}

#[tokio::test]
async fn a_name_without_an_address() {
    let _threads = THREADS.read().await;
    let error = refused("rabbit://u:hidden@nowhere.invalid", SECOND, SECOND).await;
    // A resolver without a network may also just not answer.
    let kinds = kinds(&error);
    assert!(matches!(kinds[..], [FailureKind::NameNotResolved | FailureKind::TimedOut]), "{error}");
}

#[tokio::test]
async fn broker_a_wrong_password_ends_it_at_once() {
    let _threads = THREADS.read().await;
    let address = url().hosts()[0].address();
    let error = refused(&format!("rabbit://nobody:hidden@{address}"), PATIENCE, NEVER).await;
    assert_eq!(kinds(&error), [FailureKind::LoginRefused]);
    let error = error.to_string();
    assert!(error.contains("ACCESS_REFUSED") && !error.contains("hidden"), "{error}");
}

#[tokio::test]
async fn broker_a_missing_vhost_ends_it_at_once() {
    let _threads = THREADS.read().await;
    let url = url();
    let host = &url.hosts()[0];
    let (user, password) = (host.user(), host.password());
    let error =
        refused(&format!("rabbit://{user}:{password}@{}/nowhere", host.address()), PATIENCE, NEVER).await;
    assert_eq!(kinds(&error), [FailureKind::VhostNotFound]);
    assert!(error.to_string().contains("nowhere"), "{error}");
}

#[tokio::test]
async fn broker_closing_sends_what_is_queued() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    raw.declare_queue(&names.topic, Default::default(), Default::default()).await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let to_queue = Route::Reply { queue: names.topic.as_str().into() };
    let sending = futures::future::join_all((0..100).map(|_| send(&driver, to_queue.clone(), "1")));
    let closing = driver.close(Instant::now() + PATIENCE);
    let (sent, ()) = tokio::join!(sending, closing);
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    assert!(matches!(
        send(&driver, to_queue, "late").await,
        Err(PublishError { fault: PublishFault::Closed, .. })
    ));
    while listener.deliveries.recv().await.is_some() {}
    assert!(driver.listen(names.address("s").into(), ListenOptions::default()).await.is_err());
    assert_eq!(raw.drain(&names.topic).await.len(), 100);
}

/// What a driver takes of the process: threads, by their names, and connections to the broker. Other sockets
/// are those of the runtimes of other tests, which come and go.
#[cfg(target_os = "linux")]
fn taken() -> (usize, usize) {
    let names = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    let threads = names.filter(|name| name.starts_with("lapin") || name.starts_with("rpc-amqp")).count();
    let remote = format!(":{:04X}", url().hosts()[0].port());
    let own: Vec<_> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|file| Some(std::fs::read_link(file.ok()?.path()).ok()?.to_string_lossy().into_owned()))
        .collect();
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let connections = table.lines().filter(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        columns[2].ends_with(&remote) && own.contains(&format!("socket:[{}]", columns[9]))
    });
    (threads, connections.count())
}

#[cfg(target_os = "linux")]
async fn until_taken(wanted: impl Fn((usize, usize)) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !wanted(taken()) {
        assert!(Instant::now() < deadline, "{:?} threads and connections are left", taken());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Senders, a server and a caller at work: what they do ends when their transport does, one way or another.
#[cfg(target_os = "linux")]
async fn load(driver: &Arc<AmqpDriver>, names: &Names) -> Vec<JoinHandle<()>> {
    let mut listener = listen(driver, names, "s").await;
    let mut replies = listen_for_replies(driver).await;
    let (to_server, to_replies) = (names.route(None), Route::Reply { queue: replies.queue.clone() });
    let mut tasks: Vec<_> = (0..32)
        .map(|n| {
            let driver = Arc::downgrade(driver);
            let route = if n % 2 == 0 { to_server.clone() } else { to_replies.clone() };
            tokio::spawn(async move {
                let send = || Some(driver.upgrade()?.publish(outgoing(route.clone(), "load")));
                while let Some(sent) = send() {
                    if sent.await.is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    tasks.push(tokio::spawn(async move {
        while let Some(delivery) = listener.deliveries.recv().await {
            delivery.settle.ack();
        }
    }));
    tasks.push(tokio::spawn(async move {
        while let Some(delivery) = replies.deliveries.recv().await {
            delivery.settle.ack();
        }
    }));
    tasks
}

#[cfg(target_os = "linux")]
async fn ended(tasks: Vec<JoinHandle<()>>) {
    timeout(PATIENCE, futures::future::join_all(tasks)).await.expect("something waits for ever");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn broker_dropping_under_load_leaves_nothing() {
    let _threads = THREADS.write().await;
    // Nor do all the tests before this one.
    until_taken(|(threads, _)| threads == 0).await;
    let (_, before) = taken();
    let driver = Arc::new(connect(quick()).await);
    let mut watch = driver.watch();
    let tasks = load(&driver, &Names::new()).await;
    let (threads, used) = taken();
    assert!(threads >= 3 && used == before + 2, "{threads} threads, {used} connections");
    drop(driver);
    ended(tasks).await;
    until_taken(|taken| taken == (0, before)).await;
    assert_eq!(watch.wait_for(Status::is_ready).await, None);
    assert_eq!(watch.current().to_string(), "the transport was dropped");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn broker_closing_under_load_leaves_nothing() {
    let _threads = THREADS.write().await;
    until_taken(|(threads, _)| threads == 0).await;
    let (_, before) = taken();
    // The client library keeps a task for each connection until its next heartbeat would be due.
    let driver = Arc::new(connect(quick().heartbeat_timeout_threshold(Duration::from_secs(2))).await);
    let mut watch = driver.watch();
    let tasks = load(&driver, &Names::new()).await;
    driver.close(Instant::now() + PATIENCE).await;
    ended(tasks).await;
    assert_eq!(watch.changed().await.unwrap().to_string(), CLOSED);
    assert_eq!(watch.changed().await, None);
    // The worker of the driver's own runtime is there until the driver goes, with nothing to do.
    until_taken(|(threads, used)| threads <= 1 && used == before).await;
    let metrics = driver.runtime.handle().metrics();
    let deadline = Instant::now() + PATIENCE;
    while metrics.num_alive_tasks() > 0 {
        assert!(Instant::now() < deadline, "{} tasks are left", metrics.num_alive_tasks());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(driver);
    until_taken(|taken| taken == (0, before)).await;
}

/// A connection that is asked for when the transport is closed would outlive it.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn broker_nothing_is_connected_after_closing() {
    let _threads = THREADS.read().await;
    let driver = connect(quick()).await;
    driver.close(Instant::now() + PATIENCE).await;
    let error = driver.listen_for_replies(Box::new(drop)).await.unwrap_err();
    assert_eq!(error.to_string(), CLOSED);
    assert!(driver.listen.get().is_none());
}
