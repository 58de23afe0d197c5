//! Filters let through what Python's let through.

use std::sync::Arc;

use rpc_runtime::notification::{
    Filter, Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority,
};
use rpc_runtime::{Context, Transport};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{PythonRules, run};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How many filters a listener has, each with an endpoint of its own, and how many notifications it is given.
const FILTERS: usize = 40;
const NOTIFICATIONS: usize = 25;
/// How many such listeners there are.
const ROUNDS: usize = 4;

/// Values of a notification that filters look at, some of which are no text.
fn value(random: &mut fastrand::Rng) -> Value {
    match random.usize(0..8) {
        0 => json!(null),
        1 => json!(random.u8(0..3)),
        2 => json!(["ab"]),
        _ => json!(text(random)),
    }
}

/// A text of letters that the patterns have too. Where one ends with a line feed, `$` means another thing in Python.
fn text(random: &mut fastrand::Rng) -> String {
    let parts = ["a", "b", "ab", ".", "1", " ", "é", "A", "\nb", "-", "_"];
    (0..random.usize(0..6)).filter_map(|_| random.choice(parts)).collect()
}

/// A regular expression that both read, and that means the same to both.
fn pattern(random: &mut fastrand::Rng, depth: usize) -> String {
    let atom = |random: &mut fastrand::Rng| match random.usize(0..if depth > 0 { 14 } else { 11 }) {
        0..4 => (*random.choice(&["a", "b", "1", "é", "A"]).unwrap()).to_owned(),
        4 => ".".to_owned(),
        5 => r"\.".to_owned(),
        6 => r"\d".to_owned(),
        7 => r"\w".to_owned(),
        8 => "[ab.]".to_owned(),
        9 => "[^a-c ]".to_owned(),
        10 => r"[\w-]".to_owned(),
        11 => format!("({})", pattern(random, depth - 1)),
        12 => format!("(?:{})", pattern(random, depth - 1)),
        _ => format!("(?i:{})", pattern(random, depth - 1)),
    };
    let mut written = String::new();
    for _ in 0..random.usize(0..4) {
        match random.usize(0..12) {
            0 => written.push('^'),
            1 => written.push('$'),
            2 => written.push('|'),
            3 => written.push_str(r"\b"),
            _ => {
                written.push_str(&atom(random));
                written.push_str(random.choice(&["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?"]).unwrap());
            }
        }
    }
    written
}

/// Arguments of Python's filter, and ours of the same.
fn filter(random: &mut fastrand::Rng) -> (Value, Filter) {
    let (mut python, mut rust) = (Map::new(), Filter::new());
    if random.usize(0..3) == 0 {
        let pattern = pattern(random, 2);
        rust = rust.publisher_id(&pattern).unwrap();
        python.insert("publisher_id".to_owned(), pattern.into());
    }
    if random.usize(0..3) == 0 {
        let pattern = pattern(random, 2);
        rust = rust.event_type(&pattern).unwrap();
        python.insert("event_type".to_owned(), pattern.into());
    }
    type Set = fn(Filter, &str, &str) -> Filter;
    let parts: [(&str, [&str; 2], Set); 3] = [
        ("context", ["user_id", "note"], |filter, key, pattern| filter.context(key, pattern).unwrap()),
        ("metadata", ["timestamp", "message_id"], |filter, key, pattern| {
            filter.metadata(key, pattern).unwrap()
        }),
        ("payload", ["state", "none"], |filter, key, pattern| filter.payload(key, pattern).unwrap()),
    ];
    for (part, keys, set) in parts {
        if random.usize(0..4) > 0 {
            continue;
        }
        let mut patterns = Map::new();
        for key in keys {
            if random.bool() {
                // Ids and times begin with digits, and often with a pattern such as this.
                let pattern = if part == "metadata" { "[0-9a-f-]".to_owned() } else { pattern(random, 2) };
                rust = set(rust, key, &pattern);
                patterns.insert(key.to_owned(), pattern.into());
            }
        }
        python.insert(part.to_owned(), patterns.into());
    }
    (python.into(), rust)
}

/// A notification as an endpoint heard it: the number of the endpoint, and what Python's filter is asked with.
type Heard = (usize, String);

#[test]
fn random_filters_and_notifications() {
    run(async {
        let mut random = fastrand::Rng::new();
        let mut python = PythonRules::start().await.unwrap();
        let (mut through, mut asked) = (0, 0);
        for _ in 0..ROUNDS {
            let filters: Vec<_> = (0..FILTERS).map(|_| filter(&mut random)).collect();
            let (sender, mut heard) = mpsc::unbounded_channel::<Heard>();
            let transport = Transport::connect("memory://").await.unwrap();
            let mut builder = Listener::builder(&transport).topic("t");
            // The last endpoint has no filter, and says that all others were asked.
            let all = filters.iter().map(|(_, filter)| filter.clone()).chain([Filter::new()]);
            for (number, filter) in all.enumerate() {
                builder = builder.endpoint(endpoint(number, &sender).filter(filter));
            }
            let listener = builder.concurrency(1).start().await.unwrap();
            for _ in 0..NOTIFICATIONS {
                let publisher: Arc<str> = text(&mut random).into();
                let notifier =
                    Notifier::builder(&transport).topics(["t"]).publisher_id(publisher).build().unwrap();
                let ctx = Context::new().with("user_id", value(&mut random)).with("note", value(&mut random));
                let payload = json!({"state": value(&mut random), "other": text(&mut random)});
                let event = Notification::new(Priority::Info, text(&mut random), &payload).unwrap();
                notifier.emit(&ctx, &event).await.unwrap();
                let mut passed = vec![false; FILTERS];
                let notification = loop {
                    let (number, notification) = timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
                    match passed.get_mut(number) {
                        Some(passed) => *passed = true,
                        None => break serde_json::from_str::<Value>(&notification).unwrap(),
                    }
                };
                for ((filter, _), ours) in filters.iter().zip(passed) {
                    let theirs = python.filter(filter, &notification).await.unwrap().unwrap();
                    assert_eq!(ours, theirs, "{filter} of {notification}");
                    through += usize::from(ours);
                    asked += 1;
                }
            }
            listener.shutdown(PATIENCE).await.unwrap();
        }
        // Otherwise it would say little.
        assert!(through > asked / 20 && through < asked - asked / 20, "{through} of {asked} passed");
    });
}

fn endpoint(number: usize, heard: &mpsc::UnboundedSender<Heard>) -> NotificationEndpoint {
    let heard = heard.clone();
    NotificationEndpoint::new(move |ctx: Context, event: Notification, meta: Meta| {
        let context: Map<String, Value> = ctx.iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let notification = json!({"context": context, "publisher_id": meta.publisher_id, "event_type": event.event_type(),
            "metadata": {"message_id": meta.message_id, "timestamp": meta.timestamp},
            "payload": event.payload().decode::<Value>().unwrap()});
        heard.send((number, notification.to_string())).unwrap();
        async {}
    })
}

#[test]
fn what_is_no_pattern_is_refused_by_both() {
    run(async {
        let mut python = PythonRules::start().await.unwrap();
        let nothing =
            json!({"context": {}, "publisher_id": "", "event_type": "", "metadata": {}, "payload": {}});
        for pattern in ["(", "a)", "[", "*", "a{2,1}", "(?P<a", "\\", "[b-a]", "(?z)"] {
            let theirs = python.filter(&json!({"event_type": pattern}), &nothing).await.unwrap();
            assert!(theirs.is_err(), "Python takes {pattern:?}");
            let ours = Filter::new().event_type(pattern).unwrap_err().to_string();
            assert!(ours.contains("event_type") && ours.contains(&format!("{pattern:?}")), "{ours}");
        }
    });
}
