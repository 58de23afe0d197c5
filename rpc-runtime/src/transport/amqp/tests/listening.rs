//! Declaring, consuming, settling and stopping.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};

use super::*;

const DURABLE: QueueDeclareOptions = QueueDeclareOptions {
    passive: false,
    durable: true,
    exclusive: false,
    auto_delete: false,
    nowait: false,
};
const PLAIN: QueueDeclareOptions = QueueDeclareOptions { durable: false, ..DURABLE };
const PASSIVE: QueueDeclareOptions = QueueDeclareOptions { passive: true, ..PLAIN };

#[tokio::test]
async fn broker_messages_arrive_on_every_route() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let mut one = listen(&driver, &names, "host.1").await;
    let mut two = listen(&driver, &names, "host2").await;

    send(&driver, names.route(Some("host.1")), "to one").await.unwrap();
    let delivery = next(&mut one.deliveries).await;
    assert_eq!(text(&delivery), "to one");
    assert_eq!(delivery.labels.content_type.as_deref(), Some("application/json"));
    assert_eq!((delivery.labels.compression.as_deref(), delivery.redelivered), (None, false));
    delivery.settle.ack();

    driver.publish(outgoing(names.fanout(), "to all")).await.unwrap();
    for listener in [&mut one, &mut two] {
        let delivery = next(&mut listener.deliveries).await;
        assert_eq!(text(&delivery), "to all");
        delivery.settle.ack();
    }

    for _ in 0..2 {
        send(&driver, names.route(None), "to any").await.unwrap();
    }
    for listener in [&mut one, &mut two] {
        assert_eq!(text(&next(&mut listener.deliveries).await), "to any");
    }

    let mut replies = listen_for_replies(&driver).await;
    send(&driver, Route::Reply { queue: replies.queue.clone() }, "reply").await.unwrap();
    assert_eq!(text(&next(&mut replies.deliveries).await), "reply");
}

/// Many at once, to a server that takes them one by one and to replies.
#[tokio::test]
async fn broker_nothing_of_a_burst_is_lost() {
    const BURST: usize = 1000;
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let options = ListenOptions { prefetch: 300, ..ListenOptions::default() };
    let mut server = driver.listen(names.address("s").into(), options).await.unwrap();
    let mut replies = listen_for_replies(&driver).await;
    for (route, deliveries) in [
        (names.route(None), &mut server.deliveries),
        (Route::Reply { queue: replies.queue.clone() }, &mut replies.deliveries),
    ] {
        let bodies: Vec<String> = (0..BURST).map(|n| n.to_string()).collect();
        let sending = try_join_all(bodies.iter().map(|body| send(&driver, route.clone(), body)));
        let receiving = async {
            let mut received = BTreeSet::new();
            while received.len() < BURST {
                let delivery = next(deliveries).await;
                received.insert(text(&delivery));
                delivery.settle.ack_before_long();
            }
        };
        let (sent, ()) = tokio::join!(sending, receiving);
        sent.unwrap();
    }
}

#[tokio::test]
async fn broker_compressed_messages_say_so() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let compression = crate::wire::Compression::Gzip;
    let driver = connect(quick().kombu_compression(Some(compression))).await;
    let mut listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(None), "body").await.unwrap();
    let delivery = next(&mut listener.deliveries).await;
    assert_eq!(delivery.labels.compression.as_deref(), Some("application/x-gzip"));
    assert_eq!(delivery.body[0], 0x78);
}

#[tokio::test]
async fn broker_settled_messages_are_gone_and_the_rest_goes_back() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let mut deliveries = Vec::new();
    for n in 0..6 {
        send(&driver, names.route(None), &n.to_string()).await.unwrap();
        deliveries.push(next(&mut listener.deliveries).await);
    }
    // Out of order, so that single and multiple acknowledgements both occur.
    for (n, delivery) in deliveries.into_iter().enumerate().rev() {
        match n {
            0 | 1 | 3 => assert!(delivery.settle.ack()),
            4 => delivery.settle.reject(false),
            _ => drop(delivery),
        }
    }
    listener.stop.stop().await;
    assert!(listener.deliveries.recv().await.is_none());
    let mut left = raw.drain(&names.topic).await;
    left.sort();
    assert_eq!(left, [("2".to_owned(), true), ("5".to_owned(), true)]);
}

#[tokio::test]
async fn broker_stopping_deletes_the_fanout_queue_alone() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let address = names.address("s");
    let fanout: std::sync::Arc<str> = format!("{}_fanout_1", names.topic).into();
    let topology = super::super::Topology::server(&address, &fanout, &driver.options);
    let listener = driver.consume(&topology, 0).await.unwrap();
    raw.try_declare(&fanout, PASSIVE, FieldTable::default()).await.unwrap();
    listener.stop.stop().await;
    let error = raw.try_declare(&fanout, PASSIVE, FieldTable::default()).await.unwrap_err();
    assert!(error.contains("NOT_FOUND"), "{error}");
    for queue in [names.topic.clone(), format!("{}.s", names.topic)] {
        raw.try_declare(&queue, PASSIVE, FieldTable::default()).await.unwrap();
    }
}

#[tokio::test]
async fn broker_a_dropped_listener_lets_go() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let listener = listen(&driver, &names, "1").await;
    drop(listener);
    let mut other = listen(&driver, &names, "2").await;
    // Round robin would give the dropped one every second message for as long as it consumes; what it got is
    // requeued.
    for n in 0..10 {
        send(&driver, names.route(None), &n.to_string()).await.unwrap();
    }
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 10 {
        let delivery = next(&mut other.deliveries).await;
        seen.insert(text(&delivery));
        delivery.settle.ack();
    }
}

#[tokio::test]
async fn broker_of_huge_messages_there_is_no_more_than_whose_they_are() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick()).await;
    let small = connect(quick().max_body(10)).await;
    let mut listener = listen(&small, &names, "s").await;
    let huge = r#"{"_msg_id": "id", "_reply_q": "reply_1"}"#;
    for body in [huge, "more than ten"] {
        send(&driver, names.route(None), body).await.unwrap();
        let delivery = next(&mut listener.deliveries).await;
        let excess = delivery.excess.unwrap();
        assert_eq!(
            (excess.bytes, excess.caller.is_some(), delivery.body.len()),
            (body.len(), body == huge, 0)
        );
        delivery.settle.reject(false);
    }
    send(&driver, names.route(None), "less").await.unwrap();
    assert_eq!(text(&next(&mut listener.deliveries).await), "less");
}

#[tokio::test]
async fn broker_durable_joins_what_is_not() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    raw.declare_exchange(&names.exchange, ExchangeDeclareOptions::default()).await;
    raw.declare_queue(&names.topic, PLAIN, FieldTable::default()).await;
    let driver = connect(quick().amqp_durable_queues(true)).await;
    let mut listener = listen(&driver, &names, "s").await;
    send(&driver, names.route(Some("s")), "1").await.unwrap();
    assert_eq!(text(&next(&mut listener.deliveries).await), "1");
    // The queues follow the exchange.
    raw.try_declare(&format!("{}.s", names.topic), PLAIN, FieldTable::default()).await.unwrap();
}

#[tokio::test]
async fn broker_other_conflicts_are_errors() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    raw.declare_queue(&names.topic, DURABLE, FieldTable::default()).await;
    let driver = connect(quick()).await;
    let options = ListenOptions::default();
    let error = driver.listen(names.address("s").into(), options).await.unwrap_err().to_string();
    assert!(error.contains("'durable'") && error.contains(&names.topic), "{error}");
}

#[tokio::test]
async fn broker_queues_have_the_arguments_of_the_options() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let options = quick()
        .rabbit_quorum_queue(true)
        .rabbit_quorum_delivery_limit(5)
        .rabbit_transient_queues_ttl(Duration::from_secs(60));
    let driver = connect(options).await;
    let listener = listen(&driver, &names, "s").await;
    let replies = listen_for_replies(&driver).await;

    let mut quorum = FieldTable::default();
    quorum.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    quorum.insert("x-delivery-limit".into(), AMQPValue::LongInt(5));
    let mut transient = FieldTable::default();
    transient.insert("x-expires".into(), AMQPValue::LongInt(60_000));
    for (queue, options, arguments) in [
        (names.topic.clone(), DURABLE, quorum.clone()),
        (format!("{}.s", names.topic), DURABLE, quorum),
        (replies.queue.to_string(), PLAIN, transient),
    ] {
        // The broker compares: the same is no error, anything else is.
        raw.try_declare(&queue, options, arguments).await.unwrap();
        let error = raw.try_declare(&queue, options, FieldTable::default()).await.unwrap_err();
        assert!(error.contains("inequivalent arg"), "{error}");
    }
    listener.stop.stop().await;
    raw.delete_queue(&names.topic).await;
    raw.delete_queue(&format!("{}.s", names.topic)).await;
}

#[tokio::test]
async fn broker_prefetch_limits_what_is_out() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = driver
        .listen(names.address("s").into(), ListenOptions { prefetch: 2, ..ListenOptions::default() })
        .await
        .unwrap();
    for n in 0..5 {
        send(&driver, names.route(None), &n.to_string()).await.unwrap();
    }
    let (first, second) = (next(&mut listener.deliveries).await, next(&mut listener.deliveries).await);
    // Two are out, so the other three are in the queue, for whoever asks.
    assert_eq!(raw.drain(&names.topic).await.len(), 3);
    first.settle.ack();
    second.settle.ack();
}

#[cfg(feature = "notifications")]
#[tokio::test]
async fn broker_a_route_of_notifications_is_declared_and_its_queue_is_watched() {
    use crate::transport::driver::{Address, NotificationAddress, Source};

    let _threads = THREADS.read().await;
    let (driver, names) = (connect(quick()).await, Names::new());
    let queue: Arc<str> = format!("{}.info", names.topic).into();
    let exchange: Arc<str> = names.exchange.as_str().into();
    let route = Route::Notification { exchange: Arc::clone(&exchange), queue: Arc::clone(&queue) };
    assert_eq!(driver.consumers(Arc::clone(&queue)).await.unwrap(), None);
    let unroutable = send(&driver, route.clone(), "0").await.unwrap_err();
    assert!(matches!(unroutable.fault, PublishFault::Unroutable(_)), "{unroutable}");
    driver.declare(&route).await.unwrap();
    assert_eq!(driver.consumers(Arc::clone(&queue)).await.unwrap(), Some(0));
    send(&driver, route.clone(), "1").await.unwrap();

    let pool: Arc<str> = format!("{}-pool", names.topic).into();
    let listen = async |pool| {
        let source = Source { exchange: Arc::clone(&exchange), queue: Arc::clone(&queue) };
        let address = NotificationAddress { sources: vec![source], pool };
        driver.listen(Address::Notifications(address), ListenOptions::default()).await.unwrap()
    };
    let mut pooled = listen(Some(Arc::clone(&pool))).await;
    send(&driver, route, "2").await.unwrap();
    let delivery = next(&mut pooled.deliveries).await;
    assert_eq!((text(&delivery), delivery.queue.clone()), ("2".to_owned(), pool));
    assert!(delivery.settle.ack());
    let mut plain = listen(None).await;
    for expected in ["1", "2"] {
        let delivery = next(&mut plain.deliveries).await;
        assert_eq!((text(&delivery), delivery.queue.clone()), (expected.to_owned(), queue.clone()));
        assert!(delivery.settle.ack());
    }
    assert_eq!(driver.consumers(queue).await.unwrap(), Some(1));
    pooled.stop.stop().await;
    plain.stop.stop().await;
}
