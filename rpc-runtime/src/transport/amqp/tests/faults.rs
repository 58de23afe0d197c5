//! What is lost comes back.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

/// Sends until a queue takes it: between the loss of a queue and its return there is none.
async fn send_until_taken(driver: &AmqpDriver, route: &Route, body: &str) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = send(driver, route.clone(), body).await {
        assert!(matches!(error.fault, PublishFault::Unroutable(_)) && Instant::now() < deadline, "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn broker_a_deleted_queue_is_consumed_again() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let mut replies = listen_for_replies(&driver).await;
    let to_replies = Route::Reply { queue: replies.queue.clone() };

    raw.delete_queue(&names.topic).await;
    raw.delete_queue(&replies.queue).await;
    send_until_taken(&driver, &names.route(None), "1").await;
    assert_eq!(text(&next(&mut listener.deliveries).await), "1");
    send_until_taken(&driver, &to_replies, "2").await;
    assert_eq!(text(&next(&mut replies.deliveries).await), "2");
}

/// How many messages are taken between one cut and the next, at least.
const BETWEEN_CUTS: usize = 100;

/// Both connections are cut again and again under 16 senders: whatever was taken arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn broker_cut_connections_lose_nothing() {
    let _threads = THREADS.read().await;
    let names = Arc::new(Names::new());
    let driver = Arc::new(connect(quick()).await);
    let mut listener = listen(&driver, &names, "s").await;
    let over = Arc::new(AtomicBool::new(false));
    let count = Arc::new(AtomicUsize::new(0));

    let senders = (0..16).map(|task| {
        let (driver, names, over, count) = (driver.clone(), names.clone(), over.clone(), count.clone());
        tokio::spawn(async move {
            let mut sent = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let body = format!("{task}-{}", sent.len());
                send(&driver, names.route(None), &body).await.unwrap();
                sent.push(body);
                count.fetch_add(1, Ordering::Relaxed);
            }
            sent
        })
    });
    let senders: Vec<_> = senders.collect();
    let cutter = {
        let (driver, over, count) = (driver.clone(), over.clone(), count.clone());
        tokio::spawn(async move {
            for cut in 1..=4 {
                // They are at work again.
                while count.load(Ordering::Relaxed) < cut * BETWEEN_CUTS {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                driver.send.kill();
                driver.listen.get().unwrap().kill();
            }
            over.store(true, Ordering::Relaxed);
        })
    };
    let mut seen = HashSet::new();
    let mut all = tokio::spawn(async move {
        let mut sent = Vec::new();
        for sender in senders {
            sent.extend(sender.await.unwrap());
        }
        sent
    });
    let sent = loop {
        tokio::select! {
            delivery = next(&mut listener.deliveries) => {
                seen.insert(text(&delivery));
                delivery.settle.ack();
            }
            sent = &mut all => break sent.unwrap(),
        }
    };
    cutter.await.unwrap();
    assert!(sent.len() >= 4 * BETWEEN_CUTS, "{}", sent.len());
    while !sent.iter().all(|body| seen.contains(body)) {
        let delivery = next(&mut listener.deliveries).await;
        seen.insert(text(&delivery));
        delivery.settle.ack();
    }
}

#[tokio::test]
async fn broker_verdicts_of_a_lost_channel_go_nowhere() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(None), "1").await.unwrap();
    let stale = next(&mut listener.deliveries).await;
    driver.listen.get().unwrap().kill();
    let again = next(&mut listener.deliveries).await;
    assert_eq!((text(&again), again.redelivered), ("1".to_owned(), true));
    // It would acknowledge `again`, which has the same tag on the new channel.
    assert!(!stale.settle.ack(), "it is back in its queue");
    driver.listen.get().unwrap().kill();
    assert_eq!(text(&next(&mut listener.deliveries).await), "1");
}

#[tokio::test]
async fn broker_bindings_of_a_deleted_exchange_come_back() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    raw.delete_exchange(&names.exchange).await;
    // The sender declares the exchange; only the listener knows what was bound to it.
    send_until_taken(&driver, &names.route(None), "body").await;
    assert_eq!(text(&next(&mut listener.deliveries).await), "body");
}
