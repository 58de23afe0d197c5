//! What is left of what nobody waits for any more.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::fake::{Fake, Fate};
use super::super::unique::Unique;
use super::*;
use crate::transport::connection::ConnectFailure;
use crate::transport::{FailureKind, Transport};

/// A broker that refuses connections to listen until it is `healed`, and a driver that is connected to it.
async fn scene(patience: Duration) -> (Arc<Fake>, Arc<AtomicBool>, AmqpDriver) {
    let (sending, healed) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
    let heals = healed.clone();
    let broker = Fake::with_connect(
        |_| Fate::Ack,
        move |_| match !sending.swap(true, Ordering::SeqCst) || heals.load(Ordering::SeqCst) {
            true => Ok(()),
            false => Err(ConnectFailure { kind: FailureKind::ConnectionRefused, why: "refused".to_owned() }),
        },
    );
    let hosts = "rabbit://host".parse::<TransportUrl>().unwrap().hosts().to_vec();
    let driver = AmqpDriver::start(broker.clone(), hosts, quick(), Unique::Random, patience).unwrap();
    driver.send.connected(Instant::now() + PATIENCE).await.unwrap();
    (broker, healed, driver)
}

async fn until(what: &str, met: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !met() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The queues that were declared by the connection to listen.
fn declared(broker: &Fake) -> Vec<String> {
    let log = broker.link(1).log.lock().unwrap().clone();
    log.into_iter().filter(|line| line.contains(" queue ")).collect()
}

#[tokio::test]
async fn first_calls_that_are_given_up_share_one_reply_queue() {
    let (broker, healed, driver) = scene(PATIENCE).await;
    let transport = Transport::for_tests(driver);
    let given_up = async || assert!(timeout(Duration::from_millis(1), transport.replies()).await.is_err());
    given_up().await;
    let tasks = transport.tasks();
    for _ in 0..100 {
        given_up().await;
    }
    // The one that makes the queue may have begun since, and has another one.
    assert!(transport.tasks() <= tasks + 1, "{} after {tasks}", transport.tasks());
    healed.store(true, Ordering::SeqCst);
    let place = transport.replies().await.unwrap().place.address();
    assert_eq!(transport.replies().await.unwrap().place.address(), place);
    assert_eq!(declared(&broker), [format!("1 queue {place} transient")]);
}

#[tokio::test]
async fn the_reply_queue_is_declared_though_all_have_given_up() {
    let (broker, healed, driver) = scene(PATIENCE).await;
    let transport = Transport::for_tests(driver);
    assert!(timeout(Duration::from_millis(1), transport.replies()).await.is_err());
    healed.store(true, Ordering::SeqCst);
    until("it is not declared", || broker.hosts().len() == 2 && declared(&broker).len() == 1).await;
}

#[tokio::test]
async fn servers_that_do_not_start_in_time_leave_nothing() {
    let (broker, healed, driver) = scene(Duration::from_millis(1)).await;
    let start = async || {
        let listening = driver.listen(Names::new().address("s").into(), ListenOptions::default());
        let error = listening.await.unwrap_err().to_string();
        assert!(error.contains("not listening in time: "), "{error}");
    };
    start().await;
    let (one, ended) = (driver.tasks(), "what was begun goes on");
    for _ in 0..10 {
        start().await;
    }
    until(ended, || driver.tasks() <= one).await;
    let given_up = driver.listen(Names::new().address("s").into(), ListenOptions::default());
    drop(timeout(Duration::ZERO, given_up).await);
    until(ended, || driver.tasks() <= one).await;
    healed.store(true, Ordering::SeqCst);
    driver.listen_for_replies(Box::new(drop)).await.unwrap();
    let declared = declared(&broker);
    assert!(matches!(&declared[..], [one] if one.contains("queue reply_")), "{declared:?}");
}

#[tokio::test]
async fn a_refusal_is_told_to_all_and_asked_for_again_before_long() {
    let (broker, healed, driver) = scene(PATIENCE).await;
    healed.store(true, Ordering::SeqCst);
    drop(driver.listen_for_replies(Box::new(drop)).await.unwrap());
    let refusals = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = refusals.clone();
    broker.link(1).on_declare(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Err(super::super::library::BrokerError::Refused(403, "ACCESS_REFUSED".to_owned()))
    });
    let transport = Transport::for_tests(driver);
    for _ in 0..100 {
        assert_eq!(transport.replies().await.unwrap_err().to_string(), "ACCESS_REFUSED");
    }
    assert!(refusals.load(Ordering::SeqCst) <= 50, "each has asked");
    broker.link(1).on_declare(|_| Ok(()));
    let deadline = Instant::now() + PATIENCE;
    while transport.replies().await.is_err() {
        assert!(Instant::now() < deadline);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
