//! Event types with parameters.

use std::fmt;
use std::str::FromStr;

use rpc_runtime::RpcNotification;
use rpc_runtime::notification::{Notification, Priority};
use serde_json::{Value, json};

use super::{came, there_and_back};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Start,
    End,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::End => "end",
        })
    }
}

impl FromStr for Phase {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "start" => Ok(Self::Start),
            "end" => Ok(Self::End),
            _ => Err(()),
        }
    }
}

/// What is said more of comes last, which is not the order in which they are asked.
#[derive(Debug, Clone, PartialEq, RpcNotification)]
enum Event {
    #[event(other)]
    Other(Notification),
    #[event(type = "{type}.{b}.{c}", priority = debug)]
    Any { c: String, r#type: String, b: String },
    #[event(type = "compute.{action}.{phase}", priority = error)]
    Phased { instance: u32, phase: Phase, action: String, fault: Option<String> },
    #[event(type = "compute.{id}.end", priority = info)]
    Ended {
        id: u64,
        #[event(payload)]
        what: Value,
    },
    #[event(type = "compute.resize.end", priority = info)]
    Resized,
}

fn read(event_type: &str) -> Event {
    Event::read(&came(event_type, &json!({"instance": 1}))).unwrap().unwrap()
}

#[test]
fn each_is_read_as_it_was_written() {
    there_and_back(
        &Event::Phased { instance: 1, phase: Phase::Start, action: "boot".to_owned(), fault: None },
        Priority::Error,
        "compute.boot.start",
        &json!({"instance": 1, "fault": null}),
    );
    there_and_back(&Event::Ended { id: 7, what: json!([1]) }, Priority::Info, "compute.7.end", &json!([1]));
    there_and_back(
        &Event::Any { r#type: "a".to_owned(), b: "é b".to_owned(), c: "{c}".to_owned() },
        Priority::Debug,
        "a.é b.{c}",
        &json!({}),
    );
}

#[test]
fn what_says_more_of_an_event_type_goes_first() {
    assert_eq!(read("compute.resize.end"), Event::Resized);
    assert_eq!(read("compute.7.end"), Event::Ended { id: 7, what: json!({"instance": 1}) });
    let phased =
        |action: &str, phase| Event::Phased { instance: 1, phase, action: action.to_owned(), fault: None };
    assert_eq!(read("compute.resize.start"), phased("resize", Phase::Start));
    // It is no number, and no phase.
    assert_eq!(read("compute.boot.end"), phased("boot", Phase::End));
    let any =
        |b: &str, c: &str| Event::Any { r#type: "compute".to_owned(), b: b.to_owned(), c: c.to_owned() };
    assert_eq!(read("compute.boot.progress"), any("boot", "progress"));
    for other in ["compute..end", "compute.a.b.end", "compute", "a.b.", "", ".."] {
        assert_eq!(read(other), Event::Other(came(other, &json!({"instance": 1}))));
    }
}

#[test]
fn a_payload_of_a_pattern_is_read_once_the_event_is_known() {
    let error = Event::read(&came("compute.boot.end", &json!({}))).unwrap_err();
    assert_eq!(error.why, "missing field `instance`");
    let Event::Any { .. } = read("compute.boot.failed") else { panic!("it is no phase") };
}

#[test]
fn what_could_not_be_read_is_not_written() {
    for (action, why) in
        [("", "action is empty"), ("a.b", "action has a dot in it"), (".", "action has a dot")]
    {
        let event = Event::Phased { instance: 1, phase: Phase::End, action: action.to_owned(), fault: None };
        let error = event.notification().unwrap_err();
        assert_eq!(error.what, "event type");
        assert!(error.why.contains(why), "{error}");
    }
}

#[test]
fn a_huge_event_type_is_no_matter() {
    for event_type in [".".repeat(1 << 20), "a".repeat(1 << 20), "compute.".repeat(1 << 17)] {
        assert_eq!(read(&event_type), Event::Other(came(&event_type, &json!({"instance": 1}))));
    }
    let long = "x".repeat(1 << 20);
    let event = Event::Any { r#type: "a".to_owned(), b: long.clone(), c: "b".to_owned() };
    assert_eq!(read(&format!("a.{long}.b")), event);
    let error = Event::read(&came(&format!("compute.{long}.end"), &json!(1))).unwrap_err();
    assert!(error.to_string().len() < 300, "{error}");
}
