//! Every message recorded from oslo.messaging is read as it was meant, and written again byte for
//! byte from what was read.

#![allow(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod wire_support;

use rpc_runtime::wire::{
    Arguments, Content, EncodedValue, Fields, Format, Limits, Notification, NotificationHead, Reply, ReplyTo,
    Request, RequestHead,
};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use wire_support::{body, cases};

/// Cases with values that are not JSON: they are read as other values, so not written back.
const NOT_JSON: &[(&str, &str)] = &[
    ("14_arg_nan.json", "NaN is read as a string"),
    ("14_arg_infinity.json", "Infinity is read as a string"),
    ("14_arg_minus_infinity.json", "-Infinity is read as a string"),
    ("14_arg_lone_surrogate.json", "a lone surrogate is read as U+FFFD"),
];

fn content(message: &Value) -> Content<'_> {
    let properties = &message["properties"];
    Content::default()
        .with_content_type(properties["content_type"].as_str())
        .with_compression(properties["headers"]["compression"].as_str())
}

/// The message itself and those in the list `more` of the case that have a body.
fn messages<'a>(case: &'a Value, more: &str) -> Vec<&'a Value> {
    let others = case[more].as_array().into_iter().flatten();
    std::iter::once(case).chain(others).filter(|message| message.get("body").is_some()).collect()
}

fn map(values: &Arguments) -> Map<String, Value> {
    values.iter().map(|(name, json)| (name.to_owned(), serde_json::from_str(json).unwrap())).collect()
}

/// The same values to be sent, each as the text that came.
fn resent(values: &Arguments) -> Fields {
    let mut fields = Fields::new();
    for (name, json) in values.iter() {
        fields.set(name, &RawValue::from_string(json.to_owned()).unwrap()).unwrap();
    }
    fields
}

/// The members of the recorded message whose names begin with `prefix`.
fn with_prefix(inner: &Value, prefix: &str) -> Map<String, Value> {
    let members = inner.as_object().unwrap().iter();
    members.filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()))).collect()
}

#[test]
fn requests() {
    let mut count = 0;
    for (name, case) in cases(&["0", "10", "11", "13", "14", "15"]) {
        for message in messages(&case, "also_published") {
            let inner = &message["inner"];
            let request = Request::decode(&body(message), &content(message), &Limits::default()).unwrap();
            let invocation = request.invocation.unwrap();
            assert_eq!(invocation.method, inner["method"], "{name}");
            assert_eq!(invocation.namespace.as_deref(), inner["namespace"].as_str(), "{name}");
            assert_eq!(invocation.version.to_string(), inner["version"].as_str().unwrap_or("1.0"), "{name}");
            assert_eq!(request.unique_id.as_deref(), inner["_unique_id"].as_str(), "{name}");
            assert_eq!(request.heartbeat.map(|every| every.as_secs_f64()), monitored(inner), "{name}");
            assert_eq!(map(&request.context), with_prefix(inner, "_context_"), "{name}");
            let reply = request.reply.as_ref();
            let msg_id = reply.map(|reply| serde_json::from_str::<String>(&reply.msg_id).unwrap());
            assert_eq!(msg_id.as_deref(), inner["_msg_id"].as_str(), "{name}");
            assert_eq!(reply.map(|reply| &*reply.queue), inner["_reply_q"].as_str(), "{name}");
            count += 1;

            if name == "14_arg_lone_surrogate.json" {
                assert_eq!(invocation.args.get("value"), Some(r#""\ufffd""#));
            } else {
                assert_eq!(&map(&invocation.args), inner["args"].as_object().unwrap(), "{name}");
            }
            if NOT_JSON.iter().any(|(case, _)| *case == name) {
                continue;
            }
            let reply = msg_id.as_deref().zip(reply).map(|(msg_id, reply)| {
                ReplyTo::new(msg_id, &reply.queue).with_monitor(inner["_timeout"].as_u64())
            });
            let head = RequestHead::new(&invocation.method, request.unique_id.as_deref().unwrap())
                .with_namespace(invocation.namespace.as_deref())
                .with_version(inner.get("version").map(|_| invocation.version))
                .with_reply(reply);
            let again = head.encode(&resent(&invocation.args), &resent(&request.context));
            assert_eq!(std::str::from_utf8(&again).unwrap(), message["body"].as_str().unwrap(), "{name}");
        }
    }
    assert_eq!(count, 129);
}

/// The heartbeat interval in seconds that section 8.4 of the protocol gives for the request.
fn monitored(inner: &Value) -> Option<f64> {
    let half = inner["_timeout"].as_f64()? / 2.0;
    (half >= 1.0).then_some(half)
}

#[test]
fn values_that_were_not_read_from_a_message() {
    let values = cases(&["14_arg_"]);
    for (name, json) in [
        ("14_arg_bigint.json", "1180591620717411303424"),
        ("14_arg_bigint_negative.json", "-1180591620717411303424"),
    ] {
        let whole: i128 = json.parse().unwrap();
        check(&values, name, &whole);
    }
    check(&values, "14_arg_control.json", "\0\x01\t\n\"\\/");
    check(&values, "14_arg_float_16.json", &1e16);
    check(&values, "14_arg_float_17.json", &123456789012345678.0);
    check(&values, "14_arg_float_tenth.json", &0.1);
    check(&values, "14_arg_minus_zero.json", &-0.0);
    check(&values, "14_arg_int64_max.json", &i64::MAX);
    check(&values, "14_arg_nonascii.json", "h\u{e9}llo \u{4e16}\u{754c} \u{1f600} \x7f \u{2028}");
    check(&values, "14_arg_null.json", &());
    check(&values, "14_arg_tuple.json", &(1, "a"));
    check(&values, "14_arg_nested.json", &serde_json::json!({"a": [{"b": null}]}));
    check(&values, "14_arg_uuid.json", &uuid::Uuid::from_u128(0x12345678_1234_5678_1234_567812345678));
}

fn check<T: serde::Serialize + ?Sized>(cases: &[(String, Value)], name: &str, value: &T) {
    let (_, case) = cases.iter().find(|(case, _)| case == name).unwrap();
    let mut args = Fields::new();
    args.set("value", value).unwrap();
    let mut context = Fields::new();
    context.set("request_id", "req-1").unwrap();
    let inner = &case["inner"];
    let head = RequestHead::new(inner["method"].as_str().unwrap(), inner["_unique_id"].as_str().unwrap());
    let body = head.encode(&args, &context);
    assert_eq!(std::str::from_utf8(&body).unwrap(), case["body"].as_str().unwrap(), "{name}");
}

#[test]
fn replies() {
    let (mut results, mut failures, mut heartbeats) = (0, 0, 0);
    for (name, case) in cases(&["0", "10", "11", "13", "14", "15"]) {
        for message in case["replies"].as_array().into_iter().flatten() {
            let inner = &message["inner"];
            let reply = Reply::decode(&body(message), &content(message), &Limits::default()).unwrap();
            assert_eq!(reply.msg_id.as_deref(), inner["_msg_id"].as_str(), "{name}");
            assert_eq!(reply.ending, inner["ending"].as_bool().unwrap(), "{name}");
            assert_eq!(reply.decode_result::<Value>().unwrap(), inner["result"], "{name}");
            assert_eq!(reply.has_result(), !inner["result"].is_null(), "{name}");

            let msg_id = inner["_msg_id"].to_string();
            let again = match &reply.failure {
                Some(error) => {
                    let recorded = &message["failure"];
                    assert_eq!(error.class, recorded["class"], "{name}");
                    assert_eq!(error.module, recorded["module"], "{name}");
                    assert_eq!(error.message, recorded["message"], "{name}");
                    assert_eq!(Value::from(error.traceback.clone()), recorded["tb"], "{name}");
                    assert_eq!(Value::from(error.args.clone()), recorded["args"], "{name}");
                    assert_eq!(Value::from(error.kwargs.clone()), recorded["kwargs"], "{name}");
                    failures += 1;
                    Reply::failure(&msg_id, error)
                }
                None if reply.ending => {
                    let result = RawValue::from_string(reply.result_text().to_owned()).unwrap();
                    results += 1;
                    Reply::result(&msg_id, &EncodedValue::new(&result).unwrap())
                }
                None => {
                    heartbeats += 1;
                    Reply::heartbeat(&msg_id)
                }
            };
            assert_eq!(
                without_unique_id(&again),
                without_unique_id(message["body"].as_str().unwrap().as_bytes())
            );
        }
    }
    assert_eq!((results, failures, heartbeats), (47, 16, 8));
}

/// The body up to the value of `_unique_id`, which is new in each reply and comes last.
fn without_unique_id(body: &[u8]) -> &str {
    const KEY: &str = r#"\"_unique_id\": \""#;
    let body = std::str::from_utf8(body).unwrap();
    let value = body.rfind(KEY).unwrap() + KEY.len();
    let id = body[value..].strip_suffix(r#"\"}"}"#).unwrap();
    assert!(id.len() == 32 && id.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    &body[..value]
}

#[test]
fn notifications() {
    let mut count = 0;
    for (name, case) in cases(&["12"]) {
        for message in messages(&case, "also_published") {
            let inner = &message["inner"];
            let enveloped = case["envelope"].as_bool().unwrap_or(true);
            let read = Notification::decode(&body(message), &content(message), &Limits::default()).unwrap();
            let head = NotificationHead::default()
                .with_message_id(read.message_id.as_deref().unwrap())
                .with_publisher_id(read.publisher_id.as_deref().unwrap())
                .with_event_type(read.event_type.as_deref().unwrap())
                .with_priority(read.priority.as_deref().unwrap())
                .with_timestamp(read.timestamp.as_deref().unwrap())
                .with_unique_id(read.unique_id.as_deref().unwrap());
            assert_eq!(head.message_id, inner["message_id"], "{name}");
            assert_eq!(head.publisher_id.unwrap(), inner["publisher_id"], "{name}");
            assert_eq!(head.event_type, inner["event_type"], "{name}");
            assert_eq!(head.priority, inner["priority"], "{name}");
            assert_eq!(head.timestamp, inner["timestamp"], "{name}");
            assert_eq!(map(&read.context), with_prefix(inner, "_context_"), "{name}");
            count += 1;

            if name == "12_notify_v1_special_types.json" {
                let expected = serde_json::json!({
                    "when": "2024-02-03T04:05:06.000007", "day": "2024-02-03", "clock": "01:02:03",
                    "uuid": "12345678-1234-5678-1234-567812345678", "decimal": "1.10", "bytes": "abc",
                    "binary": "/wA=", "tuple": [1, 2],
                });
                assert_eq!(read.decode_payload::<Value>().unwrap(), expected);
                continue;
            }
            assert_eq!(read.decode_payload::<Value>().unwrap(), inner["payload"], "{name}");
            let format = if enveloped { Format::Enveloped } else { Format::Bare };
            let payload = RawValue::from_string(read.payload_text().to_owned()).unwrap();
            let again = head.encode(&payload, &resent(&read.context), format).unwrap();
            assert_eq!(std::str::from_utf8(&again).unwrap(), message["body"].as_str().unwrap(), "{name}");
        }
    }
    assert_eq!(count, 21);
}
