//! What holds for every message, well-formed or not.

#![allow(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod wire_support;

use bytes::Bytes;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use rpc_runtime::RemoteError;
use rpc_runtime::wire::{
    Arguments, Compression, Content, EncodedValue, Fields, Limits, Notification, Reply, Request, RequestHead,
};
use serde_json::{Number, Value};
use wire_support::{body, cases};

fn json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |value| Number::from_f64(value).map(Value::from)),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 48, 6, |value| {
        prop_oneof![
            vec(value.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), value, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn fields(values: &std::collections::BTreeMap<String, Value>) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in values {
        fields.set(name, value).unwrap();
    }
    fields
}

/// Asks for everything that a message offers.
fn read_all(values: &Arguments) {
    for (name, text) in values.iter() {
        assert!(values.get(name).is_some());
        // Whether it can be decoded is up to the sender.
        let _ = serde_json::from_str::<Value>(text);
    }
}

/// Reads bytes as every kind of message with every compression.
fn read_as_anything(bytes: &Bytes) {
    let limits = Limits::default();
    for compression in [None, Some(Compression::Gzip.header()), Some(Compression::Bzip2.header())] {
        let content = Content::JSON.with_compression(compression);
        if let Ok(request) = Request::decode(bytes, &content, &limits) {
            read_all(&request.context);
            if let Ok(invocation) = request.invocation {
                read_all(&invocation.args);
            }
        }
        if let Ok(reply) = Reply::decode(bytes, &content, &limits) {
            let _ = reply.decode_result::<Value>();
        }
        if let Ok(notification) = Notification::decode(bytes, &content, &limits) {
            let _ = notification.decode_payload::<Value>();
        }
    }
}

proptest! {
    #[test]
    fn requests_survive(
        method: String,
        namespace: Option<String>,
        args in btree_map(any::<String>(), json(), 0..5),
        context in btree_map(any::<String>(), json(), 0..5),
    ) {
        let head = RequestHead::new(&method, "u").with_namespace(namespace.as_deref());
        let body = head.encode(&fields(&args), &fields(&context));
        prop_assert!(body.is_ascii());
        let request = Request::decode(&body, &Content::JSON, &Limits::default()).unwrap();
        prop_assert_eq!(request.context.len(), context.len());
        for (name, value) in &context {
            prop_assert_eq!(&request.context.decode::<Value>(name).unwrap().unwrap(), value);
        }
        let invocation = request.invocation.unwrap();
        prop_assert_eq!(invocation.method, method);
        prop_assert_eq!(invocation.namespace, namespace);
        prop_assert_eq!(invocation.args.names().collect::<Vec<_>>(), args.keys().collect::<Vec<_>>());
        for (name, value) in &args {
            prop_assert_eq!(&invocation.args.decode::<Value>(name).unwrap().unwrap(), value);
        }
    }

    #[test]
    fn results_survive_with_the_id_of_the_call(result in json(), msg_id in json()) {
        let encoded = EncodedValue::new(&result).unwrap();
        let body = Reply::result(&msg_id.to_string(), &encoded);
        prop_assert!(body.is_ascii());
        let reply = Reply::decode(&body, &Content::JSON, &Limits::default()).unwrap();
        prop_assert_eq!(reply.msg_id.as_deref(), msg_id.as_str());
        prop_assert_eq!(reply.decode_result::<Value>().unwrap(), result);
        prop_assert!(reply.ending && reply.failure.is_none());
    }

    #[test]
    fn failures_survive(
        module in "[a-z.]{0,20}",
        class in "[A-Z][a-z]{0,20}",
        message: String,
        args in vec(json(), 0..4),
        kwargs in btree_map(any::<String>(), json(), 0..4),
        traceback in vec(any::<String>(), 0..4),
    ) {
        let mut error = RemoteError::new(module, class, message);
        error.args = args;
        error.kwargs = kwargs.into_iter().collect();
        error.traceback = traceback;
        let body = Reply::failure("\"m\"", &error);
        prop_assert!(body.is_ascii());
        let reply = Reply::decode(&body, &Content::JSON, &Limits::default()).unwrap();
        prop_assert!(reply.ending && !reply.has_result());
        prop_assert_eq!(reply.failure, Some(error));
    }

    #[test]
    fn bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        read_as_anything(&Bytes::from(bytes));
    }

    #[test]
    fn tokens_of_json_never_panic(tokens in vec(
        prop_oneof![
            Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""), Just("\\"), Just("u"),
            Just("d800"), Just("\\ud83d"), Just("NaN"), Just("-Infinity"), Just("-"), Just("1"), Just("e9"),
            Just("\"method\""), Just("\"__type__\""), Just("\"__value__\""), Just("null"), Just("\u{e9}"), Just(" "),
            Just("{\"oslo.version\": \"2.0\", \"oslo.message\": \""), Just("{\"args\": "), Just("\"}"),
        ],
        0..40,
    )) {
        read_as_anything(&Bytes::from(tokens.concat()));
    }
}

#[test]
fn damaged_messages_never_panic() {
    let bodies: Vec<Bytes> = cases(&["04", "05", "12", "15"])
        .iter()
        .filter(|(_, case)| case.get("body").is_some())
        .flat_map(|(_, case)| std::iter::once(case).chain(case["replies"].as_array().into_iter().flatten()))
        .map(body)
        .collect();
    let damage = vec((any::<Index>(), any::<Index>(), vec(any::<u8>(), 0..4)), 1..4);
    proptest!(|(which: Index, damage in damage)| {
        let mut bytes = which.get(&bodies).to_vec();
        for (at, len, replacement) in damage {
            let start = at.index(bytes.len() + 1);
            let end = (start + len.index(8)).min(bytes.len());
            bytes.splice(start..end, replacement);
        }
        read_as_anything(&Bytes::from(bytes));
    });
}
