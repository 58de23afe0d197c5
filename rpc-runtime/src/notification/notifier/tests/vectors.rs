//! What oslo.messaging has sent, sent by us.

use std::fs;

use super::*;
use crate::context::Context;
use crate::notification::Notification;
use crate::notification::Payload;
use crate::notification::Priority;

/// A recorded notification, or several.
fn vector(name: &str) -> Value {
    let path = format!("{}/../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(&path).expect(&path)).unwrap()
}

/// The context that a recorded one came of, before it was redacted.
fn context(inner: &Value) -> Context {
    let fields = inner.as_object().unwrap().iter();
    let fields = fields.filter_map(|(name, value)| Some((name.strip_prefix("_context_")?, value)));
    let context = fields.fold(Context::new(), |ctx, (name, value)| ctx.with(name, value.clone()));
    match context.get("auth_token") {
        Some(_) => context.with_auth_token("t0p").with("resource_uuid", "r1").with("read_only", true),
        None => context,
    }
}

/// What differs each time, which has the form that it has there.
fn without_ids(mut inner: Value, recorded: &Value) -> Value {
    for (name, length) in [("message_id", 36), ("_unique_id", 32)] {
        assert_eq!(inner[name].as_str().unwrap().len(), length);
        inner[name] = recorded[name].clone();
    }
    let form = |text: &str| text.replace(|digit: char| digit.is_ascii_digit(), "0");
    let (own, theirs) = (inner["timestamp"].as_str().unwrap(), recorded["timestamp"].as_str().unwrap());
    // Once in a million times it has no fraction.
    assert!(own.len() == 19 || form(own) == form(theirs), "{own} {theirs}");
    inner["timestamp"] = recorded["timestamp"].clone();
    inner
}

#[tokio::test]
async fn bodies_are_those_of_oslo_messaging() {
    let priorities = ["audit", "critical", "debug", "error", "info", "sample", "warn"];
    let v2 = priorities.map(|priority| format!("12_notify_v2_{priority}"));
    let others = [
        "12_notify_v2_special_types",
        "12_notify_two_topics",
        "12_notify_durable",
        "12_notify_quorum",
        "12_notify_dict_context",
        "12_notify_v1_error",
        "12_notify_v1_info",
    ];
    for name in v2.iter().map(String::as_str).chain(others) {
        let vector = vector(name);
        let mut recorded = vec![&vector];
        recorded.extend(vector["also_published"].as_array().into_iter().flatten());
        let inner_of = &vector["inner"];
        let driver = if name.contains("v1") { DriverName::Messaging } else { DriverName::MessagingV2 };
        let topics: Vec<_> = recorded
            .iter()
            .map(|message| message["routing_key"].as_str().unwrap().rsplit_once('.').unwrap().0.to_owned())
            .collect();
        let (bus, stub) = Bus::new();
        let notifier = notifier(stub, |builder| builder.drivers([driver]).topics(topics));
        let priority: Priority = inner_of["priority"].as_str().unwrap().parse().unwrap();
        let event_type = inner_of["event_type"].as_str().unwrap();
        let payload = Payload::new(&inner_of["payload"]).unwrap();
        let event = Notification::with_payload(priority, event_type, payload);
        notifier.emit(&context(inner_of), &event).await.unwrap();

        let published = bus.published();
        assert_eq!(published.len(), recorded.len(), "{name}");
        for (message, recorded) in published.iter().zip(&recorded) {
            let key = recorded["routing_key"].as_str().unwrap();
            assert_eq!(message.route.to_string(), format!("nova/{key}"), "{name}");
            assert_eq!(message.expiration, None, "{name}");
            let (own, theirs) = (inner(&message.body), &recorded["inner"]);
            assert_eq!(without_ids(own, theirs), *theirs, "{name}");
            let enveloped = |body: &[u8]| body.starts_with(br#"{"oslo.version": "2.0", "#);
            assert_eq!(
                enveloped(&message.body),
                enveloped(recorded["body"].as_str().unwrap().as_bytes()),
                "{name}"
            );
        }
        let ids: Vec<_> =
            published.iter().map(|message| inner(&message.body)["_unique_id"].clone()).collect();
        let first = inner(&published[0].body)["message_id"].clone();
        assert!(ids.iter().enumerate().all(|(n, id)| !ids[..n].contains(id)), "{ids:?}");
        assert!(published.iter().all(|message| inner(&message.body)["message_id"] == first), "{name}");
    }
}

#[tokio::test]
async fn the_declarations_are_those_of_the_topics() {
    let (bus, stub) = Bus::new();
    let notifier = notifier(stub, |builder| builder.topics(["notifications", "audit"]));
    for _ in 0..3 {
        notifier.info(&Context::new(), "e", &1).await.unwrap();
    }
    assert_eq!(bus.declared(), ["nova/notifications.info", "nova/audit.info"], "each once, before the first");
    assert!(bus.published().iter().all(|message| message.mandatory));
}

#[tokio::test]
async fn nobody_notifies_as_null() {
    let (bus, stub) = Bus::new();
    let notifier = Notifier::builder(&Transport::for_tests(stub)).build().unwrap();
    notifier.info(&Context::new(), "e", &1).await.unwrap();
    notifier.with_publisher_id("compute.host2").info(&Context::new(), "e", &1).await.unwrap();
    let publishers: Vec<_> =
        bus.published().iter().map(|message| inner(&message.body)["publisher_id"].clone()).collect();
    assert_eq!(publishers, [Value::Null, "compute.host2".into()]);
}
