//! What a publisher is told is what has happened.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};

use super::*;
use crate::error::{FaultKind, Reached, Refusal};

const TASKS: usize = 64;
const EACH: usize = 100;

/// Where a message is sent and what the broker does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// To a queue with room.
    Open,
    /// To a queue that rejects what is too much.
    Full,
    /// To nowhere, and it has to be said.
    Nowhere,
    /// To nowhere, and nobody asks.
    Void,
}

fn lane(n: usize) -> Lane {
    match n % 50 {
        0 => Lane::Full,
        n if n % 5 == 1 => Lane::Nowhere,
        n if n % 5 == 2 => Lane::Void,
        _ => Lane::Open,
    }
}

/// 6400 messages of 64 tasks at once on one channel: some are confirmed, some returned, some rejected, and the
/// outcome of each is compared with the contents of the queues.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn broker_every_outcome_is_exact() {
    let _threads = THREADS.read().await;
    let names = Arc::new(Names::new());
    let raw = Raw::connect().await;
    let (open, full) = (format!("{}-open", names.topic), format!("{}-full", names.topic));
    raw.declare_exchange(&names.exchange, ExchangeDeclareOptions::default()).await;
    raw.declare_queue(&open, QueueDeclareOptions::default(), FieldTable::default()).await;
    raw.declare_queue(&full, QueueDeclareOptions::default(), room_for(40)).await;
    raw.bind(&open, &names.exchange, &format!("{}.open", names.topic)).await;
    raw.bind(&full, &names.exchange, &format!("{}.full", names.topic)).await;

    let driver = Arc::new(connect(AmqpOptions::default()).await);
    let tasks = (0..TASKS).map(|task| {
        let (driver, names) = (driver.clone(), names.clone());
        tokio::spawn(async move {
            let mut outcomes = Vec::new();
            for n in 0..EACH {
                let lane = lane(n);
                let server = match lane {
                    Lane::Open => "open",
                    Lane::Full => "full",
                    Lane::Nowhere | Lane::Void => "nowhere",
                };
                let body = format!("{task}-{n}");
                let mut message = outgoing(names.route(Some(server)), &body);
                message.mandatory = lane != Lane::Void;
                if lane == Lane::Full {
                    message.deadline = Instant::now() + Duration::from_secs(3);
                }
                outcomes.push((lane, body, driver.publish(message).await));
            }
            outcomes
        })
    });
    let outcomes: Vec<_> =
        futures::future::join_all(tasks).await.into_iter().flat_map(|outcomes| outcomes.unwrap()).collect();

    assert_eq!(outcomes.len(), TASKS * EACH);
    let (mut taken, mut unclear) = (HashSet::new(), HashSet::new());
    for (lane, body, outcome) in &outcomes {
        match (lane, outcome) {
            (Lane::Open | Lane::Void, Ok(())) => {}
            (Lane::Nowhere, Err(PublishError { fault: PublishFault::Unroutable(why), .. })) => {
                assert_eq!(why, "312 NO_ROUTE")
            }
            (Lane::Full, Ok(())) => drop(taken.insert(body.clone())),
            (Lane::Full, Err(PublishError { fault: PublishFault::Refused(fault), .. })) => {
                assert_eq!(fault.kind, FaultKind::Nacked, "{fault}")
            }
            // Its deadline came while it was sent once more.
            (Lane::Full, Err(PublishError { fault: PublishFault::Expired(_), reached: Reached::Sent })) => {
                unclear.insert(body.clone());
            }
            // Or before it could be sent at all: then it is not there.
            (Lane::Full, Err(PublishError { fault: PublishFault::Expired(_), reached }))
                if *reached < Reached::Sent => {}
            _ => panic!("{body} to {lane:?}: {outcome:?}"),
        }
    }
    let bodies = |messages: Vec<(String, bool)>| -> Vec<String> {
        let mut bodies: Vec<_> = messages.into_iter().map(|(body, _)| body).collect();
        bodies.sort();
        bodies
    };
    let mut expected: Vec<_> =
        outcomes.iter().filter(|(lane, ..)| *lane == Lane::Open).map(|(_, body, _)| body.clone()).collect();
    expected.sort();
    assert_eq!(bodies(raw.drain(&open).await), expected);
    let mut expected: Vec<_> = taken.into_iter().collect();
    expected.sort();
    assert!(expected.len() < 2 * TASKS, "nothing was rejected");
    let mut full = bodies(raw.drain(&full).await);
    full.retain(|body| !unclear.contains(body));
    assert_eq!(full, expected);
}

/// Of a queue that takes so many messages, and then none.
fn room_for(messages: i32) -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(messages));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    arguments
}

#[tokio::test]
async fn broker_a_fanout_that_one_queue_has_no_room_for_may_have_come_to_others() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(quick()).await;
    let mut listener = listen(&driver, &names, "s").await;
    let full = format!("{}-full", names.topic);
    raw.declare_queue(&full, QueueDeclareOptions::default(), room_for(1)).await;
    raw.bind(&full, &format!("{}_fanout", names.topic), "").await;
    send(&driver, names.fanout(), "1").await.unwrap();
    assert_eq!(text(&next(&mut listener.deliveries).await), "1");
    let mut reached = Reached::NotSent;
    for seconds in [1, 4, 16] {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let error = driver.publish(Outgoing { deadline, ..outgoing(names.fanout(), "2") }).await.unwrap_err();
        // Or its deadline came while it was sent once more, or before it was sent.
        let nacked = |fault: &PublishFault| matches!(fault, PublishFault::Refused(fault) if fault.kind == FaultKind::Nacked);
        assert!(nacked(&error.fault) || matches!(error.fault, PublishFault::Expired(_)), "{error}");
        reached = error.reached;
        if reached >= Reached::Sent {
            break;
        }
    }
    assert_eq!(reached, Reached::Sent, "it is not known who has it");
    assert_eq!(text(&next(&mut listener.deliveries).await), "2");
    raw.delete_queue(&full).await;
}

/// RabbitMQ closes the connection of who sends to a reply address of its own making that leads nowhere.
#[tokio::test]
async fn broker_what_costs_the_connection_each_time_is_given_up() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let driver = connect(quick().rabbit_retry_interval(Duration::from_millis(100))).await;
    let mut listener = listen(&driver, &names, "s").await;
    let over = AtomicBool::new(false);
    let others = async {
        let mut sent = 0;
        while !over.load(Ordering::Relaxed) {
            send(&driver, names.route(None), "1").await.unwrap();
            next(&mut listener.deliveries).await.settle.ack();
            sent += 1;
        }
        sent
    };
    let harmful = async {
        let nobody = Route::Reply { queue: "amq.rabbitmq.reply-to.g2dkAA.x".into() };
        let error = send(&driver, nobody, "1").await.unwrap_err();
        over.store(true, Ordering::Relaxed);
        error
    };
    let (sent, error) = tokio::join!(others, harmful);
    assert!(sent > 0);
    let PublishFault::Refused(fault) = &error.fault else { panic!("{error}") };
    let refusal: &Refusal = fault.source.as_ref().unwrap().downcast_ref().unwrap();
    assert_eq!((fault.kind, error.reached), (FaultKind::Refused, Reached::Sent));
    assert!(
        (501..=541).contains(&refusal.code) && fault.why.contains("closed the connection"),
        "{refusal:?}"
    );
    send(&driver, names.route(None), "1").await.unwrap();
}

#[tokio::test]
async fn broker_a_full_queue_takes_it_later() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    raw.declare_queue(&names.topic, QueueDeclareOptions::default(), room_for(1)).await;
    let driver = connect(AmqpOptions::default()).await;
    let to_queue = || Route::Reply { queue: names.topic.as_str().into() };
    send(&driver, to_queue(), "1").await.unwrap();
    let second = send(&driver, to_queue(), "2");
    let drain = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        raw.drain(&names.topic).await
    };
    let (second, mut drained) = tokio::join!(second, drain);
    second.unwrap();
    // The second may come while the queue is being emptied.
    drained.extend(raw.drain(&names.topic).await);
    assert_eq!(drained, [("1".to_owned(), false), ("2".to_owned(), false)]);
}

#[tokio::test]
async fn broker_a_deleted_exchange_is_declared_again() {
    let _threads = THREADS.read().await;
    let names = Names::new();
    let raw = Raw::connect().await;
    let driver = connect(AmqpOptions::default()).await;
    let mut message = outgoing(names.route(None), "1");
    message.mandatory = false;
    driver.publish(message.clone()).await.unwrap();
    raw.delete_exchange(&names.exchange).await;
    let again = (0..20).map(|_| driver.publish(message.clone()));
    for outcome in futures::future::join_all(again).await {
        outcome.unwrap();
    }
    // It is there: deleting one that is not would be no error, declaring it otherwise is.
    let mut other = message;
    other.route = names.route(None);
    let durable = connect(AmqpOptions::default().amqp_auto_delete(true)).await;
    let error = durable.publish(other).await.unwrap_err();
    let PublishFault::Refused(fault) = &error.fault else { panic!("{error}") };
    assert!(fault.kind == FaultKind::Conflict && fault.why.contains("'auto_delete'"), "{error}");
    let refusal: &Refusal = fault.source.as_ref().unwrap().downcast_ref().unwrap();
    assert_eq!((refusal.code, &refusal.why), (406, &fault.why));
}

#[tokio::test]
async fn broker_replies_to_nobody_follow_the_option() {
    let _threads = THREADS.read().await;
    let nobody = || Route::Reply { queue: "reply_nobody".into() };
    let driver = connect(AmqpOptions::default()).await;
    assert!(matches!(
        send(&driver, nobody(), "1").await,
        Err(PublishError { fault: PublishFault::Unroutable(_), .. })
    ));
    let driver = connect(AmqpOptions::default().direct_mandatory_flag(false)).await;
    send(&driver, nobody(), "1").await.unwrap();
}
