//! What reading and writing takes grows with the message and no faster, whatever a peer has put into it.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use rpc_runtime::wire::{
    Arguments, Compression, Content, Fields, Limits, Notification, Reply, Request, RequestHead,
};
use serde_json::Value;

/// How many small messages are as large as the large one.
const TIMES: usize = 16;
/// How many parts a small one has.
const PARTS: usize = 500;
/// With linear time, a large message takes as long as all of the small ones; with quadratic time, 16 times as long.
const BEARABLE: f64 = 4.0;
/// How often each is measured at most: the shortest counts, as what others do on the machine costs time as well.
const ROUNDS: usize = 20;

/// Fails if what `work` does with a large thing takes much longer than with small ones that are as much together.
fn grows_with<T>(what: &str, [small, large]: [&T; 2], work: impl Fn(&T)) {
    let took = |thing: &T, times: usize| {
        let began = processor_time();
        (0..times).for_each(|_| work(thing));
        processor_time().saturating_sub(began)
    };
    let (mut small_took, mut large_took) = (Duration::MAX, Duration::MAX);
    let mut ratio = f64::INFINITY;
    for _ in 0..ROUNDS {
        small_took = small_took.min(took(small, TIMES));
        large_took = large_took.min(took(large, 1));
        // What is too short to be measured is not what anybody suffers from.
        ratio = large_took.as_secs_f64() / small_took.as_secs_f64().max(0.005);
        if ratio < BEARABLE {
            return;
        }
    }
    panic!("{what}: all at once took {ratio:.1} times as long: {small_took:?}, {large_took:?}");
}

/// How long this thread has had a processor.
#[cfg(target_os = "linux")]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap()
}

/// The time of the clock, where there is no other.
#[cfg(not(target_os = "linux"))]
fn processor_time() -> Duration {
    static BEGAN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGAN.elapsed()
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
    let pairs = messages(PARTS).into_iter().zip(messages(PARTS * TIMES));
    for ((name, small), (_, large)) in pairs {
        let (small_sealed, large_sealed) = (sealed(&small), sealed(&large));
        grows_with(name, [&small_sealed, &large_sealed], |body| read(body, None));
        let packed =
            [small_sealed, large_sealed].map(|body| Compression::Gzip.compress(&body).unwrap().into());
        grows_with(&format!("{name}, compressed"), packed.each_ref(), |body| {
            read(body, Some(Compression::Gzip))
        });
        let plain = [small, large].map(Bytes::from);
        grows_with(&format!("{name}, without an envelope"), plain.each_ref(), |body| read(body, None));
    }
}

#[test]
fn writing_grows_with_the_message() {
    let names =
        [PARTS, PARTS * TIMES].map(|count| (0..count).map(|n| format!("name{n}")).collect::<Vec<_>>());
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
    grows_with("fields", names.each_ref(), |names| drop(set(names)));
    let fields = names.each_ref().map(set);
    grows_with("a request", fields.each_ref(), |fields| {
        black_box(RequestHead::new("m", "u").encode(fields, fields));
    });
}
