use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::broker::BrokerError;
use super::super::fake::{Fake, Fate};
use super::*;
use crate::transport::url::TransportUrl;

fn start(broker: Arc<Fake>, url: &str) -> Supervisor {
    let url: TransportUrl = url.parse().unwrap();
    let options = AmqpOptions::default();
    Supervisor::start(Purpose::Send, broker, url.hosts().to_vec(), &options, &Handle::current())
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test(start_paused = true)]
async fn the_next_host_after_a_loss() {
    let broker = Fake::new(|_| Fate::Ack);
    let supervisor = start(broker.clone(), "rabbit://a,b");
    let mut links = supervisor.links();
    for epoch in 1..=4 {
        let up = links.up().await.unwrap();
        assert_eq!(up.epoch, epoch);
        assert!(links.has(epoch) && links.trouble().is_none());
        up.link.kill();
        links.gone(epoch).await;
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
        0..7 => Err(BrokerError::Lost("refused".to_owned())),
        _ => Ok(()),
    };
    let supervisor = start(Fake::with_connect(|_| Fate::Ack, connect), "rabbit://a,b");
    supervisor.connected(soon()).await.unwrap();
    assert_eq!(attempts.load(Ordering::Relaxed), 8);
}

#[tokio::test(start_paused = true)]
async fn no_connection_in_time() {
    let connect = |host: &Host| Err(BrokerError::Lost(format!("no {}", host.name())));
    let supervisor = start(Fake::with_connect(|_| Fate::Ack, connect), "rabbit://a,b");
    let error = supervisor.connected(soon()).await.unwrap_err();
    assert_eq!(error, "RabbitMQ: no connection in time; a:5672: no a; b:5672: no b");
    assert!(supervisor.links().trouble().unwrap().starts_with("no connection to the broker: "));
}

#[tokio::test(start_paused = true)]
async fn blocked_is_not_gone() {
    let broker = Fake::new(|_| Fate::Ack);
    let supervisor = start(broker.clone(), "rabbit://a");
    let mut links = supervisor.links();
    links.up().await.unwrap();
    broker.link(0).happen(LinkEvent::Blocked("memory".to_owned()));
    links.changed().await;
    assert!(links.has(1) && links.blocked(1));
    assert_eq!(links.trouble().unwrap(), "the broker blocks the connection: memory");
    broker.link(0).happen(LinkEvent::Unblocked);
    assert_eq!(links.up().await.unwrap().epoch, 1);
}

#[tokio::test(start_paused = true)]
async fn closing_says_goodbye() {
    let broker = Fake::new(|_| Fate::Ack);
    let supervisor = start(broker.clone(), "rabbit://a");
    supervisor.connected(soon()).await.unwrap();
    supervisor.close(soon()).await;
    assert!(broker.link(0).said_goodbye() && broker.link(0).dead());
    assert_eq!(supervisor.links().up().await.unwrap_err(), CLOSED);
}

#[tokio::test(start_paused = true)]
async fn closing_ends_the_attempts() {
    let connect = |_: &Host| Err(BrokerError::Lost("refused".to_owned()));
    let supervisor = start(Fake::with_connect(|_| Fate::Ack, connect), "rabbit://a");
    let mut links = supervisor.links();
    let (up, ()) = tokio::join!(links.up(), supervisor.close(soon()));
    assert_eq!(up.unwrap_err(), CLOSED);
}

#[tokio::test(start_paused = true)]
async fn dropping_cuts_the_connection() {
    let broker = Fake::new(|_| Fate::Ack);
    let supervisor = start(broker.clone(), "rabbit://a");
    let mut links = supervisor.links();
    links.up().await.unwrap();
    drop(supervisor);
    links.gone(1).await;
    assert!(broker.link(0).dead() && links.trouble().is_some());
}
