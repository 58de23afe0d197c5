//! How often an event is tried, and what is said if it is in vain.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use tokio::time::Instant;

use super::*;
use crate::context::Context;
use crate::error::{Fault, FaultKind, Reached};
use crate::notification::{EventSet, Notification, PayloadError, Priority, RpcNotification};
use crate::transport::ConnectionStatus;
use crate::transport::driver::{Address, ListenOptions, NotificationAddress, PublishFault, Source};
use crate::wire::EncodeError;

fn unroutable() -> PublishError {
    PublishFault::Unroutable("NO_ROUTE".to_owned()).into()
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "the broker's words")
}

fn nacked() -> PublishError {
    PublishError { fault: PublishFault::Refused(fault(FaultKind::Nacked)), reached: Reached::Sent }
}

async fn emit(notifier: &Notifier) -> Result<(), NotifyError> {
    notifier.info(&Context::new(), "volume.create.end", &"s3cret payload").await
}

fn failure(outcome: Result<(), NotifyError>) -> NotifyFailure {
    let error = outcome.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    let [failure] = error.failures() else { panic!("{error}") };
    assert_eq!(error.reached(), failure.reached);
    failure.clone()
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_gone_is_declared_again() {
    let (bus, stub) = Bus::with([Ok(()), Err(unroutable())]);
    let notifier = notifier(stub, |builder| builder.retry(Retry::NEVER));
    let began = Instant::now();
    emit(&notifier).await.unwrap();
    emit(&notifier).await.unwrap();
    assert_eq!(bus.declared(), ["nova/notifications.info"; 2]);
    let published = bus.published();
    assert_eq!(published[1].body, published[2].body, "a repetition is known by its id");
    assert_eq!((published.len(), notifier.counters().repeated), (3, 0), "that is one attempt");
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_come_back_is_an_error() {
    let (bus, stub) = Bus::with([Err(unroutable()), Err(unroutable())]);
    let failure = failure(emit(&notifier(stub, |builder| builder.retry(Retry::NEVER))).await);
    assert_eq!(failure.driver, "messagingv2");
    assert_eq!(failure.target.as_deref(), Some("nova/notifications.info"));
    assert_eq!((failure.kind, failure.reached), (Some(FaultKind::NotFound), Reached::Refused));
    assert_eq!((failure.attempts, bus.declared().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_number_of_retries_is_beyond_the_first() {
    let (bus, stub) = Bus::with([Err(nacked()), Err(nacked()), Err(nacked())]);
    let notifier = notifier(stub, |builder| builder.retry(Retry::Times(2)));
    let began = Instant::now();
    let failure = failure(emit(&notifier).await);
    assert_eq!((failure.attempts, failure.kind), (3, Some(FaultKind::Nacked)));
    assert_eq!(
        failure.to_string(),
        "messagingv2 to nova/notifications.info: the broker refused the message: the broker's words (3 attempts)"
    );
    assert_eq!(began.elapsed(), Duration::from_secs(1 + 2), "the pauses");
    let published = bus.published();
    assert!(published.len() == 3 && published.iter().all(|message| message.body == published[0].body));
    assert_eq!(
        notifier.counters(),
        NotifierCounters { failed: 1, repeated: 2, ..NotifierCounters::default() }
    );
}

#[tokio::test(start_paused = true)]
async fn for_ever_is_as_often_as_it_takes() {
    let (bus, stub) = Bus::with((0..20).map(|_| Err(nacked())));
    let notifier = notifier(stub, |builder| builder);
    let began = Instant::now();
    emit(&notifier).await.unwrap();
    assert_eq!(bus.published().len(), 21);
    // 1 + 2 + 4 + 8 + 16 s, and then 30 s each.
    assert_eq!(began.elapsed(), Duration::from_secs(31 + 15 * 30));
    assert!(bus.published().iter().all(|message| message.deadline > Instant::now() + SOON * 1_000_000));
    // A copy of it may have another idea.
    let (_, stub) = Bus::with([Err(nacked())]);
    let notifier = super::notifier(stub, |builder| builder);
    assert_eq!(failure(emit(&notifier.with_retry(Retry::NEVER)).await).attempts, 1);
    emit(&notifier).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_nobody_but_a_person_can_help_is_not_repeated() {
    for (publish_fault, kind, reached) in [
        (PublishFault::Refused(fault(FaultKind::Forbidden)), FaultKind::Forbidden, Reached::Refused),
        (PublishFault::Refused(fault(FaultKind::Conflict)), FaultKind::Conflict, Reached::Refused),
        (PublishFault::Unfit(fault(FaultKind::TooLarge)), FaultKind::TooLarge, Reached::NotSent),
        (PublishFault::Closed, FaultKind::Closed, Reached::NotSent),
    ] {
        let (bus, stub) = Bus::with([Err(publish_fault.into())]);
        let failure = failure(emit(&notifier(stub, |builder| builder)).await);
        assert_eq!((failure.kind, failure.reached, failure.attempts), (Some(kind), reached, 1));
        assert_eq!(bus.published().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_has_its_time_and_the_next_one_follows_at_once() {
    let times = Arc::<Mutex<Vec<Duration>>>::default();
    let began = Instant::now();
    let seen = Arc::clone(&times);
    let stub = Stub::publishing(move |message: Outgoing| {
        seen.lock().unwrap().push(began.elapsed());
        async move {
            tokio::time::sleep_until(message.deadline).await;
            Err(PublishFault::Expired("not sent: nobody is there".to_owned()).into())
        }
    });
    let stub = stub.with_status(ConnectionStatus::Connecting);
    let with =
        |builder: NotifierBuilder| builder.retry(Retry::Times(2)).attempt_timeout(Duration::from_secs(7));
    let failure = failure(emit(&notifier(stub, with)).await);
    assert_eq!((failure.kind, failure.attempts), (Some(FaultKind::NotConnected), 3));
    assert_eq!(*times.lock().unwrap(), [0, 7, 14].map(Duration::from_secs));
    assert_eq!(began.elapsed(), Duration::from_secs(21));
}

#[tokio::test(start_paused = true)]
async fn attempts_without_time_do_not_spin() {
    let stub = Stub::publishing(|_| async { Err(PublishFault::Expired("not sent".to_owned()).into()) });
    let with = |builder: NotifierBuilder| builder.retry(Retry::Times(1000)).attempt_timeout(Duration::ZERO);
    let notifier = notifier(stub, with);
    assert!(tokio::time::timeout(Duration::from_secs(40), emit(&notifier)).await.is_err());
    assert_eq!(notifier.counters().repeated, 6, "after 1, 3, 7, 15 and 31 s, and one is to come");
}

#[tokio::test(start_paused = true)]
async fn any_time_may_be_given() {
    for attempt in [Duration::ZERO, Duration::MAX] {
        let (_, stub) = Bus::new();
        let with =
            |builder: NotifierBuilder| builder.retry(Retry::NEVER).attempt_timeout(attempt).linger(attempt);
        let notifier = notifier(stub, with);
        emit(&notifier).await.unwrap();
        notifier.flush(attempt).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn every_driver_and_topic_is_tried_whatever_becomes_of_the_others() {
    #[derive(Debug)]
    struct Broken;
    impl NotifyDriver for Broken {
        fn name(&self) -> &str {
            "broken"
        }
        fn notify<'a>(&'a self, emission: &'a Emission) -> Delivering<'a> {
            let failure = NotifyFailure::new(self.name(), "its disk is full");
            Box::pin(std::future::ready(Err(NotifyError::new(emission, failure))))
        }
    }
    let stub = Stub::publishing(|message: Outgoing| async move {
        match message.route.to_string().starts_with("nova/a.") {
            true => Err(PublishFault::Refused(fault(FaultKind::Forbidden)).into()),
            false => Ok(()),
        }
    });
    let test = TestDriver::new();
    let own = test.clone();
    let notifier = notifier(stub, |builder| {
        builder.topics(["a", "b"]).drivers([DriverName::MessagingV2]).driver(Broken).driver(own)
    });
    let error = emit(&notifier).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "volume.create.end did not go everywhere: messagingv2 to nova/a.info: the broker refused the message: the \
         broker's words; broken: its disk is full"
    );
    assert_eq!((error.failures().len(), error.reached()), (2, Reached::Refused));
    assert_eq!(test.take().len(), 1);
    assert_eq!(notifier.counters().failed, 1);
}

#[tokio::test]
async fn an_error_does_not_grow_with_the_event_type() {
    let (_, stub) = Bus::with([Err(PublishFault::Refused(fault(FaultKind::Forbidden)).into())]);
    let (notifier, event_type) = (notifier(stub, |builder| builder), "e".repeat(10_000));
    let refused = notifier.info(&Context::new(), &event_type, &1).await.unwrap_err();
    let unwritten = std::collections::BTreeMap::from([(vec![1], 1)]);
    let unwritten = notifier.info(&Context::new(), &event_type, &unwritten).await.unwrap_err();
    for error in [refused, unwritten] {
        let said = error.to_string();
        assert!(said.starts_with("eee") && said.len() < 500, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_driver_holds_nobody_up() {
    #[derive(Debug)]
    struct Slow;
    impl NotifyDriver for Slow {
        fn name(&self) -> &str {
            "slow"
        }
        fn notify<'a>(&'a self, _: &'a Emission) -> Delivering<'a> {
            Box::pin(std::future::pending())
        }
    }
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder.drivers([DriverName::MessagingV2]).driver(Slow));
    assert!(tokio::time::timeout(SOON, emit(&notifier)).await.is_err());
    assert_eq!(bus.taken().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn one_declaration_is_for_all_that_wait_for_it() {
    let (declared, may) = (Arc::<AtomicUsize>::default(), Arc::new(tokio::sync::Notify::new()));
    let (count, wait) = (Arc::clone(&declared), Arc::clone(&may));
    let (bus, stub) = Bus::new();
    let stub = stub.declaring(move |_| {
        let (count, wait) = (Arc::clone(&count), Arc::clone(&wait));
        async move {
            count.fetch_add(1, Ordering::Relaxed);
            wait.notified().await;
            Ok(())
        }
    });
    let notifier = notifier(stub, |builder| builder);
    let emitted: Vec<_> = (0..10).map(|_| tokio::spawn(notifier.info(&Context::new(), "e", &1))).collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((declared.load(Ordering::Relaxed), bus.published().len()), (1, 0));
    may.notify_one();
    for emitted in emitted {
        emitted.await.unwrap().unwrap();
    }
    assert_eq!((declared.load(Ordering::Relaxed), bus.published().len()), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn a_declaration_that_fails_or_never_ends_is_an_error_that_says_so() {
    let (bus, stub) = Bus::new();
    let stub = stub.declaring(|_| std::future::ready(Err(fault(FaultKind::Conflict))));
    let conflict = failure(emit(&notifier(stub, |builder| builder)).await);
    assert_eq!((conflict.kind, conflict.reached), (Some(FaultKind::Conflict), Reached::NotSent));
    assert_eq!(conflict.why, "its queue cannot be declared: the broker's words");

    let stub = Stub::able(crate::transport::abilities::Abilities::ALL).declaring(|_| std::future::pending());
    let with =
        |builder: NotifierBuilder| builder.retry(Retry::Times(1)).attempt_timeout(Duration::from_secs(5));
    let began = Instant::now();
    let late = failure(emit(&notifier(stub, with)).await);
    assert_eq!((late.kind, late.attempts), (Some(FaultKind::NoAnswer), 2));
    assert_eq!(began.elapsed(), Duration::from_secs(10));
    assert!(bus.published().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_declaration_that_fails_for_now_is_repeated() {
    let count = AtomicUsize::new(0);
    let (bus, stub) = Bus::new();
    let stub = stub.declaring(move |_| {
        let first = count.fetch_add(1, Ordering::Relaxed) == 0;
        std::future::ready(if first { Err(fault(FaultKind::NotConnected)) } else { Ok(()) })
    });
    emit(&notifier(stub, |builder| builder)).await.unwrap();
    assert_eq!(bus.taken().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn queues_need_not_be_declared() {
    let (bus, stub) = Bus::with([Err(unroutable())]);
    let notifier = notifier(stub, |builder| builder.declare_queues(false).retry(Retry::NEVER));
    assert_eq!(failure(emit(&notifier).await).kind, Some(FaultKind::NotFound));
    emit(&notifier).await.unwrap();
    assert!(bus.declared().is_empty() && bus.published().iter().all(|message| !message.mandatory));
}

#[tokio::test(start_paused = true)]
async fn how_far_it_came_is_where_it_came_furthest() {
    let not_sent =
        || PublishError { fault: PublishFault::Expired("not sent".to_owned()), reached: Reached::NotSent };
    let (_, stub) = Bus::with([Err(nacked()), Err(not_sent())]);
    let failure = failure(emit(&notifier(stub, |builder| builder.retry(Retry::Times(1)))).await);
    assert_eq!((failure.reached, failure.kind), (Reached::Sent, Some(FaultKind::NoAnswer)));
}

#[tokio::test]
async fn a_message_that_no_listener_takes_is_not_sent() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    let large = "x".repeat(crate::wire::Limits::default().max_body);
    let failure = failure(notifier.info(&Context::new(), "e", &large).await);
    assert_eq!(failure.kind, Some(FaultKind::TooLarge));
    assert!(failure.why.contains("more than max_body="), "{failure}");
    assert!(bus.published().is_empty());
}

/// A set of events that has a topic of its own.
struct Instance;

impl RpcNotification for Instance {
    const EVENTS: EventSet = EventSet {
        topic: Some("versioned_notifications"),
        exchange: Some("nova2"),
        ..EventSet::new("Instance", &[])
    };

    fn notification(&self) -> Result<Notification, EncodeError> {
        Notification::new(Priority::Error, "instance.create.error", &1)
    }

    fn read(_: &Notification) -> Result<Option<Self>, PayloadError> {
        Ok(Some(Self))
    }
}

#[tokio::test]
async fn a_set_has_a_topic_and_an_exchange_of_its_own() {
    let (bus, stub) = Bus::new();
    let transport = Transport::for_tests(stub);
    let usual = Notifier::builder(&transport).build().unwrap();
    usual.emit(&Context::new(), &Instance).await.unwrap();
    usual.info(&Context::new(), "e", &1).await.unwrap();
    let told = Notifier::builder(&transport).topics(["a"]).exchange("x").build().unwrap();
    told.emit(&Context::new(), &Instance).await.unwrap();
    let expected = ["nova2/versioned_notifications.error", "openstack/notifications.info", "x/a.error"];
    assert_eq!(bus.taken(), expected);
    assert_eq!(bus.declared(), expected);
}

#[tokio::test]
async fn what_cannot_be_written_is_an_error_before_any_driver_is_asked() {
    use std::collections::BTreeMap;
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    let unwritable = BTreeMap::from([(vec![1], 1)]);
    let error = notifier.info(&Context::new(), "e", &unwritable).await.unwrap_err();
    assert!(matches!(&error, NotifyError::Encode { .. }), "{error:?}");
    assert!(error.to_string().starts_with("e was not sent: cannot encode payload: "), "{error}");
    let context = (0..2000).fold(Context::new(), |ctx, n| ctx.with(format!("f{n}"), n));
    let error = notifier.emit(&context, &Instance).await.unwrap_err();
    assert!(
        error.to_string().starts_with("instance.create.error was not sent: cannot encode context"),
        "{error}"
    );
    assert!(bus.published().is_empty() && bus.declared().is_empty());
    assert_eq!(notifier.counters().failed, 2);
}

#[tokio::test]
async fn in_memory_an_event_waits_for_its_first_listener() {
    let transport = Transport::connect("memory://").await.unwrap();
    let notifier = Notifier::builder(&transport).publisher_id("p").exchange("nova").build().unwrap();
    notifier.info(&Context::new().with_user("u1"), "e", &5).await.unwrap();
    let source = Source { exchange: "nova".into(), queue: "notifications.info".into() };
    let address = Address::Notifications(NotificationAddress { sources: vec![source], pool: None });
    let mut listener = transport.driver().listen(address, ListenOptions::default()).await.unwrap();
    let delivery = listener.deliveries.recv().await.unwrap();
    let read = Read::decode(&delivery.body, &Content::JSON, &Limits::default()).unwrap();
    assert_eq!((read.event_type.as_deref(), read.payload_text()), (Some("e"), "5"));
    assert_eq!(read.context.get("user_id"), Some("\"u1\""));

    transport.close(SOON).await;
    let failure = failure(emit(&notifier).await);
    assert_eq!((failure.kind, failure.reached), (Some(FaultKind::Closed), Reached::NotSent));
}

#[tokio::test]
async fn a_future_that_is_not_polled_sends_nothing() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder);
    drop(notifier.info(&Context::new(), "e", &1));
    assert!(bus.published().is_empty());
    let emitted = notifier.info(&Context::new(), "e", &1);
    drop(notifier);
    assert!(emitted.now_or_never().unwrap().is_ok(), "it does not need the notifier any more");
}
