//! What becomes of a notification, by what its handlers say, and of one that comes again and again.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::stage::{ACK, BACK, DROP, Heard, LIMIT, Stage, notification};
use super::*;
use crate::logged::Warnings;
use crate::receiving::{Acknowledge, DeadLetters};
use crate::transport::driver::{Delivery, History, PublishFault};
use crate::transport::stub::until;

#[tokio::test(start_paused = true)]
async fn each_verdict_settles_it_in_its_way() {
    for (verdict, settled, after) in [
        (Verdict::Handled, ACK, 0),
        (Verdict::Requeue, BACK, 0),
        (Verdict::RequeueAfter(Duration::from_millis(700)), BACK, 700),
        (Verdict::RequeueAfter(Duration::ZERO), BACK, 0),
        (Verdict::Reject, DROP, 0),
    ] {
        let heard = Heard::default();
        let stage =
            Stage::new(|listener| listener.endpoint(heard.endpoint(move |_| async move { verdict }))).await;
        stage.deliver(notification(json!({}))).await;
        let (tag, told, at) = stage.verdict(1).await;
        assert_eq!((tag, told), (1, settled), "{verdict:?}");
        assert!((after..after + 5).contains(&at), "{verdict:?}: {at}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_spins_and_there_is_an_end() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| {
        listener.endpoint(heard.endpoint(|_| async { Verdict::Requeue })).redeliveries(9)
    })
    .await;
    let body = notification(json!({"_unique_id": "u"}));
    let (warnings, _guard) = Warnings::collect();
    let (mut pauses, mut last) = (Vec::new(), 0);
    stage.deliver(body.clone()).await;
    for count in 1..=10 {
        let (_, verdict, at) = stage.verdict(count).await;
        pauses.push((at - last) / 100 * 100);
        if verdict == ACK {
            break;
        }
        assert_eq!(verdict, BACK);
        last = at;
        // As a classic queue does, which knows nothing but that it was there before.
        stage.redeliver(body.clone()).await;
    }
    assert_eq!(pauses, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 0]);
    assert_eq!(heard.count(), 10, "the first time and nine more");
    let counters = stage.listener.counters();
    assert_eq!((counters.requeued, counters.given_up, counters.handled), (9, 1, 0));
    let lines = warnings.with("gave a notification up");
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("event_type=\"e\" message_id=\"id-1\" deliveries=10"), "{lines:?}");
    // What was given up and is sent once more has all its time again.
    stage.redeliver(body).await;
    assert_eq!(stage.verdict(11).await.1, BACK);
}

/// What has no id is told from others by what it says.
#[tokio::test(start_paused = true)]
async fn what_was_handled_in_the_end_is_counted_anew() {
    let heard = Heard::default();
    let count = heard.clone();
    let endpoint = heard.endpoint(move |_| {
        let third = count.count() == 3;
        async move { if third { Verdict::Handled } else { Verdict::Requeue } }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint).redeliveries(2)).await;
    let body = notification(json!({}));
    stage.deliver(body.clone()).await;
    // After the third time, another listener has given the same back.
    for (count, verdict) in [(1, BACK), (2, BACK), (3, ACK), (4, BACK)] {
        assert_eq!(stage.verdict(count).await.1, verdict, "{count}");
        stage.redeliver(body.clone()).await;
    }
    assert_eq!((stage.verdict(5).await.1, heard.count()), (ACK, 5));
    assert_eq!((stage.listener.counters().handled, stage.listener.counters().given_up), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_counts_is_believed() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| {
        listener.endpoint(heard.endpoint(|_| async { Verdict::Requeue })).redeliveries(3)
    })
    .await;
    for (counted, verdict, handled) in [(3, ACK, 1), (4, ACK, 1), (2, BACK, 2)] {
        let history = History { counted: Some(counted), ..History::default() };
        let body = notification(json!({"_unique_id": counted.to_string()}));
        let before = stage.verdicts().len();
        stage.deliver_as(body, |delivery| Delivery { redelivered: true, history, ..delivery }).await;
        assert_eq!(stage.verdict(before + 1).await.1, verdict, "{counted}");
        assert_eq!(heard.count(), handled, "{counted}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_to_go_back_takes_no_handler() {
    let heard = Heard::default();
    let hour = Duration::from_secs(3600);
    let endpoint = heard.endpoint(move |event| async move {
        if event.event_type() == "later" { Verdict::RequeueAfter(hour) } else { Verdict::Handled }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint).concurrency(1)).await;
    stage.deliver(notification(json!({"event_type": "later"}))).await;
    stage.deliver(notification(json!({"event_type": "now"}))).await;
    stage.now().await;
    assert_eq!((stage.verdicts(), heard.all()), (vec![(2, ACK)], vec!["later".to_owned(), "now".to_owned()]));
    // At the end it does not wait for its time.
    let book = Arc::clone(&stage.book);
    stage.listener.shutdown(Duration::from_secs(1)).await.unwrap();
    assert_eq!(lock(&book.verdicts)[1], (1, BACK));
}

#[tokio::test(start_paused = true)]
async fn the_first_one_that_is_not_content_ends_it() {
    let (first, second, third) = (Heard::default(), Heard::default(), Heard::default());
    let stage = Stage::new(|listener| {
        listener
            .endpoint(first.endpoint(|_| async { Err::<(), _>("it failed") }))
            .endpoint(second.endpoint(|event| async move {
                if event.event_type() == "bad" { Verdict::Reject } else { Verdict::Handled }
            }))
            .endpoint(third.content())
    })
    .await;
    for event in ["good", "bad"] {
        stage.deliver(notification(json!({"event_type": event}))).await;
        stage.now().await;
    }
    assert_eq!([first, second, third].map(|heard| heard.count()), [2, 2, 1]);
    assert_eq!(stage.verdicts(), [(1, ACK), (2, DROP)]);
    let counters = stage.listener.counters();
    assert_eq!((counters.taken, counters.handled, counters.refused, counters.failed), (2, 1, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_what_on_error_says() {
    for (on_error, settled) in [(OnError::Handled, ACK), (OnError::Requeue, BACK), (OnError::Reject, DROP)] {
        let heard = Heard::default();
        let (failing, panicking) = (
            heard.endpoint(|_| async { Err::<Verdict, _>("hidden\nforged") }).priorities([Priority::Info]),
            heard
                .endpoint(|_| async {
                    if true {
                        panic!("secret")
                    }
                })
                .priorities([Priority::Error]),
        );
        let (warnings, _guard) = Warnings::collect();
        let stage =
            Stage::new(|listener| listener.endpoint(failing).endpoint(panicking).on_error(on_error)).await;
        stage.deliver(notification(json!({"payload": {"password": "hunter2"}}))).await;
        stage.deliver(notification(json!({"priority": "ERROR"}))).await;
        stage.now().await;
        assert_eq!(stage.verdicts(), [(1, settled), (2, settled)], "{on_error:?}");
        assert_eq!((heard.count(), stage.listener.counters().failed), (2, 2));
        assert!(warnings.with("hidden\\nforged")[0].contains("event_type=\"e\" message_id=\"id-1\""));
        assert_eq!(warnings.with("panicked: secret").len(), 1);
        assert_eq!(warnings.with("hunter2"), Vec::<String>::new());
    }
}

fn dead() -> DeadLetters {
    DeadLetters::new().undecodable(true)
}

#[tokio::test(start_paused = true)]
async fn dead_letters_have_what_is_given_up_rejected_or_not_read() {
    let heard = Heard::default();
    let endpoint = heard.endpoint(|event| async move {
        if event.event_type() == "again" { Verdict::Requeue } else { Verdict::Reject }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint).dead_letters(dead()).redeliveries(0)).await;
    stage.deliver(notification(json!({"event_type": "again"}))).await;
    stage.deliver(notification(json!({"event_type": "never"}))).await;
    stage.deliver("nonsense").await;
    stage.now().await;
    let mut verdicts = stage.verdicts();
    verdicts.sort_by_key(|(tag, _)| *tag);
    assert_eq!(verdicts, [(1, ACK), (2, ACK), (3, ACK)]);
    let forwarded = lock(&stage.forwarded);
    let mut letters: Vec<_> = forwarded
        .iter()
        .map(|letter| {
            let death = letter.death.as_ref().unwrap();
            assert_eq!(
                (letter.route.to_string().as_str(), &*death.queue),
                ("openstack/notifications.dead", "probe")
            );
            (death.reason, letter.deliveries, death.error.clone())
        })
        .collect();
    letters.sort();
    assert_eq!(letters[0], ("delivery_limit", 1, "again was delivered 1 times and never handled".to_owned()));
    assert_eq!((letters[1].0, letters[1].1), ("rejected", 0));
    assert_eq!(letters[2], ("rejected", 1, "the handler of never has rejected it".to_owned()));
    let counters = stage.listener.counters();
    assert_eq!(
        (counters.dead_lettered, counters.given_up, counters.refused, counters.rejected),
        (3, 1, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_dead_letters_do_not_take_comes_again_and_has_had_its_time() {
    let heard = Heard::default();
    let stage = Stage::passing(
        |_| Err(PublishFault::Closed.into()),
        |listener| {
            let endpoint = heard.endpoint(|_| async { Verdict::Requeue });
            listener.endpoint(endpoint).dead_letters(dead()).redeliveries(0)
        },
    )
    .await;
    let body = notification(json!({}));
    stage.deliver(body.clone()).await;
    let (_, verdict, at) = stage.verdict(1).await;
    assert!(verdict == BACK && at >= 1000, "{verdict:?} {at}");
    stage.redeliver(body).await;
    let (_, verdict, again) = stage.verdict(2).await;
    assert!(verdict == BACK && again >= at + 1000, "{verdict:?} {again}");
    assert_eq!((heard.count(), stage.listener.counters().given_back), (1, 2));
}

/// Delivers one for the last time, which was not put there as a copy.
async fn deliver_last(stage: &Stage, body: impl Into<bytes::Bytes>) {
    let history = History { counted: Some(LIMIT), ..History::default() };
    stage.deliver_as(body, |delivery| Delivery { redelivered: true, history, ..delivery }).await;
}

/// Given back, its queue would drop it.
#[tokio::test(start_paused = true)]
async fn what_was_delivered_for_the_last_time_is_kept_until_it_is_sent_on() {
    static ATTEMPTS: AtomicUsize = AtomicUsize::new(0);
    // A copy, a dead letter that comes too often, and one that cannot be read.
    for (redeliveries, body, reason) in [
        (LIMIT, notification(json!({})), None),
        (LIMIT - 1, notification(json!({})), Some("delivery_limit")),
        (LIMIT, "{".to_owned(), Some("rejected")),
    ] {
        ATTEMPTS.store(0, Ordering::SeqCst);
        let heard = Heard::default();
        let stage = Stage::passing(
            |_| match ATTEMPTS.fetch_add(1, Ordering::SeqCst) {
                0..100 => Err(PublishFault::Expired("an alarm".to_owned()).into()),
                _ => Ok(()),
            },
            |listener| listener.endpoint(heard.content()).dead_letters(dead()).redeliveries(redeliveries),
        )
        .await;
        deliver_last(&stage, body).await;
        let (_, verdict, at) = stage.verdict(1).await;
        assert!(verdict == ACK && at >= 100_000, "{reason:?}: {verdict:?} {at}");
        assert_eq!((heard.count(), stage.listener.counters().given_back), (0, 0), "{reason:?}");
        let sent = lock(&stage.forwarded).pop().unwrap();
        assert_eq!(sent.death.map(|death| death.reason), reason);
    }
}

#[tokio::test(start_paused = true)]
async fn but_not_for_longer_than_it_can_be_settled_or_the_listener_serves() {
    for ends in [true, false] {
        let heard = Heard::default();
        let stage = Stage::passing(
            |_| Err(PublishFault::Expired("an alarm".to_owned()).into()),
            |listener| listener.endpoint(heard.content()).dead_letters(dead()).redeliveries(LIMIT),
        )
        .await;
        deliver_last(&stage, notification(json!({}))).await;
        sleep(Duration::from_secs(100)).await;
        let attempts = || lock(&stage.forwarded).len();
        assert!(attempts() >= 99 && stage.verdicts().is_empty(), "{} {:?}", attempts(), stage.verdicts());
        if ends {
            stage.listener.shutdown(Duration::from_secs(30)).await.unwrap();
            assert_eq!(*lock(&stage.book.verdicts), [(1, BACK)]);
            let before = attempts();
            sleep(Duration::from_secs(10)).await;
            assert_eq!(attempts(), before);
        } else {
            stage.book.lost.store(true, Ordering::SeqCst);
            sleep(Duration::from_secs(2)).await;
            let before = attempts();
            sleep(Duration::from_secs(10)).await;
            assert_eq!((attempts(), stage.listener.counters().given_back), (before, 1));
        }
    }
}

/// What takes the whole process down is counted by nobody else.
#[tokio::test(start_paused = true)]
async fn with_dead_letters_a_classic_queue_is_given_copies_with_a_count() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| {
        listener.endpoint(heard.endpoint(|_| async { Verdict::Requeue })).dead_letters(dead()).redeliveries(1)
    })
    .await;
    let body = notification(json!({"_unique_id": "u"}));
    stage.redeliver(body.clone()).await;
    stage.now().await;
    assert_eq!((stage.verdicts(), heard.count()), (vec![(1, ACK)], 0));
    let copy = lock(&stage.forwarded).pop().unwrap();
    assert_eq!((copy.route.to_string().as_str(), copy.deliveries, copy.death), ("probe", 1, None));
    // The copy itself is handled, and its count goes on.
    let noted = |noted| History { noted, ..History::default() };
    stage.deliver_as(body.clone(), |delivery| Delivery { history: noted(1), ..delivery }).await;
    assert_eq!((stage.verdict(2).await.1, heard.count()), (ACK, 1));
    assert_eq!(lock(&stage.forwarded).pop().unwrap().death.unwrap().reason, "delivery_limit");
}

#[tokio::test(start_paused = true)]
async fn what_is_acknowledged_early_cannot_go_back() {
    let heard = Heard::default();
    let endpoint = heard.endpoint(|event| async move {
        match event.event_type() {
            "back" => Verdict::Requeue,
            "away" => Verdict::Reject,
            _ => Verdict::Handled,
        }
    });
    let (warnings, _guard) = Warnings::collect();
    let stage = Stage::new(|listener| {
        listener.endpoint(endpoint).acknowledge(Acknowledge::Early).dead_letters(dead())
    })
    .await;
    stage.book.held_back.store(true, Ordering::SeqCst);
    for event in ["back", "away", "done"] {
        stage.deliver(notification(json!({"event_type": event, "_unique_id": event}))).await;
    }
    stage.now().await;
    assert_eq!(stage.verdicts(), [(1, ACK), (2, ACK), (3, ACK)]);
    assert_eq!(heard.count(), 0, "not before it is written");
    stage.book.held_back.store(false, Ordering::SeqCst);
    stage.book.released.notify_waiters();
    stage.now().await;
    assert_eq!(heard.count(), 3);
    assert_eq!(warnings.with("that was acknowledged early cannot go back").len(), 1);
    assert_eq!(lock(&stage.forwarded).len(), 1);
    stage.deliver(notification(json!({"event_type": "done", "_unique_id": "done"}))).await;
    stage.now().await;
    assert_eq!((heard.count(), stage.listener.counters().duplicates, stage.verdicts().len()), (3, 1, 4));
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_before_its_early_acknowledgement_may_come_again() {
    let heard = Heard::default();
    let stage =
        Stage::new(|listener| listener.endpoint(heard.content()).acknowledge(Acknowledge::Early)).await;
    stage.book.held_back.store(true, Ordering::SeqCst);
    let body = notification(json!({"_unique_id": "u"}));
    stage.deliver(body.clone()).await;
    stage.now().await;
    stage.book.lost.store(true, Ordering::SeqCst);
    stage.book.held_back.store(false, Ordering::SeqCst);
    stage.book.released.notify_waiters();
    stage.now().await;
    assert_eq!(heard.count(), 0);
    stage.book.lost.store(false, Ordering::SeqCst);
    stage.redeliver(body).await;
    stage.now().await;
    assert_eq!((heard.count(), stage.listener.counters().duplicates), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_comes_again_while_it_is_handled_is_settled_with_it() {
    let (heard, gate) = (Heard::default(), Arc::new(tokio::sync::Notify::new()));
    let opened = Arc::clone(&gate);
    let endpoint = heard.endpoint(move |_| {
        let opened = Arc::clone(&opened);
        async move { opened.notified().await }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint)).await;
    let body = notification(json!({"_unique_id": "u"}));
    stage.deliver(body.clone()).await;
    stage.redeliver(body).await;
    stage.now().await;
    assert_eq!(stage.verdicts(), []);
    gate.notify_one();
    stage.now().await;
    assert_eq!((stage.verdicts(), heard.count()), (vec![(1, ACK), (2, ACK)], 1));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_told_and_never_comes_again() {
    #[derive(Debug)]
    struct Created;
    impl crate::notification::RpcNotification for Created {
        const EVENTS: crate::notification::EventSet = crate::notification::EventSet::any("Created");
        fn notification(&self) -> Result<Notification, crate::wire::EncodeError> {
            unreachable!()
        }
        fn read(event: &Notification) -> Result<Option<Self>, crate::notification::PayloadError> {
            match event.event_type() {
                "created" => Ok(event.payload().decode::<u8>().map(|_| Some(Self)).map_err(|error| {
                    let (event_type, why) = (event.event_type().to_owned(), error.to_string());
                    crate::notification::PayloadError { event_type, set: "Created", why }
                })?),
                "panics" => panic!("it cannot be read"),
                _ => Ok(None),
            }
        }
    }
    let (heard, told) = (Heard::default(), Arc::<AtomicUsize>::default());
    let telling = Arc::clone(&told);
    let created = NotificationEndpoint::new(|_: Context, _: Created, _: Meta| async { Verdict::Requeue });
    let stage = Stage::new(|listener| {
        listener.endpoint(created).endpoint(heard.content().priorities([Priority::Warn])).on_unreadable(
            move |error, meta| {
                assert!(error.to_string().contains("\"created\""), "{error}");
                assert_eq!(meta.message_id.as_deref(), Some("id-1"));
                telling.fetch_add(1, Ordering::SeqCst);
                panic!("it is contained");
            },
        )
    })
    .await;
    let context: serde_json::Map<_, _> = (0..2000).map(|n| (format!("_context_f{n}"), json!(1))).collect();
    let mut too_much = json!({"event_type": "created", "payload": 5});
    too_much.as_object_mut().unwrap().extend(context);
    for members in [
        json!({"event_type": "created", "payload": "x"}),
        too_much,
        json!({"event_type": "created", "payload": 5}),
        json!({"event_type": "panics"}),
        json!({"event_type": "other"}),
        json!({"event_type": "created", "payload": "x", "priority": "Warning"}),
    ] {
        stage.deliver(notification(members)).await;
        stage.now().await;
    }
    assert_eq!(stage.verdicts(), [(1, ACK), (2, ACK), (3, BACK), (4, ACK), (5, ACK), (6, ACK)]);
    let counters = stage.listener.counters();
    assert_eq!((told.load(Ordering::SeqCst), heard.count()), (3, 1));
    assert_eq!((counters.unreadable, counters.failed, counters.unhandled, counters.handled), (3, 1, 1, 4));
}

/// It is read on another thread, and its memory is free again when it is done.
#[tokio::test]
async fn large_notifications_take_turns_for_their_memory() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| {
        listener.endpoint(heard.endpoint(|_| tokio::task::yield_now())).memory(4 << 20).concurrency(8)
    })
    .await;
    for n in 0..10 {
        let members = json!({"event_type": n.to_string(), "payload": {"text": "x".repeat(400 << 10)}});
        stage.deliver(notification(members)).await;
    }
    until("all are acknowledged", || stage.verdicts().len() == 10).await;
    assert_eq!((heard.count(), stage.listener.counters().handled), (10, 10));
}
