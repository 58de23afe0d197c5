//! What Python does with unusual messages, row by row.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod wire_support;

use bytes::Bytes;
use rpc_runtime::RemoteError;
use rpc_runtime::wire::{Arguments, Content, DecodeError, Limits, Notification, Reply, Request};
use serde_json::{Map, Value, json};
use wire_support::{body, cases};

/// Rows in which we differ from Python on purpose.
const DIFFERENCES: &[(&str, &str)] = &[
    ("body in UTF-16, content_encoding utf-16", "bodies are UTF-8; nobody writes another encoding"),
    ("_msg_id without _reply_q", "there is no queue to answer to, so we don't try for 60 s"),
    ("_reply_q null", "there is no queue to answer to, so we don't try for 60 s"),
    (
        "context keys which collide",
        "our ids are not kept in the context, so nothing collides and all keys arrive",
    ),
    ("no failure key", "a reply without one is a success, not a KeyError of the application"),
    (
        "heartbeat without call_monitor_timeout",
        "it is harmless; Python's caller fails with an AttributeError",
    ),
    ("failure not JSON", "a remote error that says so, not a JSON error of the application"),
    ("failure an object instead of a string", "it says what the string would say"),
    ("failure with message null", "an empty message; Python's caller fails with a TypeError"),
    ("no envelope, kombu datetime", "types of Python are read as their text"),
    ("no envelope, kombu uuid", "types of Python are read as their text"),
    ("priority null", "read as no priority; what to do about it is up to the listener"),
];

/// Requests that are in order but not for the endpoint of the recorded server, which answered with
/// this class. It takes version 1.0 and no namespace.
const UP_TO_THE_ENDPOINT: &[(&str, &str)] = &[
    ("method empty", "NoSuchMethod"),
    ("method unknown", "NoSuchMethod"),
    ("method private", "NoSuchMethod"),
    ("method an attribute which is not callable", "TypeError"),
    ("args with an unknown name", "TypeError"),
    ("args lacking a required name", "TypeError"),
    ("args named as the context parameter", "TypeError"),
    ("args named self", "TypeError"),
    ("version \"1.1\"", "UnsupportedVersion"),
    ("version \"1.0.5\"", "UnsupportedVersion"),
    ("version \"0.9\"", "UnsupportedVersion"),
    ("version \"2.0\"", "UnsupportedVersion"),
    ("namespace \"\"", "UnsupportedVersion"),
    ("namespace \"other\"", "UnsupportedVersion"),
];

fn differs(name: &str) -> bool {
    DIFFERENCES.iter().any(|(row, _)| *row == name)
}

fn rows(case: &str) -> Vec<Value> {
    let (_, table) = cases(&[case]).pop().unwrap();
    table["rows"].as_array().unwrap().clone()
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap()
}

/// The properties of a row; JSON if it says nothing about them.
fn content(row: &Value) -> Content<'_> {
    Content::default()
        .with_content_type(row.get("content_type").map_or(Content::JSON.content_type, Value::as_str))
        .with_compression(row["headers"]["compression"].as_str())
}

fn map(values: &Arguments) -> Map<String, Value> {
    values.iter().map(|(name, json)| (name.to_owned(), serde_json::from_str(json).unwrap())).collect()
}

#[test]
fn every_difference_and_exception_is_a_row() {
    let tables = cases(&["20_server_input", "21", "20_listener_input"]);
    let names: Vec<_> = tables
        .iter()
        .flat_map(|(_, table)| table["rows"].as_array().unwrap())
        .map(|row| &row["name"])
        .collect();
    for (name, _) in DIFFERENCES.iter().chain(UP_TO_THE_ENDPOINT) {
        assert!(names.iter().any(|row| *row == name), "{name}");
    }
}

#[test]
fn requests() {
    for row in rows("20_server_input") {
        let name = text(&row, "name");
        let read = Request::decode(&body(&row), &content(&row), &Limits::default());
        if name == "body in UTF-16, content_encoding utf-16" {
            assert_eq!(read.unwrap_err(), DecodeError::Utf8 { at: 0 });
            continue;
        }
        assert_eq!(
            row["settled"],
            json!([if read.is_ok() { "ack" } else { "reject, requeue=false" }]),
            "{name}"
        );
        let Ok(request) = read else { continue };
        check_reply_address(&row, &request);
        check_context(&row, &request);
        check_invocation(&row, &request);
    }
}

fn check_reply_address(row: &Value, request: &Request) {
    let name = text(row, "name");
    // Python tries the queue without a name, which nobody can have.
    let published = row["reply_publishes"].get(0).filter(|reply| !text(reply, "routing_key").is_empty());
    let address = request.reply.as_ref();
    let msg_id = address.map(|address| serde_json::from_str::<Value>(&address.msg_id).unwrap());
    assert_eq!(msg_id.as_ref(), published.map(|reply| &reply["_msg_id"]), "{name}");
    assert_eq!(
        address.map(|address| &*address.queue),
        published.map(|reply| text(reply, "routing_key")),
        "{name}"
    );
    // A call that cannot be answered is worth a line in the log, everything else is not.
    assert_eq!(
        !request.warnings.is_empty(),
        matches!(name, "_msg_id without _reply_q" | "_reply_q null"),
        "{name}"
    );
}

fn check_context(row: &Value, request: &Request) {
    let Some(mut seen) = row["ctxt"].as_object().cloned() else { return };
    // Python's server adds this one.
    assert_eq!(seen.remove("client_timeout"), Some(Value::Null));
    if text(row, "name") == "context keys which collide" {
        seen.extend([
            ("msg_id".into(), "m".into()),
            ("reply_q".into(), "r".into()),
            ("client_timeout".into(), 9.into()),
        ]);
    }
    assert_eq!(map(&request.context), seen, "{}", row["name"]);
}

fn check_invocation(row: &Value, request: &Request) {
    let name = text(row, "name");
    let failure = row["replies"].get(0).map_or(&Value::Null, |reply| &reply["failure"]);
    let up_to_the_endpoint = UP_TO_THE_ENDPOINT.iter().find(|(row, _)| *row == name);
    match &request.invocation {
        Err(error) if failure.is_null() => {
            // Nobody asked for a reply, but Python's log has the error.
            assert_eq!(request.reply, None, "{name}");
            assert!(
                row["logs"][0].as_str().unwrap().ends_with(&format!("| {}: {}", error.class, error.message))
            );
        }
        Err(error) => {
            assert_eq!(error.class, failure["class"], "{name}");
            assert_eq!(error.module, failure["module"], "{name}");
            assert_eq!(error.message, failure["message"], "{name}");
        }
        Ok(invocation) => {
            if let Some((_, class)) = up_to_the_endpoint {
                assert_eq!(failure["class"], *class, "{name}");
            } else {
                let called = row["endpoint_called"].as_bool().unwrap();
                assert!(called || name == "method unknown, cast", "{name}");
            }
            let sent = sent(row);
            assert_eq!(invocation.method, sent["method"], "{name}");
            assert_eq!(invocation.namespace.as_deref(), sent["namespace"].as_str(), "{name}");
            assert_eq!(invocation.version.to_string(), sent["version"].as_str().unwrap_or("1.0"), "{name}");
            let args = sent.get("args").map_or_else(Map::new, |args| args.as_object().unwrap().clone());
            assert_eq!(map(&invocation.args), args, "{name}");
        }
    }
}

/// The inner message of a row as this test reads it.
fn sent(row: &Value) -> Value {
    let plain = json!({"method": "echo", "args": {"value": 1}});
    let Some(body) = row["body"].as_str() else {
        // The compressed ones all hold the same request.
        return plain;
    };
    let body: Value = serde_json::from_str(body).unwrap();
    let inner = match body["oslo.message"].as_str() {
        Some(inner) => serde_json::from_str(&inner.replace("NaN", "\"NaN\"")).unwrap(),
        None => body,
    };
    match inner {
        Value::Array(pairs) => {
            pairs.iter().map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect()
        }
        object => object,
    }
}

#[test]
fn timeout_values() {
    // The method of these calls took 2.6 s.
    const SECONDS: f64 = 2.6;
    for row in rows("20_server_timeout_values") {
        let message = json!({"method": "m", "_msg_id": "i", "_reply_q": "q", "_timeout": row["_timeout"]});
        let request =
            Request::decode(&message.to_string().into(), &Content::JSON, &Limits::default()).unwrap();
        let beats = request.heartbeat.map_or(0.0, |every| (SECONDS / every.as_secs_f64()).floor());
        assert_eq!(row["heartbeats"].as_f64(), Some(beats), "{row}");
        // Python's heartbeats die of an array without a word; here the log has it.
        let warned = row["logs"].get(0).is_some() || row["_timeout"].is_array();
        assert_eq!(!request.warnings.is_empty(), warned, "{row}");
    }
}

/// What came of a call: `None` if its last reply never came.
type Outcome = Option<Result<Value, RemoteError>>;

#[test]
fn replies() {
    for row in rows("21_client_reply") {
        let name = text(&row, "name");
        let Some(sent) = row["sent"].as_array() else {
            assert_eq!(name, "reply after the timeout");
            continue;
        };
        let (settled, outcome) = run_call(&row, sent);
        assert_eq!(row["settled"], json!(settled), "{name}");
        let recorded = &row["outcome"];
        match (outcome, recorded.get("returned"), differs(name)) {
            (outcome, Some(returned), false) => assert_eq!(outcome, Some(Ok(returned.clone())), "{name}"),
            (None, None, false) => assert_eq!(recorded["raised"]["class"], "MessagingTimeout", "{name}"),
            (Some(Err(error)), None, false) => check_failure(name, &error, sent, &recorded["raised"]),
            (outcome, _, true) => check_difference(name, outcome),
            (outcome, ..) => panic!("{name}: {outcome:?}"),
        }
    }
}

/// Does what a client does with the replies that were sent to it, by the book.
fn run_call(row: &Value, sent: &[Value]) -> (Vec<&'static str>, Outcome) {
    let awaited = awaited(row, sent);
    let (mut settled, mut early, mut outcome) = (Vec::new(), Value::Null, None);
    for (at, message) in sent.iter().enumerate() {
        let bytes: Bytes = match message {
            Value::String(body) => body.clone().into(),
            inner => json!({"oslo.version": "2.0", "oslo.message": inner.to_string()}).to_string().into(),
        };
        let untyped = at == 0 && text(row, "name") == "content_type missing, then the reply";
        let content = if untyped { Content::default() } else { Content::JSON };
        let Ok(reply) = Reply::decode(&bytes, &content, &Limits::default()) else {
            settled.push("reject, requeue=false");
            continue;
        };
        settled.push("ack");
        if outcome.is_some() || reply.msg_id != awaited {
            continue;
        }
        let result: Value = reply.decode_result().unwrap();
        assert_eq!(reply.has_result(), !result.is_null());
        outcome = match reply.failure {
            _ if !reply.ending => {
                early = result;
                None
            }
            Some(error) => Some(Err(error)),
            None => Some(Ok(if result.is_null() { early.take() } else { result })),
        };
    }
    (settled, outcome)
}

/// The id of the call: the one that Python named when it gave up, or that of the last reply.
fn awaited(row: &Value, sent: &[Value]) -> Option<String> {
    let raised = row["outcome"]["raised"]["str"].as_str();
    if let Some((_, id)) = raised.and_then(|text| text.split_once("a reply to message ID ")) {
        return Some(id.to_owned());
    }
    let last = match sent.last()? {
        Value::String(body) => serde_json::from_str(body).unwrap(),
        inner => inner.clone(),
    };
    last["_msg_id"].as_str().map(str::to_owned)
}

/// Python rebuilds some exceptions and raises its `RemoteError` for others; we keep what was sent.
fn check_failure(name: &str, error: &RemoteError, sent: &[Value], raised: &Value) {
    let failure: Value = serde_json::from_str(text(sent.last().unwrap(), "failure")).unwrap();
    let class = text(raised, "class");
    if name == "failure {}" {
        assert_eq!((error.class.as_str(), class), ("RemoteError", "RemoteError"));
        assert_eq!(error.module, raised["module"]);
        return;
    }
    assert_eq!(error.class, failure["class"], "{name}");
    assert_eq!(error.module, failure["module"], "{name}");
    assert!(class == "RemoteError" || class.trim_end_matches("_Remote") == error.class, "{name}");
    if class == "ValueError" {
        assert!(error.is("builtins", "ValueError"), "{name}: {error}");
    }
    assert_eq!(error.message, failure["message"].as_str().unwrap_or(""), "{name}");
    assert_eq!(error.args, *failure["args"].as_array().unwrap_or(&Vec::new()), "{name}");
    assert_eq!(error.kwargs, *failure["kwargs"].as_object().unwrap_or(&Map::new()), "{name}");
    assert_eq!(error.traceback.concat(), lines(&failure["tb"]), "{name}");
}

fn lines(tb: &Value) -> String {
    match tb {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect(),
        _ => tb.as_str().unwrap_or("").to_owned(),
    }
}

fn check_difference(name: &str, outcome: Outcome) {
    match (name, outcome) {
        ("no failure key" | "heartbeat without call_monitor_timeout", Some(Ok(result))) => {
            assert_eq!(result, "ok")
        }
        ("failure not JSON", Some(Err(error))) => assert!(error.message.contains("not readable"), "{error}"),
        ("failure an object instead of a string", Some(Err(error))) => {
            assert!(error.is("builtins", "ValueError") && error.message == "bad", "{error}");
        }
        ("failure with message null", Some(Err(error))) => {
            assert!(error.is("builtins", "ValueError") && error.message.is_empty(), "{error}");
        }
        (name, outcome) => panic!("{name}: {outcome:?}"),
    }
}

#[test]
fn notifications() {
    for row in rows("20_listener_input").iter().filter(|row| row.get("body").is_some()) {
        let name = text(row, "name");
        let read = Notification::decode(&body(row), &content(row), &Limits::default());
        let Ok(read) = read else {
            assert_eq!(row["settled"], json!(["reject, requeue=false"]), "{name}");
            continue;
        };
        match name {
            "priority missing" => assert_eq!(read.priority.as_deref(), Some("")),
            "priority null" => assert_eq!(read.priority, None),
            "priority unknown" => assert_eq!(read.priority.as_deref(), Some("FOO")),
            "same _unique_id again" => assert_eq!(read.unique_id.as_deref(), Some("n")),
            _ => assert_ne!(row["settled"], json!(["reject, requeue=false"]), "{name}"),
        }
        let Some(seen) = row["seen"].get(0) else { continue };
        assert_eq!(read.publisher_id.as_deref(), seen["publisher_id"].as_str(), "{name}");
        assert_eq!(read.event_type.as_deref(), seen["event_type"].as_str(), "{name}");
        assert_eq!(read.message_id.as_deref(), seen["metadata"]["message_id"].as_str(), "{name}");
        assert_eq!(read.timestamp.as_deref(), seen["metadata"]["timestamp"].as_str(), "{name}");
        let payload: Value = read.decode_payload().unwrap();
        match name {
            "no envelope, kombu datetime" => assert_eq!(payload, "2024-02-03T04:05:06.000007"),
            "no envelope, kombu uuid" => assert_eq!(payload, "12121212-1212-1212-1212-121212121212"),
            _ => assert_eq!(payload, seen["payload"], "{name}"),
        }
    }
}
