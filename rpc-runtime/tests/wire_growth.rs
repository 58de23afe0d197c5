//! What reading and writing takes grows with the message and no faster, whatever a peer has put into it.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rpc_runtime::wire::{
    Arguments, Compression, Content, Fields, Limits, Notification, Reply, Request, RequestHead,
};
use serde_json::Value;

/// How much larger the larger message is.
const TIMES: usize = 16;
/// Linear is 16 times as long, quadratic is 256.
const BEARABLE: f64 = 64.0;
/// How often each is measured: the shortest counts.
const ROUNDS: usize = 5;

/// The time for which this thread was on a processor, if the system says so.
fn now() -> Duration {
    let ran = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|ran| ran.split(' ').next()?.parse().ok());
    ran.map_or_else(|| EPOCH.with(Instant::elapsed), Duration::from_nanos)
}

thread_local! {
    static EPOCH: Instant = Instant::now();
}

/// Fails if what `work` does with a thing of some size takes out of proportion longer with a larger one.
fn grows_with<T>(what: &str, size: usize, make: impl Fn(usize) -> T, work: impl Fn(&T)) {
    let took = |size: usize| {
        let thing = make(size);
        let round = || {
            let began = now();
            work(&thing);
            now() - began
        };
        (0..ROUNDS).map(|_| round()).min().unwrap()
    };
    // What is too short to be measured is not what anybody suffers from.
    let (small, large) = (took(size).max(Duration::from_micros(100)), took(size * TIMES));
    let ratio = large.as_secs_f64() / small.as_secs_f64();
    assert!(
        ratio < BEARABLE,
        "{what}: {TIMES} times as much took {ratio:.0} times as long: {small:?}, {large:?}"
    );
}

fn sealed(message: &str) -> Bytes {
    format!(r#"{{"oslo.version": "2.0", "oslo.message": {}}}"#, Value::from(message)).into()
}

fn joined(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(", ")
}

/// Messages of so many parts, in all the ways in which there can be many of something.
fn messages(count: usize) -> Vec<(&'static str, String)> {
    let args = |args: String| format!(r#"{{"method": "m", "args": {{{args}}}}}"#);
    vec![
        ("arguments", args(joined(count, |n| format!(r#""name{n}": {n}"#)))),
        ("one argument again and again", args(joined(count, |_| r#""name": 1"#.to_owned()))),
        ("escaped names", args(joined(count, |n| format!(r#""\u00e9{n}": {n}"#)))),
        ("one escaped name again and again", args(joined(count, |_| r#""\u00e9": 1"#.to_owned()))),
        ("members", format!("{{{}}}", joined(count, |n| format!(r#""name{n}": {n}"#)))),
        ("args again and again", format!("{{{}}}", joined(count, |n| format!(r#""args": {{"a": {n}}}"#)))),
        ("a context", format!("{{{}}}", joined(count, |n| format!(r#""_context_{n}": {n}"#)))),
        ("pairs", format!("[{}]", joined(count, |n| format!(r#"["name{n}", {n}]"#)))),
        ("a list", args(format!(r#""list": [{}]"#, joined(count, |n| n.to_string())))),
        ("lists", args(joined(count, |n| format!(r#""l{n}": [[[[{n}]]]]"#)))),
        ("a long text", args(format!(r#""text": "{}""#, "\\\"\\\\".repeat(count)))),
        ("a long number", args(format!(r#""number": {}"#, "9".repeat(count)))),
        ("lone surrogates", args(format!(r#""text": "{}""#, "\\ud800".repeat(count)))),
        ("what is no JSON", args(joined(count, |n| format!(r#""name{n}": NaN"#)))),
        ("blanks", args(format!(r#""a":{}1"#, " ".repeat(count * 8)))),
        ("an open list", format!(r#"{{"method": [{}"#, "[".repeat(count))),
        ("an open text", format!(r#"{{"method": "{}"#, "\\\\".repeat(count))),
        ("a version", format!(r#"{{"method": "m", "version": "{}"}}"#, "1.".repeat(count))),
        (
            "ids",
            format!(
                r#"{{"_msg_id": {n}, "_unique_id": {n}, "_reply_q": {n}, "_timeout": {n}}}"#,
                n = "9".repeat(count)
            ),
        ),
        (
            "a failure",
            format!(
                r#"{{"failure": {}}}"#,
                Value::from(format!(
                    r#"{{"class": "C", "tb": [{}], "kwargs": {{{}}}}}"#,
                    joined(count, |n| format!("\"line {n}\"")),
                    joined(count, |n| format!("\"k{n}\": {n}"))
                ))
            ),
        ),
        ("types of kombu", joined_object(count)),
    ]
}

fn joined_object(count: usize) -> String {
    format!("{{{}}}", joined(count, |n| format!(r#""d{n}": {{"__type__": "decimal", "__value__": "{n}"}}"#)))
}

/// Everything that is read of a message.
fn read(body: &Bytes, compression: Option<Compression>) {
    let content = Content::JSON.with_compression(compression.map(Compression::header));
    let limits = Limits::default();
    if let Ok(request) = Request::decode(body, &content, &limits) {
        look(&request.context);
        if let Ok(invocation) = &request.invocation {
            look(&invocation.args);
        }
    }
    if let Ok(reply) = Reply::decode(body, &content, &limits) {
        black_box(reply.decode_result::<Value>().ok());
    }
    drop(black_box(Notification::decode(body, &content, &limits)));
}

fn look(values: &Arguments) {
    black_box(values.names().count());
    for (_, json) in values.iter() {
        black_box(serde_json::from_str::<Value>(json).ok());
    }
    black_box(values.get("no such name"));
}

#[test]
fn reading_grows_with_the_message() {
    for kind in 0..messages(1).len() {
        let (name, _) = messages(1)[kind];
        grows_with(name, 2_000, |count| sealed(&messages(count)[kind].1), |body| read(body, None));
        let plain = |count: usize| Bytes::from(messages(count)[kind].1.clone());
        grows_with(&format!("{name} without an envelope"), 2_000, plain, |body| read(body, None));
        let packed = |count: usize| -> Bytes {
            Compression::Gzip.compress(&sealed(&messages(count)[kind].1)).unwrap().into()
        };
        grows_with(&format!("{name}, compressed"), 2_000, packed, |body| read(body, Some(Compression::Gzip)));
    }
}

#[test]
fn writing_grows_with_the_message() {
    let names = |count: usize| (0..count).map(|n| format!("name{n}")).collect::<Vec<_>>();
    let set = |names: &Vec<String>| {
        let mut fields = Fields::new();
        for name in names {
            fields.set(name, name).unwrap();
        }
        // Again, to replace them; then without each other one.
        for name in names {
            fields.set(name, &1).unwrap();
        }
        for name in names.iter().step_by(2) {
            assert!(fields.remove(name) && !fields.contains(name));
        }
        fields
    };
    grows_with("fields", 2_000, names, |names| drop(set(names)));
    grows_with(
        "a request",
        2_000,
        |count| set(&names(count)),
        |fields| {
            black_box(RequestHead::new("m", "u").encode(fields, fields));
        },
    );
}
