//! Which endpoint has what, and in which order.

use super::stage::{ACK, Heard, Stage, notification, sealed};
use super::*;
use crate::logged::Warnings;
use crate::notification::listener::{Filter, PriorityEndpoint};
use crate::transport::driver::Delivery;
use crate::transport::stub::until;

#[tokio::test(start_paused = true)]
async fn the_priority_in_the_body_decides() {
    let (info, warn) = (Heard::default(), Heard::default());
    let stage = Stage::new(|listener| {
        listener
            .endpoint(info.content().priorities([Priority::Info]))
            .endpoint(warn.content().priorities([Priority::Warn]))
    })
    .await;
    let (warnings, _guard) = Warnings::collect();
    for priority in ["INFO", "info", "WARN", "WARNING", "warning", "ERROR", "LOUD", ""] {
        stage.deliver(notification(json!({"priority": priority, "event_type": priority}))).await;
        stage.now().await;
    }
    stage.deliver(sealed(&json!({"payload": 1}))).await;
    stage.now().await;
    assert_eq!((info.all(), warn.all()), (texts(&["INFO", "info"]), texts(&["WARN", "WARNING", "warning"])));
    assert!(stage.verdicts().iter().all(|(_, verdict)| *verdict == ACK) && stage.verdicts().len() == 9);
    let counters = stage.listener.counters();
    assert_eq!((counters.handled, counters.unhandled, counters.unknown_priority), (5, 1, 3));
    assert!(warnings.with("of an unknown priority")[0].contains("priority=\"LOUD\" queue=\"probe\""));
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_no_endpoint_wants_is_acknowledged_and_counted() {
    let heard = Heard::default();
    let filter = Filter::new().publisher_id("cinder").unwrap();
    let stage = Stage::new(|listener| listener.endpoint(heard.content().filter(filter))).await;
    stage.deliver(notification(json!({}))).await;
    stage.deliver(notification(json!({"publisher_id": "cinder.host1"}))).await;
    stage.now().await;
    let counters = stage.listener.counters();
    assert_eq!((heard.count(), counters.handled, counters.unhandled), (1, 1, 1));
    assert_eq!(stage.verdicts(), [(1, ACK), (2, ACK)]);
}

#[tokio::test(start_paused = true)]
async fn what_handlers_are_given() {
    let given = Arc::<Mutex<Vec<(Option<String>, String, Meta)>>>::default();
    let taking = Arc::clone(&given);
    let endpoint = NotificationEndpoint::new(move |ctx: Context, event: Notification, meta: Meta| {
        let project = ctx.project_id().map(str::to_owned);
        lock(&taking).push((project, event.payload().text().to_owned(), meta));
        async {}
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint)).await;
    let body = notification(json!({"_context_project_id": "p1", "payload": {"n": 1.50}, "_unique_id": "u1"}));
    let body = body.replace("1.5", "1.50");
    stage
        .deliver_as(body, |delivery| Delivery {
            redelivered: true,
            queue: "notifications.info".into(),
            ..delivery
        })
        .await;
    stage.deliver(sealed(&json!({"priority": "INFO"}))).await;
    stage.now().await;
    let given = lock(&given);
    let (project, payload, meta) = &given[0];
    assert_eq!((project.as_deref(), payload.as_str()), (Some("p1"), "{\"n\":1.50}"));
    let expected = Meta {
        message_id: Some("id-1".to_owned()),
        publisher_id: Some("compute.host1".to_owned()),
        event_type: Some("e".to_owned()),
        timestamp: Some("2026-01-02 03:04:05.000006".to_owned()),
        unique_id: Some("u1".to_owned()),
        queue: "notifications.info".into(),
        redelivered: true,
        deliveries: 2,
        ..Meta::new(Priority::Info)
    };
    assert_eq!(*meta, expected);
    let (project, payload, meta) = &given[1];
    assert_eq!((project, payload.as_str()), (&None, "null"));
    assert_eq!(*meta, Meta { queue: "probe".into(), ..Meta::new(Priority::Info) });
}

struct Ports(Heard);

impl PriorityEndpoint for Ports {
    const PRIORITIES: &'static [Priority] = &[Priority::Error, Priority::Info, Priority::Debug];

    async fn info(&self, _: Context, event: Notification, _: Meta) -> Verdict {
        self.0.add(&format!("info {}", event.event_type()));
        Verdict::Handled
    }

    async fn error(&self, _: Context, event: Notification, _: Meta) -> Verdict {
        self.0.add(&format!("error {}", event.event_type()));
        Verdict::Handled
    }

    /// Not among the priorities.
    async fn warn(&self, _: Context, _: Notification, _: Meta) -> Verdict {
        unreachable!()
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_for_each_priority() {
    let heard = Heard::default();
    let endpoint = NotificationEndpoint::by_priority(Ports(heard.clone()));
    assert_eq!(endpoint.get_priorities(), [Priority::Debug, Priority::Error, Priority::Info]);
    let stage = Stage::new(|listener| listener.endpoint(endpoint)).await;
    for priority in ["ERROR", "INFO", "DEBUG", "WARN"] {
        stage.deliver(notification(json!({"priority": priority}))).await;
        stage.now().await;
    }
    assert_eq!(heard.all(), ["error e", "info e"]);
    assert_eq!(stage.listener.counters().handled, 3);
}

/// A large one is read by another thread, and small ones must not overtake it.
#[tokio::test]
async fn one_handler_has_them_in_their_order() {
    let heard = Heard::default();
    let endpoint = heard.endpoint(|_| tokio::task::yield_now());
    let stage = Stage::new(|listener| listener.endpoint(endpoint).concurrency(1)).await;
    for n in 0..30 {
        let text = if n % 7 == 3 { "x".repeat(300 << 10) } else { String::new() };
        stage.deliver(notification(json!({"event_type": n.to_string(), "payload": {"text": text}}))).await;
    }
    until("all are acknowledged", || stage.verdicts().len() == 30).await;
    assert_eq!(heard.all(), (0..30).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn no_more_run_at_once_than_it_says() {
    let (running, most) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    let (counting, highest) = (Arc::clone(&running), Arc::clone(&most));
    let endpoint = Heard::default().endpoint(move |_| {
        let (running, most) = (Arc::clone(&counting), Arc::clone(&highest));
        async move {
            *lock(&running) += 1;
            let now = *lock(&running);
            let before = *lock(&most);
            *lock(&most) = now.max(before);
            sleep(Duration::from_secs(1)).await;
            *lock(&running) -= 1;
        }
    });
    let stage = Stage::new(|listener| listener.endpoint(endpoint).concurrency(3)).await;
    for n in 0..10 {
        stage.deliver(notification(json!({"_unique_id": n.to_string()}))).await;
    }
    sleep(Duration::from_secs(10)).await;
    assert_eq!((*lock(&most), stage.verdicts().len()), (3, 10));
}

#[tokio::test(start_paused = true)]
async fn what_has_waited_for_too_long_is_dropped() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| listener.endpoint(heard.content())).await;
    let over = Some(tokio::time::Instant::now());
    stage.deliver_as(notification(json!({})), |delivery| Delivery { expires: over, ..delivery }).await;
    stage.now().await;
    assert_eq!((heard.count(), stage.listener.counters().expired, stage.verdicts()), (0, 1, vec![(1, ACK)]));
}
