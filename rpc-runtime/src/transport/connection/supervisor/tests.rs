use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::contract::ConnectFailure;
use super::super::fake::{Fake, FakeConnection};
use super::*;
use crate::transport::status::ConnectionStatus;
use crate::transport::status_watch::Board;
use crate::transport::url::TransportUrl;

const BUS: &str = "RabbitMQ";

fn start_on(board: &Board, broker: Arc<Fake>, url: &str) -> Supervisor<FakeConnection> {
    let url: TransportUrl = url.parse().unwrap();
    let backoff = Backoff {
        first: Duration::from_millis(100),
        increment: Duration::from_secs(1),
        longest: Duration::from_secs(5),
    };
    let (hosts, reporter) = (url.hosts().to_vec(), board.reporter("send"));
    Supervisor::start(broker, hosts, backoff, BUS, reporter, &Handle::current())
}

fn start(broker: Arc<Fake>, url: &str) -> Supervisor<FakeConnection> {
    start_on(&board(), broker, url)
}

fn board() -> Board {
    Board::new(BUS, "send", ConnectionStatus::Connecting)
}

fn failure<T>(kind: FailureKind, why: &str) -> Result<T, ConnectFailure> {
    Err(ConnectFailure { kind, why: why.to_owned() })
}

fn refused<T>() -> Result<T, ConnectFailure> {
    failure(FailureKind::ConnectionRefused, "refused")
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test(start_paused = true)]
async fn the_next_host_after_a_loss() {
    let broker = Fake::new();
    let supervisor = start(broker.clone(), "rabbit://a,b");
    let mut view = supervisor.view();
    for epoch in 1..=4 {
        let up = view.up().await.unwrap();
        assert_eq!(up.epoch, epoch);
        assert!(view.has(epoch) && view.trouble().is_none());
        up.connection.kill();
        view.gone(epoch).await;
    }
    let hosts = broker.hosts();
    assert_ne!(hosts[0], hosts[1]);
    assert_eq!((&hosts[0], &hosts[1]), (&hosts[2], &hosts[3]));
}

#[tokio::test(start_paused = true)]
async fn it_tries_until_it_is_connected() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = attempts.clone();
    let connect = move |_: &Host| match counted.fetch_add(1, Ordering::Relaxed) {
        0..7 => refused(),
        _ => Ok(()),
    };
    let supervisor = start(Fake::with_connect(connect), "rabbit://a,b");
    supervisor.connected(soon()).await.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 8);
}

#[tokio::test(start_paused = true)]
async fn no_connection_in_time() {
    let connect = |host: &Host| failure(FailureKind::Network, &format!("no {}", host.name()));
    let supervisor = start(Fake::with_connect(connect), "rabbit://a,b");
    let error = supervisor.connected(soon()).await.unwrap_err().to_string();
    assert_eq!(error, "RabbitMQ: no connection in time; a:5672: no a; b:5672: no b");
    assert!(supervisor.view().trouble().unwrap().starts_with("no connection to the broker: "));
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_at_once_is_told() {
    let broker = Fake::new();
    let supervisor = start(broker.clone(), "rabbit://a");
    let mut view = supervisor.view();
    view.up().await.unwrap();
    broker.connection(0).happen(Event::Lost("hung up".to_owned()));
    view.gone(1).await;
    let error = supervisor.connected(Instant::now()).await.unwrap_err().to_string();
    assert_eq!(error, "RabbitMQ: no connection in time; a:5672: hung up");
}

#[tokio::test(start_paused = true)]
async fn blocked_is_not_gone() {
    let broker = Fake::new();
    let supervisor = start(broker.clone(), "rabbit://a");
    let mut view = supervisor.view();
    view.up().await.unwrap();
    broker.connection(0).happen(Event::Blocked("memory".to_owned()));
    view.changed().await;
    assert!(view.has(1) && view.blocked(1));
    assert_eq!(view.trouble().unwrap(), "the broker blocks the connection: memory");
    broker.connection(0).happen(Event::Unblocked);
    assert_eq!(view.up().await.unwrap().epoch, 1);
}

#[tokio::test(start_paused = true)]
async fn closing_says_goodbye() {
    let broker = Fake::new();
    let supervisor = start(broker.clone(), "rabbit://a");
    supervisor.connected(soon()).await.unwrap();
    supervisor.close(soon()).await;
    assert!(broker.connection(0).said_goodbye() && broker.connection(0).dead());
    assert_eq!(supervisor.view().up().await.unwrap_err(), CLOSED);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_the_attempts() {
    let connect = |_: &Host| refused();
    let supervisor = start(Fake::with_connect(connect), "rabbit://a");
    let mut view = supervisor.view();
    let (up, ()) = tokio::join!(view.up(), supervisor.close(soon()));
    assert_eq!(up.unwrap_err(), CLOSED);
}

#[tokio::test(start_paused = true)]
async fn dropping_cuts_the_connection() {
    let broker = Fake::new();
    let supervisor = start(broker.clone(), "rabbit://a");
    let mut view = supervisor.view();
    view.up().await.unwrap();
    drop(supervisor);
    view.gone(1).await;
    assert!(broker.connection(0).dead() && view.trouble().is_some());
}

/// One host is dead and one refuses the password: the third is found, whichever is tried first.
#[tokio::test(start_paused = true)]
async fn the_one_good_host_is_found() {
    for _ in 0..10 {
        let connect = |host: &Host| match host.name() {
            "dead" => refused(),
            "strange" => failure(FailureKind::LoginRefused, "ACCESS_REFUSED"),
            _ => Ok(()),
        };
        let broker = Fake::with_connect(connect);
        let supervisor = start(broker.clone(), "rabbit://dead,strange,good");
        supervisor.connected(soon()).await.unwrap();
        assert_eq!(broker.hosts(), ["good"]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_host_that_may_come_back_is_waited_for() {
    let began = Instant::now();
    let connect = |host: &Host| match host.name() {
        "dead" => refused(),
        _ => failure(FailureKind::LoginRefused, "ACCESS_REFUSED"),
    };
    let supervisor = start(Fake::with_connect(connect), "rabbit://dead,strange");
    let error = supervisor.connected(soon()).await.unwrap_err();
    assert_eq!(began.elapsed(), Duration::from_secs(60));
    let TransportError::NotConnected { why, failures, .. } = &error else { panic!("{error}") };
    assert_eq!(why, "no connection in time");
    let failures: Vec<_> = failures.iter().map(|failure| (failure.host.as_str(), failure.kind)).collect();
    let expected =
        [("dead:5672", FailureKind::ConnectionRefused), ("strange:5672", FailureKind::LoginRefused)];
    assert_eq!(failures, expected);
}

#[tokio::test(start_paused = true)]
async fn hopeless_hosts_are_not_waited_for() {
    let began = Instant::now();
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = attempts.clone();
    let connect = move |host: &Host| {
        counted.fetch_add(1, Ordering::Relaxed);
        match host.name() {
            "a" => failure(FailureKind::VhostNotFound, "no vhost"),
            _ => failure(FailureKind::UnknownAuthority, "unknown"),
        }
    };
    let supervisor = start(Fake::with_connect(connect), "rabbit://a,b");
    let error = supervisor.connected(soon()).await.unwrap_err().to_string();
    let expected = "RabbitMQ: no host can be used as things are; a:5672: no vhost; b:5672: unknown";
    assert_eq!(error, expected);
    assert_eq!(attempts.load(Ordering::Relaxed), 2, "each host once");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

/// A password may be rotated: what was connected once does not give up.
#[tokio::test(start_paused = true)]
async fn a_login_refused_later_is_tried_again() {
    let refusals = Arc::new(AtomicUsize::new(0));
    let counted = refusals.clone();
    let connect = move |_: &Host| match counted.fetch_add(1, Ordering::Relaxed) {
        1..=5 => failure(FailureKind::LoginRefused, "ACCESS_REFUSED"),
        _ => Ok(()),
    };
    let board = board();
    let broker = Fake::with_connect(connect);
    let supervisor = start_on(&board, broker.clone(), "rabbit://a");
    supervisor.connected(soon()).await.unwrap();
    broker.connection(0).kill();
    let mut watch = board.watch();
    let refused = watch.wait_for(|status| match status.overall() {
        ConnectionStatus::Reconnecting { last, .. } => last.kind == FailureKind::LoginRefused,
        _ => false,
    });
    assert_eq!(refused.await.unwrap().to_string(), "reconnecting after 2 attempts, a:5672: ACCESS_REFUSED");
    supervisor.view().up().await.unwrap();
    assert!(watch.current().is_ready());
}

/// The status tells the whole life of a connection, each state before those who use it learn of it.
#[tokio::test(start_paused = true)]
async fn the_status_follows_the_connection() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = attempts.clone();
    let connect = move |_: &Host| match counted.fetch_add(1, Ordering::Relaxed) {
        1 => refused(),
        _ => Ok(()),
    };
    let board = board();
    let mut watch = board.watch();
    let broker = Fake::with_connect(connect);
    let supervisor = start_on(&board, broker.clone(), "rabbit://a");
    assert_eq!(watch.current().overall(), &ConnectionStatus::Connecting);
    let mut view = supervisor.view();
    view.up().await.unwrap();
    let ready = watch.current().overall().clone();
    assert!(matches!(&ready, ConnectionStatus::Ready { host, .. } if host == "a:5672"), "{ready}");

    broker.connection(0).happen(Event::Blocked("low on memory".to_owned()));
    view.changed().await;
    assert_eq!(watch.changed().await.unwrap().to_string(), "blocked by a:5672: low on memory");
    broker.connection(0).happen(Event::Unblocked);
    view.up().await.unwrap();
    assert_eq!(watch.changed().await.unwrap().overall(), &ready, "it is still the same connection");

    // Long enough to be a good connection, whose loss is no failure.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let lost = Instant::now().into_std();
    broker.connection(0).kill();
    let ConnectionStatus::Reconnecting { attempt, last, next_try } =
        watch.changed().await.unwrap().overall().clone()
    else {
        panic!("{}", watch.current())
    };
    // The loss itself is over before anybody could look: the first attempt is made at once.
    assert_eq!((attempt, last.kind), (1, FailureKind::ConnectionRefused));
    let wait = next_try.duration_since(lost).as_millis();
    assert!((50..=101).contains(&wait), "{wait}");
    view.up().await.unwrap();
    assert!(watch.changed().await.unwrap().is_ready());

    supervisor.close(soon()).await;
    assert_eq!(watch.changed().await.unwrap().to_string(), CLOSED);
    assert_eq!(watch.changed().await, None);
}
