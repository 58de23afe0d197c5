//! The recorded behaviour of a Python listener, row by row.

use super::stage::{ACK, BACK, DROP, Heard, Stage, notification};
use super::*;

/// Rows where we differ from Python, by their name and whether it may give something back, and why. We acknowledge them.
const DIFFERENT: &[(&str, bool, &str)] = &[
    ("priority null", true, "Python gives it back without end; no priority is an unknown one"),
    ("same _unique_id again", false, "Python never settles it, and it comes again when its connection ends"),
];

fn table() -> Value {
    let path = format!("{}/../tests/vectors/20_listener_input.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
        .unwrap()
}

/// What an endpoint was given, in Python's words.
type Seen = Arc<Mutex<Vec<Value>>>;

/// An endpoint as the recorded one: `info` alone, which fails if the payload asks for it.
fn recorded(seen: &Seen) -> NotificationEndpoint {
    let seen = Arc::clone(seen);
    NotificationEndpoint::new(move |_: Context, event: Notification, meta: Meta| {
        let payload: Value = event.payload().decode().unwrap();
        lock(&seen).push(json!({
            "publisher_id": meta.publisher_id, "event_type": meta.event_type, "payload": payload,
            "metadata": {"message_id": meta.message_id, "timestamp": meta.timestamp},
        }));
        async move { if payload == "raise" { Err("endpoint failed") } else { Ok(()) } }
    })
    .priorities([Priority::Info])
}

#[tokio::test(start_paused = true)]
async fn unusual_notifications_as_in_python() {
    let table = table();
    let (mut compared, mut different) = (0, 0);
    for row in table["rows"].as_array().unwrap() {
        // The others are remarks.
        let Some(settled) = row.get("settled") else { continue };
        let (name, may_requeue) = (row["name"].as_str().unwrap(), row["allow_requeue"] == true);
        let (seen, on_error) =
            (Seen::default(), if may_requeue { OnError::Requeue } else { OnError::Handled });
        let stage = Stage::new(|listener| listener.endpoint(recorded(&seen)).on_error(on_error)).await;
        stage.deliver(row["body"].as_str().unwrap().to_owned()).await;
        stage.now().await;
        let verdict = match &stage.verdicts()[..] {
            [(1, ACK)] => "ack".to_owned(),
            [(1, DROP)] => "reject, requeue=false".to_owned(),
            [(1, BACK)] => "reject, requeue=true".to_owned(),
            other => format!("{other:?}"),
        };
        if DIFFERENT.iter().any(|(known, may, _)| (*known, *may) == (name, may_requeue)) {
            assert_eq!(verdict, "ack", "{name}");
            different += 1;
            continue;
        }
        // What it gave back came to Python again and again.
        assert_eq!(json!(verdict), settled[0], "{name}");
        let seen = lock(&seen).clone();
        let rounds = settled.as_array().unwrap().len();
        assert_eq!(json!(seen.len() * rounds), row["endpoint_calls"], "{name}");
        for (seen, expected) in seen.iter().zip(row["seen"].as_array().unwrap()) {
            for part in ["publisher_id", "event_type", "metadata"] {
                assert_eq!(seen[part], expected[part], "{name}");
            }
            // Of kombu's types there is the text alone, as in all JSON.
            if !name.starts_with("no envelope, kombu") {
                assert_eq!(seen["payload"], expected["payload"], "{name}");
            }
        }
        compared += 1;
    }
    assert_eq!((compared, different), (18, DIFFERENT.len()));
}

#[tokio::test(start_paused = true)]
async fn repeated_notifications_are_settled() {
    let heard = Heard::default();
    let stage = Stage::new(|listener| listener.endpoint(heard.content())).await;
    let body = notification(json!({"_unique_id": "u1"}));
    for _ in 0..3 {
        stage.deliver(body.clone()).await;
        stage.now().await;
    }
    assert_eq!(stage.verdicts(), [(1, ACK), (2, ACK), (3, ACK)]);
    assert_eq!((heard.count(), stage.listener.counters().duplicates), (1, 2));
}
