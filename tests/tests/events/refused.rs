//! Payloads that are not what their variants say: the error has the place and not the value.

use std::collections::BTreeMap;

use rpc_runtime::RpcNotification;
use rpc_runtime::notification::{Notification, Priority};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::came;

#[derive(Debug, Serialize, Deserialize)]
struct Instance {
    name: String,
    ports: Vec<Port>,
    #[serde(default)]
    metadata: BTreeMap<String, u8>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Port {
    mac: [u8; 2],
    state: State,
}

#[derive(Debug, Serialize, Deserialize)]
enum State {
    Up,
    Down { since: u64 },
}

#[derive(Debug, RpcNotification)]
enum Event {
    #[event(type = "whole", priority = info)]
    Whole(Instance),
    #[event(type = "members", priority = info)]
    Members { instance: Instance, count: u8 },
}

fn why(event_type: &str, payload: &Value) -> String {
    let error = Event::read(&came(event_type, payload)).unwrap_err();
    assert_eq!((error.event_type.as_str(), error.set), (event_type, "Event"));
    assert_eq!(
        error.to_string(),
        format!("the payload of {event_type:?} is not what Event says: {}", error.why)
    );
    error.why
}

#[test]
fn the_place_is_told_and_the_value_is_not() {
    let port = json!({"mac": [1, 2], "state": "Up"});
    for (instance, place) in [
        (json!("hunter2"), ": invalid type: string, expected struct Instance"),
        (json!({"ports": []}), ": missing field `name`"),
        (json!({"name": 4711, "ports": []}), ".name: invalid type: integer, expected a string"),
        (
            json!({"name": "", "ports": [port, {"mac": [1, "hunter2"]}]}),
            ".ports[1].mac[1]: invalid type: string, expected u8",
        ),
        (
            json!({"name": "", "ports": [{"mac": [1], "state": "Up"}]}),
            ".ports[0].mac: invalid length 1, expected an array of length 2",
        ),
        (
            json!({"name": "", "ports": [{"state": "hunter2"}]}),
            ".ports[0].state: unknown variant, expected `Up` or `Down`",
        ),
        (
            json!({"name": "", "ports": [{"state": {"Down": {"since": "hunter2"}}}]}),
            ".ports[0].state.Down.since: invalid type: string, expected u64",
        ),
        (
            json!({"name": "", "ports": [], "metadata": {"pin": 4711}}),
            ".metadata.pin: invalid value: integer, expected u8",
        ),
    ] {
        let whole = why("whole", &instance);
        assert_eq!(whole, place.trim_start_matches([':', ' ', '.']));
        let member = why("members", &json!({"count": 1, "instance": instance}));
        assert_eq!(member, format!("instance{place}"));
    }
}

#[test]
fn members_that_are_missing_or_wrong() {
    let instance = json!({"name": "", "ports": []});
    assert_eq!(why("members", &json!({})), "missing field `instance`");
    assert_eq!(why("members", &json!({"instance": instance})), "missing field `count`");
    for (payload, kind) in [
        (json!(null), "null"),
        (json!(["hunter2"]), "sequence"),
        (json!("hunter2"), "string"),
        (json!(4711), "integer"),
    ] {
        assert_eq!(why("members", &payload), format!("invalid type: {kind}, expected a map"));
    }
}

#[test]
fn what_is_huge_or_deep_is_told_in_few_words() {
    let deep = format!(r#"{{"name": "", "ports": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let raw: Box<serde_json::value::RawValue> = serde_json::from_str(&deep).unwrap();
    let came = |event_type| Notification::with_payload(Priority::Info, event_type, raw.clone().into());
    for event_type in ["whole", "members"] {
        let error = Event::read(&came(event_type)).unwrap_err().to_string();
        assert!(error.len() < 500, "{error}");
    }
    let name = "n".repeat(1 << 20);
    let text = "t".repeat(1 << 20);
    let error = why("whole", &json!({"name": "", "ports": [], "metadata": {name: text}}));
    assert!(error.starts_with("metadata.nnn") && error.len() < 300, "{error}");
    let error = Event::read(&super::came(&"whole".repeat(1000), &json!(1))).unwrap();
    assert!(error.is_none());
}

#[test]
fn what_cannot_be_written_is_named() {
    #[derive(Debug, RpcNotification)]
    enum Unwritable {
        #[event(type = "whole", priority = info)]
        Whole(BTreeMap<(u8, u8), u8>),
        #[event(type = "members", priority = info)]
        Members { pairs: BTreeMap<(u8, u8), u8> },
    }
    let pairs = BTreeMap::from([((1, 2), 3)]);
    for (event, why) in [
        (Unwritable::Whole(pairs.clone()), "cannot encode payload: key must be a string"),
        (Unwritable::Members { pairs }, "cannot encode payload: pairs: key must be a string"),
    ] {
        assert_eq!(event.notification().unwrap_err().to_string(), why);
    }
}
