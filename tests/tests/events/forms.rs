//! Every form of a variant, and the struct.

use rpc_runtime::notification::{Notification, Priority};
use rpc_runtime::{RpcNotification, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{came, there_and_back};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Volume {
    volume_id: String,
    size: u64,
}

fn volume() -> Volume {
    Volume { volume_id: "v1".to_owned(), size: 3 }
}

/// What happens to volumes.
///
/// There are others.
#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[notification(topic = "volumes", exchange = "cinder", version = "1.3")]
enum VolumeEvent {
    /// Takes what no other does, wherever it stands.
    #[event(other)]
    Other(Notification),
    /// Before it is made.
    #[event(type = "volume.create.start", priority = info)]
    CreateStart(Volume),
    #[event(type = "volume.create.error", priority = error, since = "1.1")]
    CreateError {
        volume: Volume,
        reason: Option<String>,
        r#type: String,
        #[event(name = "user-id")]
        user_id: u32,
    },
    #[event(type = "volume.boxed", priority = warning)]
    Boxed(Box<Volume>),
    #[event(type = "volume.raw", priority = debug)]
    Raw(Value),
    #[event(type = "volume.usage.{size}", priority = sample)]
    Usage {
        size: u64,
        #[event(payload)]
        volumes: Vec<Volume>,
    },
    #[event(type = "volume.purged", priority = audit)]
    Purged,
    #[event(type = "volume.empty.braces", priority = critical)]
    Braces {},
    #[event(type = "volume.empty.parentheses", priority = critical)]
    Parentheses(),
    #[cfg(any())]
    #[event(type = "volume.purged", priority = info)]
    Absent(NoSuchType),
    #[cfg_attr(not(any()), event(type = "volume.conditional", priority = info))]
    #[deprecated]
    #[allow(dead_code)]
    Conditional,
}

#[test]
fn each_is_read_as_it_was_written() {
    let json = json!({"volume_id": "v1", "size": 3});
    for (event, priority, event_type, payload) in [
        (VolumeEvent::CreateStart(volume()), Priority::Info, "volume.create.start", &json),
        (
            VolumeEvent::CreateError { volume: volume(), reason: None, r#type: "x".to_owned(), user_id: 7 },
            Priority::Error,
            "volume.create.error",
            &json!({"volume": json, "reason": null, "type": "x", "user-id": 7}),
        ),
        (VolumeEvent::Boxed(Box::new(volume())), Priority::Warn, "volume.boxed", &json),
        (VolumeEvent::Raw(json!([1.5, null])), Priority::Debug, "volume.raw", &json!([1.5, null])),
        (
            VolumeEvent::Usage { size: 5, volumes: vec![volume()] },
            Priority::Sample,
            "volume.usage.5",
            &json!([json]),
        ),
        (VolumeEvent::Purged, Priority::Audit, "volume.purged", &json!({})),
        (VolumeEvent::Braces {}, Priority::Critical, "volume.empty.braces", &json!({})),
        (VolumeEvent::Parentheses(), Priority::Critical, "volume.empty.parentheses", &json!({})),
        (
            VolumeEvent::Other(came("image.upload", &json!("x"))),
            Priority::Sample,
            "image.upload",
            &json!("x"),
        ),
    ] {
        there_and_back(&event, priority, event_type, payload);
    }
}

#[test]
fn members_are_written_in_the_order_of_the_fields() {
    let event =
        VolumeEvent::CreateError { volume: volume(), reason: None, r#type: "x".to_owned(), user_id: 7 };
    assert_eq!(
        event.notification().unwrap().payload().text(),
        r#"{"volume":{"volume_id":"v1","size":3},"reason":null,"type":"x","user-id":7}"#
    );
}

#[test]
fn what_is_not_needed_is_not_looked_at() {
    let error = VolumeEvent::read(&came(
        "volume.create.error",
        &json!({"user-id": 7, "host": "h", "type": "x", "volume": {"volume_id": "v1", "size": 3, "zone": "z"}}),
    ));
    let expected =
        VolumeEvent::CreateError { volume: volume(), reason: None, r#type: "x".to_owned(), user_id: 7 };
    assert_eq!(error.unwrap(), Some(expected));
    for payload in [json!(null), json!("hunter2"), json!({"a": 1}), json!([1])] {
        let read = |event_type| VolumeEvent::read(&came(event_type, &payload)).unwrap();
        assert_eq!(read("volume.purged"), Some(VolumeEvent::Purged));
        assert_eq!(read("volume.empty.braces"), Some(VolumeEvent::Braces {}));
        assert_eq!(read("volume.empty.parentheses"), Some(VolumeEvent::Parentheses()));
    }
}

#[test]
fn of_a_repeated_member_the_last_one_counts() {
    #[derive(Debug, PartialEq, RpcNotification)]
    #[event(type = "a", priority = info)]
    struct Sized {
        size: u64,
    }
    let payload: Box<serde_json::value::RawValue> =
        serde_json::from_str(r#"{"size": "x", "s\u0069ze": 5}"#).unwrap();
    let came = Notification::with_payload(Priority::Info, "a", payload.into());
    assert_eq!(Sized::read(&came).unwrap(), Some(Sized { size: 5 }));
}

#[test]
fn what_is_no_event_of_the_set() {
    #[derive(Debug, PartialEq, RpcNotification)]
    enum One {
        #[event(type = "a.b", priority = info)]
        Ab,
    }
    for event_type in ["", "a", "a.b.c", "a.B", " a.b", "a.b "] {
        assert_eq!(One::read(&came(event_type, &json!({}))).unwrap(), None, "{event_type:?}");
    }
    #[derive(Debug, PartialEq, RpcNotification)]
    enum Nothing {}
    assert_eq!(Nothing::read(&came("a.b", &json!({}))).unwrap(), None);
    assert!(Nothing::EVENTS.events.is_empty() && !Nothing::EVENTS.open);
}

#[test]
fn the_description() {
    let set = VolumeEvent::EVENTS;
    assert_eq!((set.name, set.topic, set.exchange), ("VolumeEvent", Some("volumes"), Some("cinder")));
    assert_eq!((set.version, set.open), (Some(Version::new(1, 3)), true));
    assert_eq!(set.doc, "What happens to volumes.\n\nThere are others.");
    let events: Vec<_> = set
        .events
        .iter()
        .map(|event| (event.name, event.event_type, event.priority.name(), event.payload))
        .collect();
    assert_eq!(
        events,
        [
            ("CreateStart", "volume.create.start", "info", "Volume"),
            (
                "CreateError",
                "volume.create.error",
                "error",
                "{ volume: Volume, reason: Option<String>, type: String, user-id: u32 }"
            ),
            ("Boxed", "volume.boxed", "warn", "Box<Volume>"),
            ("Raw", "volume.raw", "debug", "Value"),
            ("Usage", "volume.usage.{size}", "sample", "Vec<Volume>"),
            ("Purged", "volume.purged", "audit", "{}"),
            ("Braces", "volume.empty.braces", "critical", "{}"),
            ("Parentheses", "volume.empty.parentheses", "critical", "{}"),
            ("Conditional", "volume.conditional", "info", "{}"),
        ]
    );
    let first = set.events[0];
    assert_eq!((first.doc, first.since, first.class.is_none()), ("Before it is made.", None, true));
    assert_eq!(set.events[1].since, Some(Version::new(1, 1)));
    let json = serde_json::to_value(set).unwrap();
    assert_eq!((&json["version"], &json["events"][1]["since"]), (&json!("1.3"), &json!("1.1")));
    assert_eq!(json["events"][2]["priority"], "warn");
}

/// Somebody logged in.
#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[notification(topic = "identity", version = "2.1")]
#[event(type = "identity.{user}.authenticate", priority = audit, since = "2.1")]
struct Authenticate {
    user: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[event(type = "logrecord", priority = error)]
struct LogRecord(Value);

#[derive(Debug, Clone, PartialEq, RpcNotification)]
#[event(type = "restarted", priority = critical)]
struct Restarted;

#[test]
fn a_struct_is_one_event() {
    there_and_back(
        &Authenticate { user: "u1".to_owned(), outcome: "success".to_owned() },
        Priority::Audit,
        "identity.u1.authenticate",
        &json!({"outcome": "success"}),
    );
    there_and_back(&LogRecord(json!({"msg": "x"})), Priority::Error, "logrecord", &json!({"msg": "x"}));
    there_and_back(&Restarted, Priority::Critical, "restarted", &json!({}));
    let set = Authenticate::EVENTS;
    assert_eq!((set.topic, set.events.len(), set.open), (Some("identity"), 1, false));
    let event = set.events[0];
    assert_eq!((event.name, event.since), ("Authenticate", Some(Version::new(2, 1))));
    assert_eq!((set.doc, event.doc), ("Somebody logged in.", "Somebody logged in."));
    assert_eq!(LogRecord::read(&came("other", &json!({}))).unwrap(), None);
}
