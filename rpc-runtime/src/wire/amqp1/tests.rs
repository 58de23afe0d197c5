use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::request::ReplyTo;
use super::*;
use crate::version::Version;

/// The bodies that oslo.messaging 14.9.3 has made, by their cases.
fn recorded(kind: &str) -> BTreeMap<String, Bytes> {
    let path = format!("{}/../tests/vectors/amqp1.json", env!("CARGO_MANIFEST_DIR"));
    let vectors: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = vectors[kind].as_array().unwrap().iter();
    rows.map(|row| (text(row, "case"), text(row, "body").into())).collect()
}

fn beside(reply_to: Option<&str>) -> Beside {
    Beside { id: "i\"d".to_owned(), reply_to: reply_to.map(str::to_owned) }
}

fn fields(members: &[(&str, Value)]) -> Fields {
    let mut fields = Fields::new();
    members.iter().for_each(|(name, value)| fields.set(name, value).unwrap());
    fields
}

fn read(body: &Bytes) -> Result<Request, DecodeError> {
    read_request(body, None, &Limits::default())
}

fn reply(body: &Bytes) -> Reply {
    read_reply(body, Some(&beside(None)), &Limits::default()).unwrap()
}

#[test]
fn requests_are_those_of_python() {
    let recorded = recorded("requests");
    let nothing = Fields::new();
    let head = RequestHead::new("note", "u");
    let args = fields(&[("x", json!(1)), ("y", json!("two"))]);
    assert_eq!(request(&head, &args, &fields(&[("request_id", json!("req-1"))])), recorded["cast"]);
    assert_eq!(request(&head, &nothing, &nothing), recorded["no arguments, no context"]);

    let head = RequestHead::new("echo", "u").with_namespace("ns").with_version(Version::new(1, 2));
    let args = fields(&[("value", json!("\u{e9}\"\\\n\u{1f600}"))]);
    let roles = json!(["admin", {"a": 1.5}]);
    let context = fields(&[("user", json!(null)), ("roles", roles), ("is_admin", json!(true))]);
    assert_eq!(request(&head, &args, &context), recorded["namespace and version"]);

    let monitored = ReplyTo::new("m", "q").with_monitor(5);
    let head = RequestHead::new("slow", "u").with_version(Version::new(2, 0)).with_reply(monitored);
    let mut args = Fields::new();
    args.set_json("n", "100000000000000000000").unwrap();
    args.set("f", &1e-7).unwrap();
    assert_eq!(request(&head, &args, &fields(&[("k", json!({}))])), recorded["monitored call"]);
}

#[test]
fn requests_of_python_are_read() {
    let recorded = recorded("requests");
    let cast = read(&recorded["cast"]).unwrap();
    assert_eq!((cast.reply, cast.unique_id, cast.heartbeat), (None, None, None));
    assert_eq!(cast.context.get("request_id"), Some("\"req-1\""));
    let invocation = cast.invocation.unwrap();
    assert_eq!((invocation.method.as_str(), invocation.version), ("note", Version::new(1, 0)));
    assert_eq!((invocation.args.get("x"), invocation.args.get("y")), (Some("1"), Some("\"two\"")));

    let monitored = read(&recorded["monitored call"]).unwrap();
    assert_eq!(monitored.heartbeat, Some(Duration::from_millis(2500)));
    assert_eq!(monitored.invocation.unwrap().args.get("n"), Some("100000000000000000000"));

    let enveloped = read(&recorded["envelope"]).unwrap();
    let invocation = enveloped.invocation.unwrap();
    assert_eq!((invocation.method.as_str(), enveloped.context.get("user")), ("echo", Some("\"u\"")));
    assert_eq!(invocation.args.decode::<String>("value").unwrap().unwrap(), "\u{e9}\"\\");

    for (case, body) in &recorded {
        let read = read_request(body, Some(&beside(Some("place"))), &Limits::default()).unwrap();
        let reply = read.reply.unwrap();
        assert_eq!((reply.queue.as_str(), reply.msg_id.as_str()), ("place", "\"i\\\"d\""), "{case}");
        assert_eq!(read.unique_id.as_deref(), Some("i\"d"), "{case}");
        assert_eq!(read.warnings, Vec::<String>::new(), "{case}");
    }
}

#[test]
fn a_call_that_cannot_be_answered_is_told() {
    let body = &recorded("requests")["cast"];
    let read = |id: &str, reply_to: &str| {
        let beside = Beside { id: id.to_owned(), reply_to: Some(reply_to.to_owned()) };
        let read = read_request(body, Some(&beside), &Limits::default()).unwrap();
        assert_eq!(read.reply.is_none(), read.warnings.iter().any(|why| why.contains("cannot be answered")));
        read.reply
    };
    let (longest_id, longest) = ("i".repeat(255), "q".repeat(1024));
    for (id, reply_to, answered) in [
        ("i", "amq.of-no-broker-here", true),
        (&*longest_id, &*longest, true),
        ("i", "", false),
        ("i", &format!("{longest}q"), false),
        (&format!("{longest_id}i"), "q", false),
    ] {
        assert_eq!(read(id, reply_to).is_some(), answered, "{} {}", id.len(), reply_to.len());
    }
}

#[test]
fn replies_are_those_of_python() {
    let recorded = recorded("replies");
    for (case, value) in [
        ("null", json!(null)),
        ("text", json!("\u{e9}\"\\\n")),
        ("nested", json!({"a": [1, 2.5, {"b": null}], "\u{e9}": true})),
        ("zero", json!(0)),
        ("empty", json!({})),
    ] {
        let body = result(&EncodedValue::new(&value).unwrap());
        assert_eq!(body, recorded[case], "{case}");
        let reply = reply(&body);
        assert_eq!((reply.msg_id.as_deref(), reply.ending), (Some("i\"d"), true), "{case}");
        assert!(reply.failure.is_none(), "{case}");
        assert_eq!(reply.decode_result::<Value>().unwrap(), value, "{case}");
    }
    let read = reply(&recorded["failure"]);
    let error = read.failure.as_ref().unwrap();
    assert_eq!((error.class.as_str(), error.message.as_str()), ("ValueError", "no \u{e9}\n\"x\""));
    assert!(!read.has_result() && read.ending);
    assert_eq!(failure(error), recorded["failure"]);
}

#[test]
fn a_body_without_a_byte_is_a_sign_of_life() {
    let alive = reply(&plain::HEARTBEAT);
    assert!(!alive.ending && !alive.has_result() && alive.failure.is_none());
    assert_eq!(alive.msg_id.as_deref(), Some("i\"d"));
}

#[test]
fn what_python_takes_is_taken() {
    for body in [
        r#"{"request": {"method": "m"}}"#,
        r#"{"context": null, "request": {"method": "m"}, "call_monitor_timeout": null, "more": [{}]}"#,
        " {\"\\u0072equest\": {\"method\": \"m\", \"args\": {}}, \"context\": {}}\n",
        r#"{"request": 5, "request": {"method": "m"}, "context": {"a": 1}}"#,
        r#"{"request": {"oslo.version": "2.0", "method": "m"}, "context": {}}"#,
    ] {
        let read = read(&Bytes::from(body)).unwrap();
        assert_eq!(read.invocation.unwrap().method, "m", "{body}");
        assert_eq!(read.heartbeat, None, "{body}");
    }
    let body = Bytes::from(
        r#"{"request": {"method": "m", "args": {"x": "\ud800", "y": NaN}}, "context": {"a": Infinity}}"#,
    );
    let read = read(&body).unwrap();
    assert_eq!(read.context.get("a"), Some("\"Infinity\""));
    assert_eq!(read.invocation.unwrap().args.decode::<String>("x").unwrap().unwrap(), "\u{fffd}");
}

#[test]
fn a_monitor_that_is_none_is_told() {
    for (seconds, heartbeat, warned) in
        [("4", Some(2), false), ("1", None, true), ("0", None, false), ("\"soon\"", None, true)]
    {
        let body = format!(r#"{{"request": {{"method": "m"}}, "call_monitor_timeout": {seconds}}}"#);
        let read = read(&Bytes::from(body)).unwrap();
        assert_eq!(read.heartbeat, heartbeat.map(Duration::from_secs), "{seconds}");
        let said = read.warnings.iter().any(|warning| warning.contains("call_monitor_timeout"));
        assert_eq!(said, warned, "{seconds}: {:?}", read.warnings);
    }
}

#[test]
fn what_is_no_body_is_told() {
    let limits = Limits { max_body: 130, max_depth: 4, ..Limits::default() };
    let long = format!(r#"{{"request": {{"method": "{}"}}}}"#, "x".repeat(130));
    for (body, said) in [
        ("", "the body: it is no object"),
        ("[]", "the body: it is no object"),
        ("null", "the body: it is no object"),
        (r#"[["request", {}], ["context", {}]]"#, "the body: it is no object"),
        ("\u{feff}{}", "the body: it is no object"),
        ("{", "the body: EOF"),
        (r#"{"request": {}} {}"#, "the body: trailing"),
        ("{}", "request: it is no object"),
        (r#"{"request": null, "context": {}}"#, "request: it is no object"),
        (r#"{"request": [], "context": {}}"#, "request: it is no object"),
        (r#"{"request": {}, "context": 5}"#, "context: it is no object"),
        (r#"{"request": {}, "context": [[[[[]]]]]}"#, "the body is nested deeper than 4 levels"),
        (r#"{"request": {"oslo.version": "3.0", "oslo.message": "{}"}}"#, "envelope version"),
        (r#"{"request": {"oslo.version": "2.0", "oslo.message": {}}}"#, "oslo.message is not a string"),
        (r#"{"request": {"oslo.version": "2.0", "oslo.message": "5"}}"#, "oslo.message: invalid type"),
        (r#"{"request": {"oslo.version": "2.0", "oslo.message": "[[[[[]]]]]"}}"#, "oslo.message is nested"),
        (&long, "the body has more than max_body=130 bytes"),
    ] {
        let error = read_request(&Bytes::from(body.to_owned()), None, &limits).unwrap_err().to_string();
        assert!(error.starts_with(said), "{body}: {error}");
    }
    let error = read(&Bytes::from_static(b"{\"request\": \"\xff\"}")).unwrap_err();
    assert_eq!(error, DecodeError::Utf8 { at: 13 });
    assert!(read_reply(&Bytes::from_static(b"[1]"), None, &limits).is_err());
    // As with the other forms, what cannot be executed is the caller's to hear of.
    let odd = read(&Bytes::from_static(br#"{"request": {"method": 5}}"#)).unwrap();
    assert_eq!(odd.invocation.unwrap_err().class, "TypeError");
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn members() -> impl Strategy<Value = BTreeMap<String, Value>> {
    prop::collection::btree_map(".{0,12}", value(), 0..6)
}

fn sent(members: &BTreeMap<String, Value>) -> Fields {
    let mut fields = Fields::new();
    members.iter().for_each(|(name, value)| fields.set(name, value).unwrap());
    fields
}

fn received(values: &Arguments) -> BTreeMap<String, Value> {
    values.iter().map(|(name, json)| (name.to_owned(), serde_json::from_str(json).unwrap())).collect()
}

proptest! {
    #[test]
    fn requests_come_back(
        method in ".{0,12}",
        namespace in proptest::option::of(".{0,12}"),
        monitor in proptest::option::of(2_u64..100),
        args in members(),
        context in members(),
    ) {
        let head = RequestHead::new(&method, "u")
            .with_namespace(namespace.as_deref())
            .with_reply(ReplyTo::new("m", "q").with_monitor(monitor));
        let body = request(&head, &sent(&args), &sent(&context));
        prop_assert!(body.is_ascii());
        let expected = json!({"method": method, "args": args});
        let parsed: Value = serde_json::from_slice(&body).unwrap();
        prop_assert_eq!(&parsed["request"]["args"], &expected["args"]);
        let read = read(&body).unwrap();
        prop_assert_eq!(read.heartbeat, monitor.map(|seconds| Duration::from_secs(seconds) / 2));
        prop_assert_eq!(received(&read.context), context);
        let invocation = read.invocation.unwrap();
        prop_assert_eq!((invocation.method, invocation.namespace), (method, namespace));
        prop_assert_eq!(received(&invocation.args), args);
    }

    #[test]
    fn results_come_back(value in value()) {
        let body = result(&EncodedValue::new(&value).unwrap());
        prop_assert!(body.is_ascii());
        let reply = reply(&body);
        prop_assert!(reply.ending && reply.failure.is_none());
        prop_assert_eq!(reply.decode_result::<Value>().unwrap(), value);
    }

    #[test]
    fn failures_come_back(class in "[A-Z][a-z]{0,8}", message in ".{0,40}", arg in value()) {
        let error = RemoteError::new("nova.exception", &class, &message).with_kwarg("id", arg);
        let body = failure(&error);
        prop_assert!(body.is_ascii());
        prop_assert_eq!(reply(&body).failure, Some(error));
    }

    #[test]
    fn nothing_that_looks_like_a_body_panics(tokens in prop::collection::vec(
        prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""), Just("\\"),
            Just("\"request\": "), Just("\"context\": "), Just("\"call_monitor_timeout\": "), Just("\"response\": "),
            Just("\"failure\": "), Just("\"oslo.version\": \"2.0\""), Just("\"oslo.message\": "), Just("\"method\": "),
            Just("\"args\": "), Just("{}"), Just("null"), Just("5"), Just("\"m\""), Just("\\ud800"), Just("NaN"),
            Just("\u{e9}"), Just(" "),
        ],
        0..24,
    )) {
        let body = Bytes::from(tokens.concat());
        let limits = Limits { max_depth: 4, ..Limits::default() };
        if let Err(error) = read_request(&body, None, &limits) {
            prop_assert!(error.to_string().len() < 500);
        }
        if let Err(error) = read_reply(&body, None, &limits) {
            prop_assert!(error.to_string().len() < 500);
        }
    }
}
