//! What breaks takes nothing else with it.

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;

use super::*;

/// Sends to `route` until its queue is consumed again, and takes what arrives.
async fn until_served(driver: &AmqpDriver, route: Route, deliveries: &mut Receiver<Delivery>) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if send(driver, route.clone(), "again").await.is_ok()
            && let Ok(Some(delivery)) = timeout(Duration::from_millis(500), deliveries.recv()).await
        {
            assert!(delivery.settle.ack());
            return;
        }
        assert!(Instant::now() < deadline, "it is not served again");
    }
}

/// A queue of one server is replaced by one that it can't declare: its other queues, the other server and the
/// reply queue do not notice, not even by a message delivered again.
#[tokio::test]
async fn broker_a_queue_that_cannot_be_consumed_leaves_others_alone() {
    let _threads = THREADS.read().await;
    let (broken, sound) = (Names::new(), Names::new());
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut one = listen(&driver, &broken, "s").await;
    let mut other = listen(&driver, &sound, "s").await;
    let mut replies = listen_for_replies(&driver).await;
    let to_replies = Route::Reply { queue: replies.queue.clone() };
    // Taken before, settled after.
    for route in [broken.route(None), sound.route(None), to_replies.clone()] {
        send(&driver, route, "held").await.unwrap();
    }
    let held = [
        next(&mut one.deliveries).await,
        next(&mut other.deliveries).await,
        next(&mut replies.deliveries).await,
    ];

    let queue = format!("{}.s", broken.topic);
    raw.delete_queue(&queue).await;
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    // The server may be faster, and have its queue back.
    while raw.try_declare(&queue, durable, FieldTable::default()).await.is_err() {
        raw.delete_queue(&queue).await;
    }
    // Several rounds of a queue that does not come back.
    for n in 0..20 {
        let body = n.to_string();
        for (route, receiver) in [
            (broken.route(None), 0),
            (broken.fanout(), 0),
            (sound.route(Some("s")), 1),
            (to_replies.clone(), 2),
        ] {
            send(&driver, route, &body).await.unwrap();
            let deliveries = [&mut one.deliveries, &mut other.deliveries, &mut replies.deliveries];
            let delivery = next(deliveries[receiver]).await;
            assert_eq!((text(&delivery), delivery.redelivered), (body.clone(), false));
            assert!(delivery.settle.ack());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for delivery in held {
        assert!(delivery.settle.ack(), "its channel is still the same");
    }
    assert!(driver.watch().current().is_ready(), "no connection was lost");

    raw.delete_queue(&queue).await;
    until_served(&driver, broken.route(Some("s")), &mut one.deliveries).await;
}

/// Messages that the broker answers with a channel error fail alone; requests and replies go on, and nothing
/// that is consumed is delivered again.
#[tokio::test]
async fn broker_an_exchange_that_conflicts_fails_its_messages_alone() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let foreign = format!("{}-foreign", names.exchange);
    let internal = lapin::options::ExchangeDeclareOptions { internal: true, ..Default::default() };
    raw.declare_exchange(&foreign, internal).await;
    let conflicting = Route::Topic { exchange: foreign.as_str().into(), topic: "t".into(), server: None };
    send(&driver, names.route(None), "held").await.unwrap();
    let held = next(&mut listener.deliveries).await;

    let bad = (0..20).map(|_| send(&driver, conflicting.clone(), "bad"));
    let good = (0..20).map(|_| send(&driver, names.route(None), "good"));
    let (bad, good) = tokio::join!(futures::future::join_all(bad), futures::future::join_all(good));
    for outcome in bad {
        assert!(matches!(&outcome.unwrap_err().fault, PublishFault::Refused(_)));
    }
    for outcome in good {
        outcome.unwrap();
        let delivery = next(&mut listener.deliveries).await;
        assert_eq!((text(&delivery).as_str(), delivery.redelivered), ("good", false));
        assert!(delivery.settle.ack());
    }
    assert!(held.settle.ack());
    assert!(driver.watch().current().is_ready());
}

/// One connection is cut: the other one stays.
#[tokio::test]
async fn broker_a_lost_connection_leaves_the_other_alone() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(None), "held").await.unwrap();
    let held = next(&mut listener.deliveries).await;
    let before = driver.watch().current();
    let mut watch = driver.watch();
    driver.send.kill();
    let lost = watch.wait_for(|status| status.connection("send") != before.connection("send")).await.unwrap();
    assert_eq!(lost.connection("listen"), before.connection("listen"));
    send(&driver, names.route(None), "again").await.unwrap();
    assert_eq!(text(&next(&mut listener.deliveries).await), "again");
    assert!(held.settle.ack(), "it came by the connection that stayed");
    assert_eq!(watch.current().connection("listen"), before.connection("listen"));

    let before = driver.watch().current();
    driver.listen.get().unwrap().kill();
    let lost =
        watch.wait_for(|status| status.connection("listen") != before.connection("listen")).await.unwrap();
    assert_eq!(lost.connection("send"), before.connection("send"));
    until_served(&driver, names.route(Some("s")), &mut listener.deliveries).await;
    assert_eq!(watch.current().connection("send"), before.connection("send"));
}
