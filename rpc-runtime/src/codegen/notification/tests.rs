//! The parts of event types, and members of payloads.

use std::fmt;

use proptest::prelude::*;
use serde_json::json;

use super::*;

struct Unwritable;

impl fmt::Display for Unwritable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[test]
fn parts_that_cannot_be_read_again_are_not_written() {
    assert_eq!(part("id", &7).unwrap(), "7");
    for (part, why) in [
        (part("id", ""), "cannot encode event type: id is empty"),
        (part("id", "se.cret"), "cannot encode event type: id has a dot in it, which stands between parts"),
        (part("id", &Unwritable), "cannot encode event type: id cannot be written"),
    ] {
        assert_eq!(part.unwrap_err().to_string(), why);
    }
}

#[test]
fn parameters_are_whole_parts_that_are_not_empty() {
    let pattern = ["compute", "", "end", ""];
    for (event_type, expected) in [
        ("compute.a.end.b", Some(["a", "b"])),
        ("compute.é.end. ", Some(["é", " "])),
        ("compute.a.end", None),
        ("compute.a.end.b.c", None),
        ("compute..end.b", None),
        ("compute.a.end.", None),
        ("compute.a.start.b", None),
        ("Compute.a.end.b", None),
        ("", None),
        (".", None),
        ("...", None),
    ] {
        assert_eq!(parameters(event_type, &pattern), expected, "{event_type:?}");
    }
    assert_eq!(parameters("a.b", &["a", "b"]), Some([]));
}

#[test]
fn members_that_cannot_be_written_are_named() {
    let keys = std::collections::BTreeMap::from([((1, 2), "secret")]);
    let error = member("keys", &keys).unwrap_err();
    assert_eq!(error.to_string(), "cannot encode payload: keys: key must be a string");
}

#[derive(Debug)]
struct Any;

impl RpcNotification for Any {
    const EVENTS: EventSet = EventSet::new("Any", &[]);

    fn notification(&self) -> Result<Notification, EncodeError> {
        Notification::new(Priority::Info, "any", &json!({}))
    }

    fn read(_: &Notification) -> Result<Option<Self>, PayloadError> {
        Ok(None)
    }
}

#[test]
fn members_of_a_payload() {
    let read = |payload| Notification::new(Priority::Info, "a".repeat(1000), &payload).unwrap();
    let came = read(json!({"size": 1, "secret": ["hunter2"], "null": null}));
    let members = Reading::of::<Any>(&came).members().unwrap();
    assert_eq!(members.get::<u8>("size"), Ok(1));
    assert_eq!(members.get::<Option<u8>>("null"), Ok(None));
    assert_eq!(members.get::<Option<u8>>("absent"), Ok(None));
    let why = |error: PayloadError| (error.event_type.len(), error.set, error.why);
    for (error, expected) in [
        (members.get::<u8>("absent"), "missing field `absent`"),
        (members.get::<u8>("null"), "null: invalid type: null, expected u8"),
        (members.get::<u8>("secret"), "secret: invalid type: sequence, expected u8"),
    ] {
        assert_eq!(why(error.unwrap_err()), (83, "Any", expected.to_owned()));
    }
    let error = members.get::<Vec<u8>>("secret").unwrap_err();
    assert_eq!(error.why, "secret[0]: invalid type: string, expected u8");
    for other in [json!(null), json!([1]), json!("hunter2"), json!(4711)] {
        let came = read(other);
        let (len, set, why) = why(Reading::of::<Any>(&came).members().unwrap_err());
        assert_eq!((len, set), (83, "Any"));
        assert!(why.starts_with("invalid type: ") && why.ends_with(", expected a map"), "{why}");
        assert!(!why.contains("hunter2") && !why.contains("4711"), "{why}");
    }
}

proptest! {
    /// Whatever the texts are: what is written by a pattern is read by it.
    #[test]
    fn a_pattern_finds_what_was_put_into_it(
        pattern in prop::collection::vec(prop_oneof![Just(String::new()), "[^.]{1,3}"], 1..8),
        values in prop::collection::vec("[^.]{1,5}", 8),
    ) {
        let mut values = values.iter();
        let mut put = Vec::new();
        let parts: Vec<&str> = pattern.iter().map(|text| {
            if text.is_empty() {
                put.extend(values.next());
                return put.last().map_or("", |value| value.as_str());
            }
            text
        }).collect();
        let pattern: Vec<&str> = pattern.iter().map(String::as_str).collect();
        let event_type = parts.join(".");
        let found: Option<[&str; 8]> = parameters(&event_type, &pattern);
        let found = found.map(|found| found[..put.len()].to_vec());
        prop_assert_eq!(found, Some(put.iter().map(|value| value.as_str()).collect::<Vec<_>>()));
    }

    #[test]
    fn no_event_type_makes_it_panic(
        event_type in ".*",
        pattern in prop::collection::vec(prop_oneof![Just(""), Just("a")], 0..5),
    ) {
        let found: Option<[&str; 5]> = parameters(&event_type, &pattern);
        let parts: Vec<&str> = event_type.split('.').collect();
        let fits = parts.len() == pattern.len()
            && parts.iter().zip(&pattern).all(|(part, text)| !part.is_empty() && (text.is_empty() || part == text));
        prop_assert_eq!(found.is_some(), fits);
    }
}

#[cfg(feature = "macros")]
mod derived {
    use super::*;
    use crate::RpcNotification;

    /// Patterns of which some take what others take too.
    #[derive(Debug, Clone, PartialEq, RpcNotification)]
    #[notification(crate = crate)]
    enum Event {
        #[event(type = "{a}.{b}", priority = info)]
        Two { a: String, b: String },
        #[event(type = "a.{b}", priority = info)]
        First {
            b: String,
            #[event(payload)]
            payload: u8,
        },
        #[event(type = "{a}.b", priority = info)]
        Last { a: String, member: u8 },
        #[event(type = "a.b", priority = info)]
        Both(u8),
        #[event(other)]
        Other(Notification),
    }

    /// A part that is likely one of the patterns' own.
    fn word() -> impl Strategy<Value = String> {
        prop_oneof![Just("a".to_owned()), Just("b".to_owned()), "[^.]{1,3}"]
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            (word(), word()).prop_map(|(a, b)| Event::Two { a, b }),
            (word(), any::<u8>()).prop_map(|(b, payload)| Event::First { b, payload }),
            (word(), any::<u8>()).prop_map(|(a, member)| Event::Last { a, member }),
            any::<u8>().prop_map(Event::Both),
        ]
    }

    /// What an event type is read as: what says more of it goes first, then what stands first.
    fn expected(event_type: &str) -> &'static str {
        match event_type.split('.').collect::<Vec<_>>()[..] {
            ["a", "b"] => "Both",
            ["a", b] if !b.is_empty() => "First",
            [a, "b"] if !a.is_empty() => "Last",
            [a, b] if !a.is_empty() && !b.is_empty() => "Two",
            _ => "Other",
        }
    }

    fn name(event: &Event) -> &'static str {
        match event {
            Event::Two { .. } => "Two",
            Event::First { .. } => "First",
            Event::Last { .. } => "Last",
            Event::Both(_) => "Both",
            Event::Other(_) => "Other",
        }
    }

    proptest! {
        #[test]
        fn an_event_is_read_as_it_was_written_unless_another_one_says_more_of_its_type(event in event()) {
            let sent = event.notification().unwrap();
            let expected = expected(sent.event_type());
            match Event::read(&sent) {
                Ok(read) if expected == name(&event) => prop_assert_eq!(read, Some(event)),
                Ok(read) => prop_assert_eq!(read.as_ref().map(name), Some(expected)),
                Err(error) => prop_assert_ne!(expected, name(&event), "{}", error),
            }
        }

        #[test]
        fn every_event_type_is_one_of_them(event_type in prop_oneof![".{0,5}", "[ab.]{0,5}"]) {
            let came = Notification::new(Priority::Info, event_type.clone(), &json!({"member": 1})).unwrap();
            let expected = expected(&event_type);
            match Event::read(&came) {
                Ok(read) => prop_assert_eq!(read.as_ref().map(name), Some(expected)),
                // These have a number, which that is not.
                Err(_) => prop_assert!(matches!(expected, "First" | "Both"), "{}", event_type),
            }
        }
    }
}
