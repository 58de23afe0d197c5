//! How a listener ends.

use std::sync::atomic::Ordering;

use futures::FutureExt;
use tokio::sync::Notify;

use super::stage::{ACK, BACK, Heard, Stage, notification};
use super::*;
use crate::receiving::{Acknowledge, StopReason};
use crate::transport::Transport;
use crate::transport::stub::until;

fn event(name: &str) -> String {
    notification(json!({"event_type": name, "_unique_id": name}))
}

#[tokio::test(start_paused = true)]
async fn what_runs_finishes_and_what_waits_goes_back() {
    let heard = Heard::default();
    let endpoint = heard.endpoint(|_| sleep(Duration::from_secs(5)));
    let stage = Stage::new(|listener| listener.endpoint(endpoint).concurrency(1)).await;
    for name in ["a", "b", "c"] {
        stage.deliver(event(name)).await;
    }
    stage.now().await;
    let (book, stopped) = (Arc::clone(&stage.book), stage.listener.stopped());
    stage.listener.shutdown(Duration::from_secs(10)).await.unwrap();
    let mut verdicts = lock(&book.verdicts).clone();
    verdicts.sort_by_key(|(tag, _)| *tag);
    assert_eq!((verdicts, heard.count()), (vec![(1, ACK), (2, BACK), (3, BACK)], 1));
    assert_eq!(stopped.await, StopReason::ShutDown);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_finish_is_cut_off() {
    for (acknowledge, verdict) in [(Acknowledge::Late, BACK), (Acknowledge::Early, ACK)] {
        let heard = Heard::default();
        let endpoint = heard.endpoint(|_| std::future::pending::<()>());
        let stage = Stage::new(|listener| listener.endpoint(endpoint).acknowledge(acknowledge)).await;
        stage.deliver(event("a")).await;
        stage.now().await;
        let (book, began) = (Arc::clone(&stage.book), tokio::time::Instant::now());
        let error = stage.listener.shutdown(Duration::from_secs(3)).await.unwrap_err();
        assert_eq!((error.cut_off, began.elapsed().as_secs()), (1, 3));
        assert_eq!(lock(&book.verdicts).clone(), [(1, verdict)]);
    }
}

#[tokio::test(start_paused = true)]
async fn dropped_it_lets_what_runs_finish() {
    let (heard, gate) = (Heard::default(), Arc::new(Notify::new()));
    let opened = Arc::clone(&gate);
    let endpoint = heard.endpoint(move |_| {
        let opened = Arc::clone(&opened);
        async move { opened.notified().await }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint).concurrency(1)).await;
    for name in ["a", "b"] {
        stage.deliver(event(name)).await;
    }
    stage.now().await;
    let (book, stopped) = (Arc::clone(&stage.book), stage.listener.stopped());
    drop(stage.listener);
    assert_eq!(stopped.await, StopReason::Dropped);
    gate.notify_one();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(lock(&book.verdicts).clone(), [(2, BACK), (1, ACK)]);
    assert_eq!(heard.all(), ["a"]);
}

#[tokio::test]
async fn a_shutdown_that_is_given_up_is_a_drop() {
    let (heard, gate) = (Heard::default(), Arc::new(Notify::new()));
    let opened = Arc::clone(&gate);
    let endpoint = heard.endpoint(move |_| {
        let opened = Arc::clone(&opened);
        async move { opened.notified().await }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint)).await;
    stage.deliver(event("a")).await;
    until("it is handled", || heard.count() == 1).await;
    until("nothing", || true).await;
    let book = Arc::clone(&stage.book);
    assert!(stage.listener.shutdown(Duration::from_secs(3600)).now_or_never().is_none());
    gate.notify_one();
    tokio::time::timeout(Duration::from_secs(120), async {
        while lock(&book.verdicts).is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(lock(&book.verdicts).clone(), [(1, ACK)]);
}

#[tokio::test]
async fn a_closed_transport_is_told_while_handlers_run() {
    let transport = Transport::connect("memory://").await.unwrap();
    let heard = Heard::default();
    let listener = Listener::builder(&transport).endpoint(heard.content()).start().await.unwrap();
    let stopped = listener.stopped();
    transport.close(Duration::from_secs(1)).await;
    let told = tokio::time::timeout(Duration::from_secs(120), stopped).await.unwrap();
    assert_eq!(told, StopReason::TransportClosed);
    listener.shutdown(Duration::from_secs(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_verdict_of_a_connection_that_is_gone_does_no_harm() {
    let heard = Heard::default();
    let stage =
        Stage::new(|listener| listener.endpoint(heard.endpoint(|_| sleep(Duration::from_secs(1))))).await;
    stage.deliver(event("a")).await;
    stage.now().await;
    stage.book.lost.store(true, Ordering::SeqCst);
    stage.deliver(event("b")).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!((heard.all(), stage.verdicts()), (vec!["a".to_owned()], vec![]));
    stage.book.lost.store(false, Ordering::SeqCst);
    // It is done, so its redelivery is acknowledged alone; the other one was never begun.
    stage.redeliver(event("a")).await;
    stage.redeliver(event("b")).await;
    sleep(Duration::from_secs(2)).await;
    assert_eq!(
        (heard.all(), stage.verdicts()),
        (vec!["a".to_owned(), "b".to_owned()], vec![(3, ACK), (4, ACK)])
    );
}
