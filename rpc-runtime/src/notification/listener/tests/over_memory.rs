//! Listeners over the broker in memory: which queues there are, and who has what.

use super::stage::{Heard, notification};
use super::*;
use crate::clock::after;
use crate::logged::Warnings;
use crate::notification::listener::ListenerError;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, Route, Wanted};

async fn memory() -> Transport {
    Transport::connect("memory://").await.unwrap()
}

/// Sends as a notifier does; whether there is a queue that takes it.
async fn send(transport: &Transport, exchange: &str, queue: &str, members: Value) -> bool {
    let message = Outgoing {
        route: Route::Notification { exchange: exchange.into(), queue: queue.into() },
        body: notification(members).into(),
        ask: None,
        mandatory: true,
        expiration: None,
        deadline: after(Duration::from_secs(60)),
        wanted: Wanted::AtOnce,
    };
    transport.driver().publish(message).await.is_ok()
}

async fn settle() {
    sleep(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn topics_exchanges_and_priorities() {
    let transport = memory().await;
    let heard = Heard::default();
    let endpoint = heard.content().priorities([Priority::Info, Priority::Error]);
    let listener = Listener::builder(&transport)
        .topic("notifications")
        .topic_of("nova", "versioned_notifications")
        .endpoint(endpoint);
    let _listener = listener.start().await.unwrap();
    for (exchange, queue, priority, taken) in [
        ("openstack", "notifications.info", "INFO", true),
        ("openstack", "notifications.error", "ERROR", true),
        ("openstack", "notifications.debug", "DEBUG", false),
        ("nova", "versioned_notifications.info", "INFO", true),
        ("nova", "notifications.info", "INFO", false),
        ("openstack", "versioned_notifications.info", "INFO", false),
    ] {
        let members = json!({"event_type": format!("{exchange} {queue}"), "priority": priority});
        assert_eq!(send(&transport, exchange, queue, members).await, taken, "{exchange} {queue}");
    }
    settle().await;
    let mut all = heard.all();
    all.sort();
    assert_eq!(
        all,
        [
            "nova versioned_notifications.info",
            "openstack notifications.error",
            "openstack notifications.info"
        ]
    );
}

/// A set of events with a topic of its own.
struct Versioned;

impl crate::notification::RpcNotification for Versioned {
    const EVENTS: crate::notification::EventSet = {
        const EVENT: crate::notification::Event = crate::notification::Event {
            name: "Update",
            event_type: "service.update",
            priority: Priority::Info,
            since: None,
            payload: "u8",
            class: None,
            doc: "",
        };
        let set = crate::notification::EventSet::new("Versioned", &[EVENT]);
        crate::notification::EventSet {
            topic: Some("versioned_notifications"),
            exchange: Some("nova"),
            ..set
        }
    };

    fn notification(&self) -> Result<Notification, crate::wire::EncodeError> {
        unreachable!()
    }

    fn read(event: &Notification) -> Result<Option<Self>, crate::notification::PayloadError> {
        Ok((event.event_type() == "service.update").then_some(Self))
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_topic_each_endpoint_brings_its_own() {
    let transport = memory().await;
    let (typed, untyped) = (Heard::default(), Heard::default());
    let counting = typed.clone();
    let endpoint = NotificationEndpoint::new(move |_: Context, _: Versioned, meta: Meta| {
        counting.add(&meta.queue);
        async {}
    });
    let builder = Listener::builder(&transport);
    let listener = builder.endpoint(endpoint).endpoint(untyped.content().priorities([Priority::Error]));
    let listener = listener.start().await.unwrap();
    for (exchange, queue, taken) in [
        ("nova", "versioned_notifications.info", true),
        ("openstack", "notifications.error", true),
        ("nova", "versioned_notifications.error", false),
        ("openstack", "notifications.info", false),
    ] {
        let priority = if queue.ends_with("info") { "INFO" } else { "ERROR" };
        let members = json!({"event_type": "service.update", "priority": priority});
        assert_eq!(send(&transport, exchange, queue, members).await, taken, "{exchange} {queue}");
    }
    assert!(
        send(&transport, "nova", "versioned_notifications.info", json!({"event_type": "service.other"}))
            .await
    );
    settle().await;
    assert_eq!((typed.all(), untyped.count()), (vec!["versioned_notifications.info".to_owned()], 1));
    assert_eq!(listener.counters().unhandled, 1);
}

#[tokio::test(start_paused = true)]
async fn each_pool_has_all_and_its_members_share_them() {
    let transport = memory().await;
    let (plain, one, other, audit) = (Heard::default(), Heard::default(), Heard::default(), Heard::default());
    let start = async |heard: &Heard, pool: Option<&str>| {
        let listener = Listener::builder(&transport).endpoint(heard.content().priorities([Priority::Info]));
        let listener = if let Some(pool) = pool { listener.pool(pool) } else { listener };
        listener.concurrency(1).prefetch(1).start().await.unwrap()
    };
    let _listeners = [
        start(&plain, None).await,
        start(&one, Some("billing")).await,
        start(&other, Some("billing")).await,
        start(&audit, Some("audit")).await,
    ];
    for n in 0..10 {
        assert!(
            send(&transport, "openstack", "notifications.info", json!({"event_type": n.to_string()})).await
        );
    }
    settle().await;
    assert_eq!((plain.count(), audit.count()), (10, 10));
    let mut shared = [one.all(), other.all()].concat();
    shared.sort();
    assert_eq!(shared, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(one.count() > 0 && other.count() > 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_who_reads_a_plain_queue_beside_a_pool_is_warned_of() {
    let transport = memory().await;
    let heard = Heard::default();
    let (warnings, _guard) = Warnings::collect();
    let warned = || warnings.with("nobody consumes from a queue").len();
    let plain = Listener::builder(&transport).endpoint(heard.content().priorities([Priority::Info]));
    let plain = plain.start().await.unwrap();
    let pool = Listener::builder(&transport).endpoint(heard.content()).pool("billing");
    let pool = pool.start().await.unwrap();
    settle().await;
    assert_eq!(warned(), 0, "one is read, and the others are not there");
    plain.shutdown(Duration::from_secs(1)).await.unwrap();
    sleep(Duration::from_secs(301)).await;
    let lines = warnings.with("queue=notifications.info pool=\"notifications for the pool billing\"");
    assert_eq!((lines.len(), warned()), (1, 1));
    sleep(Duration::from_secs(1000)).await;
    assert_eq!(warned(), 1, "not again and again");
    let plain = Listener::builder(&transport).endpoint(heard.content().priorities([Priority::Info]));
    let plain = plain.start().await.unwrap();
    sleep(Duration::from_secs(301)).await;
    drop(plain);
    sleep(Duration::from_secs(301)).await;
    assert_eq!(warned(), 2, "it became so again");
    pool.shutdown(Duration::from_secs(1)).await.unwrap();
    let next = Listener::builder(&transport).endpoint(heard.content()).pool("audit");
    let _next = next.start().await.unwrap();
    settle().await;
    assert_eq!(warned(), 3, "and at the start");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wants_is_drained() {
    let transport = memory().await;
    let heard = Heard::default();
    let endpoint = heard.content().priorities([Priority::Info]);
    let listener = Listener::builder(&transport).endpoint(endpoint).drain_unhandled(true);
    let listener = listener.start().await.unwrap();
    for priority in Priority::ALL {
        let members = json!({"priority": priority.wire_name()});
        assert!(send(&transport, "openstack", &format!("notifications.{priority}"), members).await);
    }
    // The priority in the body decides.
    assert!(send(&transport, "openstack", "notifications.debug", json!({"priority": "INFO"})).await);
    settle().await;
    let counters = listener.counters();
    assert_eq!((counters.handled, counters.drained, counters.unhandled, heard.count()), (2, 6, 0, 2));

    let only = Listener::builder(&transport).topic("other").drain_unhandled(true).start().await.unwrap();
    assert!(send(&transport, "openstack", "other.critical", json!({"priority": "CRITICAL"})).await);
    settle().await;
    assert_eq!(only.counters().drained, 1);
}

/// Given back, it is the next one again, and nothing overtakes it.
#[tokio::test(start_paused = true)]
async fn one_at_a_time_keeps_the_order_even_of_what_goes_back() {
    let transport = memory().await;
    let heard = Heard::default();
    let left = Arc::new(Mutex::new(3));
    let endpoint = heard.endpoint(move |event| {
        let again = event.event_type() == "1" && {
            let mut left = lock(&left);
            *left -= 1;
            *left >= 0
        };
        async move { if again { Verdict::Requeue } else { Verdict::Handled } }
    });
    let listener = Listener::builder(&transport).endpoint(endpoint.priorities([Priority::Info]));
    let listener = listener.concurrency(1).prefetch(1).start().await.unwrap();
    for n in 0..4 {
        assert!(
            send(&transport, "openstack", "notifications.info", json!({"event_type": n.to_string()})).await
        );
    }
    sleep(Duration::from_secs(5)).await;
    assert_eq!(heard.all(), ["0", "1", "1", "1", "1", "2", "3"]);
    assert_eq!(listener.counters().requeued, 3);
}

#[tokio::test(start_paused = true)]
async fn poison_ends_in_the_dead_letters_of_the_pool() {
    let transport = memory().await;
    let heard = Heard::default();
    let endpoint = heard.endpoint(|_| async { Verdict::Requeue }).priorities([Priority::Info]);
    let builder = Listener::builder(&transport).endpoint(endpoint).pool("billing");
    let listener = builder.dead_letters(DeadLetters::new().redeliveries(2)).start().await.unwrap();
    assert!(send(&transport, "openstack", "notifications.info", json!({})).await);
    sleep(Duration::from_secs(60)).await;
    let counters = listener.counters();
    assert_eq!((heard.count(), counters.requeued, counters.dead_lettered), (3, 2, 1));
    assert_eq!((counters.given_up, counters.taken), (1, 3));
}

async fn refused(set: impl FnOnce(ListenerBuilder) -> ListenerBuilder) -> String {
    let builder = set(Listener::builder(&memory().await));
    let error: ListenerError = builder.start().await.unwrap_err();
    error.to_string()
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_named() {
    let heard = Heard::default();
    let one = || heard.content();
    let together = || NotificationEndpoint::batch(|_: Vec<(Context, Notification, Meta)>| async {});
    let second = Duration::from_secs(1);
    for (said, why) in [
        (refused(|builder| builder).await, "the listener has no endpoint"),
        (
            refused(|builder| builder.endpoint(one().priorities([]))).await,
            "of Notification wants no priority",
        ),
        (refused(|builder| builder.endpoint(together())).await, "takes batches: say how large they are"),
        (
            refused(|builder| builder.endpoint(one()).batch(0, second)).await,
            "a batch of 0 notifications has none",
        ),
        (
            refused(|builder| builder.endpoint(one()).batch(10, second).prefetch(9)).await,
            "a batch of 10 notifications never fills with a prefetch of 9",
        ),
        (
            refused(|builder| builder.endpoint(one()).batch(70_000, second)).await,
            "a batch of 70000 notifications never fills: no broker hands over more than 65535",
        ),
        (
            refused(|builder| builder.endpoint(one()).batch(10, second).memory(100 << 20)).await,
            "a batch of 10 notifications never fills with a memory of 104857600 bytes: half of it has room for 1 of",
        ),
        (refused(|builder| builder.endpoint(one()).prefetch(0)).await, "a prefetch of 0 has no meaning"),
        (refused(|builder| builder.endpoint(one()).topic("")).await, "the topic is empty"),
        (refused(|builder| builder.endpoint(one()).topic("a.*")).await, "the topic \"a.*\" has the word *"),
        (refused(|builder| builder.endpoint(one()).pool("")).await, "the name of the pool is empty"),
        (
            refused(|builder| builder.endpoint(one()).pool("p".repeat(256))).await,
            "has 256 bytes, more than 255",
        ),
        (
            refused(|builder| builder.endpoint(one()).topic("t").pool("t.audit")).await,
            "the pool \"t.audit\" has the name of a queue of its own topics",
        ),
        (
            refused(|builder| builder.endpoint(one()).pool("p").drain_unhandled(true)).await,
            "drain_unhandled(true) has nothing to do in a pool",
        ),
        (
            refused(|builder| {
                builder.endpoint(one()).acknowledge(Acknowledge::Early).on_error(OnError::Requeue)
            })
            .await,
            "on_error(OnError::Requeue) needs Acknowledge::Late",
        ),
        (
            refused(|builder| builder.endpoint(one()).dead_letters(DeadLetters::new().topic("#"))).await,
            "the topic of dead letters \"#\" has the word #",
        ),
        (
            refused(|builder| {
                builder.endpoint(one()).dead_letters(DeadLetters::new().topic("notifications.warn"))
            })
            .await,
            "the topic of dead letters \"notifications.warn\" has the name of a queue that is listened to",
        ),
    ] {
        assert!(said.contains(why), "{said}");
    }
}
