//! Events that nobody waits for.

use futures::future::pending;
use tokio::sync::Semaphore;
use tokio::task::coop::consume_budget;
use tokio::time::{Instant, sleep, timeout};

use super::*;
use crate::context::Context;
use crate::error::{Fault, FaultKind};
use crate::logged::Warnings;
use crate::notification::{Notification, Payload, Priority};
use crate::transport::abilities::Abilities;
use crate::transport::driver::PublishFault;

fn emit(notifier: &Notifier, payload: impl serde::Serialize) {
    notifier.notify_detached(&Context::new(), Priority::Info, "e", &payload);
}

fn payloads(bus: &Bus) -> Vec<u64> {
    bus.published().iter().map(|message| read(message).decode_payload().unwrap()).collect()
}

/// A bus that lets messages go one by one.
fn gated() -> (Arc<Semaphore>, Bus, Stub) {
    let (gate, bus) = (Arc::new(Semaphore::new(0)), Bus::default());
    let (permits, seen) = (Arc::clone(&gate), bus.clone());
    let stub = Stub::publishing(move |message| {
        let permits = Arc::clone(&permits);
        seen.0.lock().unwrap().push(("taken", message));
        async move {
            permits.acquire().await.unwrap().forget();
            Ok(())
        }
    });
    (gate, bus, stub)
}

#[tokio::test(start_paused = true)]
async fn they_are_sent_in_order() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder.detached_queue(10_000));
    (0..5000).for_each(|n| emit(&notifier, n));
    assert_eq!(notifier.counters().queued, 5000);
    notifier.flush(SOON).await.unwrap();
    assert_eq!(payloads(&bus), (0..5000).collect::<Vec<_>>());
    assert_eq!(notifier.counters(), NotifierCounters { sent: 5000, ..NotifierCounters::default() });
    // The task has ended, and there is another one.
    emit(&notifier, 5000);
    notifier.flush(SOON).await.unwrap();
    assert_eq!(payloads(&bus).len(), 5001);
}

/// Emits more than the runtime polls in one turn of a task, and has them under way at once.
async fn many_at_once(stub: Stub) {
    let notifier = notifier(stub, |builder| builder.detached_in_flight(200));
    (0..1000).for_each(|n| emit(&notifier, n));
    notifier.flush(SOON).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn those_that_waited_for_the_queue_are_not_overtaken() {
    let (bus, stub) = Bus::new();
    let stub = stub.declaring(|_| async {
        sleep(Duration::from_secs(1)).await;
        Ok(())
    });
    many_at_once(stub).await;
    assert_eq!(payloads(&bus), (0..1000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn those_that_the_runtime_would_have_wait_are_not_overtaken() {
    let bus = Bus::default();
    let seen = bus.clone();
    let stub = Stub::publishing(move |message| {
        let seen = seen.clone();
        async move {
            consume_budget().await;
            seen.0.lock().unwrap().push(("taken", message));
            sleep(Duration::from_secs(1)).await;
            Ok(())
        }
    });
    many_at_once(stub).await;
    assert_eq!(payloads(&bus), (0..1000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn so_many_are_under_way_at_once() {
    let (gate, bus, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(3));
    (0..10).for_each(|n| emit(&notifier, n));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(payloads(&bus), [0, 1, 2]);
    gate.add_permits(1);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(payloads(&bus), [0, 1, 2, 3]);
    gate.add_permits(9);
    notifier.flush(SOON).await.unwrap();
    assert_eq!(payloads(&bus), (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn one_at_a_time_keeps_the_order_whatever_happens() {
    let nacked = || PublishFault::Refused(Fault::new(FaultKind::Nacked, "full")).into();
    let (bus, stub) = Bus::with([Ok(()), Err(nacked()), Err(nacked()), Ok(()), Err(nacked())]);
    let notifier = notifier(stub, |builder| builder.detached_in_flight(1));
    (0..4).for_each(|n| emit(&notifier, n));
    notifier.flush(SOON * 10).await.unwrap();
    assert_eq!(payloads(&bus), [0, 1, 1, 1, 2, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_make_room_and_are_counted() {
    let (gate, bus, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(1).detached_queue(3));
    emit(&notifier, 0);
    sleep(Duration::from_secs(1)).await;
    let (warnings, _guard) = Warnings::collect();
    (1..=100).for_each(|n| emit(&notifier, n));
    assert_eq!(warnings.with("gave events up").len(), 1, "a line a minute");
    let counters = notifier.counters();
    assert_eq!((counters.dropped, counters.queued), (97, 4));
    gate.add_permits(100);
    notifier.flush(SOON).await.unwrap();
    assert_eq!(payloads(&bus), [0, 98, 99, 100]);
}

#[tokio::test(start_paused = true)]
async fn large_ones_leave_room_for_fewer() {
    let (_, _, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(1));
    emit(&notifier, 0);
    sleep(Duration::from_secs(1)).await;
    let payload = Payload::new(&"x".repeat(12 << 20)).unwrap();
    let large = Notification::with_payload(Priority::Info, "e", payload);
    (0..10).for_each(|_| notifier.emit_detached(&Context::new(), &large));
    assert_eq!((notifier.counters().dropped, notifier.counters().queued), (5, 6));
}

#[tokio::test(start_paused = true)]
async fn who_notifies_takes_room_as_well() {
    let (_, _, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(1));
    emit(&notifier, 0);
    sleep(Duration::from_secs(1)).await;
    (0..10).for_each(|_| emit(&notifier.with_publisher_id("x".repeat(12 << 20)), 0));
    assert_eq!((notifier.counters().dropped, notifier.counters().queued), (5, 6));
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_those_before_it_alone() {
    let (gate, _, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(2));
    (0..5).for_each(|n| emit(&notifier, n));
    let began = Instant::now();
    let late = notifier.flush(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!((late.left, began.elapsed()), (5, Duration::from_secs(5)));
    assert_eq!(late.to_string(), "5 events that were emitted before were not sent in time");

    let flushed = tokio::spawn({
        let notifier = notifier.clone();
        async move { notifier.flush(SOON).await }
    });
    sleep(Duration::from_secs(1)).await;
    emit(&notifier, 5);
    gate.add_permits(5);
    flushed.await.unwrap().unwrap();
    assert_eq!(notifier.counters().queued, 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_is_sent_after_the_last_copy_was_dropped() {
    let (gate, bus, stub) = gated();
    let notifier = notifier(stub, |builder| builder.detached_in_flight(1));
    let copy = notifier.with_publisher_id("other");
    (0..5).for_each(|n| emit(&notifier, n));
    drop(notifier);
    sleep(SOON).await;
    emit(&copy, 5);
    drop(copy);
    gate.add_permits(6);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(payloads(&bus), (0..6).collect::<Vec<_>>());
}

/// Tells when it is dropped, as all do that hold the transport.
#[derive(Debug)]
struct Held(#[expect(dead_code, reason = "held for its drop")] tokio::sync::mpsc::Sender<()>);

impl NotifyDriver for Held {
    fn name(&self) -> &str {
        "held"
    }

    fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
        Box::pin(pending())
    }
}

#[tokio::test(start_paused = true)]
async fn but_not_for_ever() {
    let (held, mut dropped) = tokio::sync::mpsc::channel(1);
    let stub = Stub::able(Abilities::ALL);
    let notifier = notifier(stub, |builder| {
        builder.driver(Held(held)).detached_in_flight(2).linger(Duration::from_secs(7))
    });
    (0..5).for_each(|n| emit(&notifier, n));
    sleep(SOON).await;
    let began = Instant::now();
    let (warnings, _guard) = Warnings::collect();
    drop(notifier);
    assert_eq!(timeout(SOON, dropped.recv()).await, Ok(None));
    assert_eq!(began.elapsed(), Duration::from_secs(7));
    let lines = warnings.with("gave events up");
    assert!(lines.len() == 1 && lines[0].contains("events=5"), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn without_events_nothing_is_left_behind() {
    let (held, mut dropped) = tokio::sync::mpsc::channel(1);
    drop(notifier(Stub::able(Abilities::ALL), |builder| builder.driver(Held(held))));
    let began = Instant::now();
    assert_eq!((timeout(SOON, dropped.recv()).await, began.elapsed()), (Ok(None), Duration::ZERO));
}

#[test]
fn any_thread_may_emit() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (bus, stub) = Bus::new();
    let notifier = {
        let _guard = runtime.enter();
        notifier(stub, |builder| builder.detached_queue(100_000))
    };
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let notifier = notifier.clone();
            std::thread::spawn(move || (0..1000).for_each(|n| emit(&notifier, n)))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    runtime.block_on(notifier.flush(SOON)).unwrap();
    assert_eq!((bus.published().len(), notifier.counters().sent), (4000, 4000));
}

#[test]
fn a_runtime_that_has_ended_is_no_reason_to_hang_or_panic() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let ends = runtime();
    let notifier = {
        let _guard = ends.enter();
        notifier(gated().2, |builder| builder.detached_queue(3).detached_in_flight(2))
    };
    // Two of them are under way.
    (0..3).for_each(|n| emit(&notifier, n));
    ends.block_on(tokio::task::yield_now());
    assert_eq!(notifier.counters().queued, 3);
    let (warnings, _guard) = Warnings::collect();
    drop(ends);
    assert_eq!((notifier.counters().queued, notifier.counters().dropped), (0, 3));
    let lines = warnings.with("gave events up");
    assert!(
        lines.len() == 1 && lines[0].contains("events=3") && lines[0].contains("its runtime"),
        "{lines:?}"
    );
    // Nothing waits for what will not come.
    (3..13).for_each(|n| emit(&notifier, n));
    assert_eq!((notifier.counters().queued, notifier.counters().dropped), (0, 13));
    runtime().block_on(notifier.flush(SOON)).unwrap();
}

/// Panics at every second event.
#[derive(Debug, Default)]
struct Panicking(std::sync::atomic::AtomicUsize);

impl NotifyDriver for Panicking {
    fn name(&self) -> &str {
        "panicking"
    }

    fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
        let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Box::pin(async move {
            assert!(n.is_multiple_of(2), "it panics");
            Ok(())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_panics_ends_its_event_alone() {
    let notifier = notifier(Stub::able(Abilities::ALL), |builder| builder.driver(Panicking::default()));
    (0..10).for_each(|n| emit(&notifier, n));
    notifier.flush(SOON).await.unwrap();
    assert_eq!(notifier.counters(), NotifierCounters { sent: 5, failed: 5, ..NotifierCounters::default() });
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_logged_without_the_payload_and_not_too_often() {
    let forbidden = || PublishFault::Refused(Fault::new(FaultKind::Forbidden, "ACCESS_REFUSED\nforged"));
    let (_, stub) = Bus::with((0..1000).map(|_| Err(forbidden().into())));
    let notifier = notifier(stub, |builder| builder.detached_queue(1000));
    let (warnings, _guard) = Warnings::collect();
    (0..1000).for_each(|_| emit(&notifier, "s3cret"));
    notifier.flush(SOON).await.unwrap();
    let lines = warnings.with("");
    assert_eq!((lines.len(), notifier.counters().failed), (20, 1000));
    for line in lines {
        assert!(
            line.contains("messagingv2 to nova/notifications.info: ") && line.contains("ACCESS_REFUSED"),
            "{line}"
        );
        assert!(!line.contains("s3cret") && !line.contains('\n'), "{line}");
    }
    // What cannot be written is counted and logged as well.
    emit(&notifier, std::collections::BTreeMap::from([(vec![1], 1)]));
    assert_eq!(notifier.counters().failed, 1001);
}
