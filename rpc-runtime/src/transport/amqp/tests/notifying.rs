//! Notifiers on a broker.

use lapin::options::QueueDeclareOptions;
use lapin::types::{AMQPValue, FieldTable};

use super::*;
use crate::context::Context;
use crate::error::{FaultKind, Reached};
use crate::notification::{Notifier, NotifierBuilder, NotifyError, Retry};
use crate::transport::Transport;

async fn notifier(names: &Names, with: impl FnOnce(NotifierBuilder) -> NotifierBuilder) -> Notifier {
    let transport = Transport::for_tests(connect(quick()).await);
    let builder = Notifier::builder(&transport).exchange(&*names.exchange).topics([&*names.topic]);
    with(builder.publisher_id("compute.host1")).build().unwrap()
}

async fn emit(notifier: &Notifier, payload: u32) -> Result<(), NotifyError> {
    timeout(PATIENCE, notifier.info(&Context::new(), "e", &payload)).await.expect("an outcome")
}

/// What a queue has, in order.
async fn payloads(raw: &Raw, queue: &str) -> Vec<u32> {
    let payload = |(body, _): &(String, bool)| {
        let content = crate::wire::Content::JSON;
        let read = crate::wire::Notification::decode(&body.clone().into(), &content, &Default::default());
        read.unwrap().decode_payload().unwrap()
    };
    raw.drain(queue).await.iter().map(payload).collect()
}

#[tokio::test]
async fn broker_an_event_waits_for_its_listener_also_in_a_queue_that_was_deleted_meanwhile() {
    let _threads = THREADS.read().await;
    let (names, raw) = (Names::new(), Raw::connect().await);
    let notifier = notifier(&names, |builder| builder).await;
    let queue = format!("{}.info", names.topic);
    emit(&notifier, 1).await.unwrap();
    emit(&notifier, 2).await.unwrap();
    assert_eq!(payloads(&raw, &queue).await, [1, 2]);

    raw.delete_queue(&queue).await;
    emit(&notifier, 3).await.unwrap();
    assert_eq!(payloads(&raw, &queue).await, [3]);
    raw.delete_queue(&queue).await;
    raw.delete_exchange(&names.exchange).await;
    emit(&notifier, 4).await.unwrap();
    assert_eq!(payloads(&raw, &queue).await, [4]);
    assert_eq!((notifier.counters().sent, notifier.counters().failed), (4, 0));
}

#[tokio::test]
async fn broker_detached_events_keep_their_order() {
    let _threads = THREADS.read().await;
    let (names, raw) = (Names::new(), Raw::connect().await);
    let notifier = notifier(&names, |builder| builder.detached_in_flight(64)).await;
    for n in 0..1000_u32 {
        notifier.notify_detached(&Context::new(), crate::notification::Priority::Info, "e", &n);
    }
    notifier.flush(PATIENCE).await.unwrap();
    assert_eq!(payloads(&raw, &format!("{}.info", names.topic)).await, (0..1000).collect::<Vec<_>>());
}

#[tokio::test]
async fn broker_a_queue_of_another_kind_is_an_error_at_once() {
    let _threads = THREADS.read().await;
    let (names, raw) = (Names::new(), Raw::connect().await);
    let queue = format!("{}.info", names.topic);
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    raw.declare_queue(&queue, durable, FieldTable::default()).await;
    let error = emit(&notifier(&names, |builder| builder).await, 1).await.unwrap_err();
    let failure = &error.failures()[0];
    assert_eq!((failure.kind, failure.reached), (Some(FaultKind::Conflict), Reached::NotSent), "{error}");
    assert!(
        failure.why.contains("its queue cannot be declared: ") && failure.why.contains("durable"),
        "{error}"
    );
}

#[tokio::test]
async fn broker_a_full_queue_is_waited_for_or_an_error() {
    let _threads = THREADS.read().await;
    let (names, raw) = (Names::new(), Raw::connect().await);
    let queue = format!("{}.info", names.topic);
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    raw.declare_queue(&queue, QueueDeclareOptions::default(), arguments).await;
    raw.declare_exchange(&names.exchange, Default::default()).await;
    raw.bind(&queue, &names.exchange, &queue).await;
    let trying_for =
        |limit| notifier(&names, move |builder| builder.declare_queues(false).attempt_timeout(limit));
    let patient = trying_for(PATIENCE).await;
    emit(&patient, 1).await.unwrap();
    let mut tried = Vec::new();
    for seconds in [1, 4, 16] {
        let hasty = trying_for(Duration::from_secs(seconds)).await;
        let error = emit(&hasty.with_retry(Retry::NEVER), 2).await.unwrap_err();
        let failure = &error.failures()[0];
        // Or its time was over while it was sent once more, or before it was sent.
        assert!(matches!(failure.kind, Some(FaultKind::Nacked | FaultKind::NoAnswer)), "{error}");
        tried.push(failure.reached);
        if failure.reached == Reached::Sent {
            break;
        }
    }
    assert_eq!(tried.last(), Some(&Reached::Sent), "{tried:?}");

    let emitted = tokio::spawn(patient.info(&Context::new(), "e", &3));
    let mut taken = payloads(&raw, &queue).await;
    timeout(PATIENCE, emitted).await.unwrap().unwrap().unwrap();
    taken.extend(payloads(&raw, &queue).await);
    assert_eq!(taken, [1, 3]);
}
