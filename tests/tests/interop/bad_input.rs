//! Messages that no honest client sends, at a Rust server on a real broker.

use std::io::Write as _;

use futures::StreamExt as _;
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer};
use rpc_runtime::{Context, Transport};
use rpc_tests::limits::PATIENCE;
use rpc_tests::sample::{RustServer, SampleApi};
use rpc_tests::{Vhost, run};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::vhost;

const MAX_BODY: usize = 100_000;

/// A plain AMQP client that publishes whatever it likes.
struct Raw {
    _connection: Connection,
    channel: Channel,
    replies: Consumer,
    /// What the server rejected.
    dead: Consumer,
}

impl Raw {
    async fn connect(vhost: &Vhost) -> Self {
        let uri = vhost.url().replacen("rabbit://", "amqp://", 1);
        let connection = Connection::connect(&uri, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        for queue in ["replies", "dead"] {
            let options = QueueDeclareOptions::default();
            channel.queue_declare(queue.into(), options, FieldTable::default()).await.unwrap();
        }
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let replies = consume(&channel, "replies").await;
        let dead = consume(&channel, "dead").await;
        Self { _connection: connection, channel, replies, dead }
    }

    async fn publish(&self, message: &Message) {
        let mut properties = BasicProperties::default().with_message_id(message.name.into());
        if let Some(content_type) = message.content_type {
            properties = properties.with_content_type(content_type.into());
        }
        if let Some(compression) = message.compression {
            let mut headers = FieldTable::default();
            headers.insert("compression".into(), AMQPValue::LongString(compression.into()));
            properties = properties.with_headers(headers);
        }
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let confirm =
            self.channel.basic_publish("".into(), "topic".into(), options, &message.body, properties).await;
        assert!(confirm.unwrap().await.unwrap().is_ack(), "{}", message.name);
    }
}

async fn consume(channel: &Channel, queue: &'static str) -> Consumer {
    let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    channel.basic_consume(queue.into(), queue.into(), options, FieldTable::default()).await.unwrap()
}

async fn next(consumer: &mut Consumer, what: &str) -> lapin::message::Delivery {
    let delivery = timeout(PATIENCE, consumer.next()).await;
    delivery.unwrap_or_else(|_| panic!("nothing after {PATIENCE:?}: {what}")).unwrap().unwrap()
}

struct Message {
    name: &'static str,
    body: Vec<u8>,
    content_type: Option<&'static str>,
    compression: Option<&'static str>,
}

fn message(name: &'static str, body: impl Into<Vec<u8>>) -> Message {
    Message { name, body: body.into(), content_type: Some("application/json"), compression: None }
}

fn envelope(inner: &str) -> String {
    json!({"oslo.version": "2.0", "oslo.message": inner}).to_string()
}

/// A call whose reply comes to us; `name` is its id.
fn call(name: &'static str, mut keys: Value) -> Message {
    keys["_msg_id"] = name.into();
    keys["_reply_q"] = "replies".into();
    message(name, envelope(&keys.to_string()))
}

fn zlib(bytes: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..bytes >> 20 {
        encoder.write_all(&chunk).unwrap();
    }
    encoder.finish().unwrap()
}

/// What is rejected and never answered.
fn rejected() -> Vec<Message> {
    let ok = || call("", json!({"method": "add", "args": {"a": 1}}));
    let deep = "[".repeat(40_000) + &"]".repeat(40_000);
    vec![
        message("no JSON", "hello"),
        message("no UTF-8", *b"{\"oslo.version\": \"2.0\", \"oslo.message\": \"\xff\"}"),
        message("a number", "5"),
        message("null", "null"),
        message("cut off", &envelope("{}")[..20]),
        message("binary", (0..=255_u8).collect::<Vec<_>>()),
        message("a later version", envelope("{}").replace("2.0", "2.1")),
        message("a version of another type", r#"{"oslo.version": [], "oslo.message": "{}"}"#),
        message("an object for a text", r#"{"oslo.version": "2.0", "oslo.message": {"method": "add"}}"#),
        message("no JSON inside", envelope("{\"method\": ")),
        message("no object inside", envelope("\"add\"")),
        message("deep", deep.clone()),
        message(
            "deep inside",
            envelope(&format!("{{\"method\": \"echo\", \"args\": {{\"value\": {deep}}}}}")),
        ),
        message("large", vec![b' '; MAX_BODY + 1]),
        message("very large", vec![b'['; 8 << 20]),
        Message {
            name: "large when decompressed",
            body: zlib(64 << 20),
            compression: Some("application/x-gzip"),
            ..ok()
        },
        Message { name: "no content type", content_type: None, ..ok() },
        Message { name: "another content type", content_type: Some("application/octet-stream"), ..ok() },
    ]
}

/// What is answered, and with which class.
fn answered() -> Vec<(Message, &'static str)> {
    let args = json!({"a": 1});
    vec![
        (call("no method", json!({"args": args})), "TypeError"),
        (call("a number for a method", json!({"method": 5, "args": args})), "TypeError"),
        (call("an empty method", json!({"method": "", "args": args})), "NoSuchMethod"),
        (call("a private method", json!({"method": "__class__", "args": args})), "NoSuchMethod"),
        (call("no object for args", json!({"method": "add", "args": [1]})), "AttributeError"),
        (call("null for args", json!({"method": "add", "args": null})), "AttributeError"),
        (
            call("a version without a dot", json!({"method": "add", "args": args, "version": "1"})),
            "IndexError",
        ),
        (
            call("a word for a version", json!({"method": "add", "args": args, "version": "x.y"})),
            "ValueError",
        ),
        (call("a wrong type", json!({"method": "add", "args": {"a": {}}})), "TypeError"),
        (call("too many digits", json!({"method": "add", "args": {"a": 1e300}})), "TypeError"),
    ]
}

/// The failure of a reply, which is JSON in a text in JSON in a text.
fn failure_class(reply: &[u8]) -> (String, String) {
    let envelope: Value = serde_json::from_slice(reply).unwrap();
    let reply: Value = serde_json::from_str(envelope["oslo.message"].as_str().unwrap()).unwrap();
    let failure: Value = serde_json::from_str(reply["failure"].as_str().unwrap_or("null")).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&reply["_msg_id"]), text(&failure["class"]))
}

#[test]
fn nothing_that_comes_in_ends_a_server() {
    run(async {
        let vhost = vhost("bad-input").await;
        let mut raw = Raw::connect(&vhost).await;
        // The broker moves to `dead` what a server rejects, and drops what it acknowledges.
        vhost.dead_letters("^topic$", "dead").await.unwrap();
        let transport = Transport::connect(&format!("{}?max_body={MAX_BODY}", vhost.url())).await.unwrap();
        let rust = RustServer::start(&transport, "rust").await.unwrap();
        let api = SampleApi::new(&transport);

        for message in rejected() {
            raw.publish(&message).await;
            let dead = next(&mut raw.dead, message.name).await;
            let id = dead.properties.message_id().as_ref().map(ToString::to_string);
            assert_eq!(id.as_deref(), Some(message.name));
            assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11, "after {}", message.name);
        }
        for (message, class) in answered() {
            raw.publish(&message).await;
            let reply = next(&mut raw.replies, message.name).await;
            assert_eq!(failure_class(&reply.data), (message.name.to_owned(), class.to_owned()));
        }
        // Casts that cannot be executed, calls whose callers cannot be answered: taken and dropped.
        for message in [
            message("empty", ""),
            message("an empty object", "{}"),
            message("an unknown method", envelope(r#"{"method": "missing", "args": {}}"#)),
            message("nowhere to reply", envelope(r#"{"method": "add", "args": {"a": 1}, "_msg_id": "m"}"#)),
        ] {
            raw.publish(&message).await;
            assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11, "after {}", message.name);
        }
        // Replies keep their order, so this one shows that there were no others; so do rejections.
        let last = call("last", json!({"method": "missing"}));
        raw.publish(&last).await;
        assert_eq!(failure_class(&next(&mut raw.replies, "last").await.data).0, "last");
        raw.publish(&message("last", "5")).await;
        let dead = next(&mut raw.dead, "last").await;
        assert_eq!(dead.properties.message_id().as_ref().map(ToString::to_string).as_deref(), Some("last"));
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn a_repeated_message_is_executed_once() {
    run(async {
        let vhost = vhost("repeated").await;
        let raw = Raw::connect(&vhost).await;
        let transport = Transport::connect(&vhost.url()).await.unwrap();
        let mut rust = RustServer::start(&transport, "rust").await.unwrap();
        let note = |n: u64, id: &str| {
            let inner = json!({"method": "note", "args": {"n": n}, "_unique_id": id});
            message("note", envelope(&inner.to_string()))
        };
        // A sender that lost a confirm sends again; in between, others send theirs.
        for id in ["first", "first", "second", "first", "third"] {
            raw.publish(&note(id.len() as u64, id)).await;
        }
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(rust.note().await.unwrap().args["n"].as_u64().unwrap());
        }
        seen.sort_unstable();
        assert_eq!(seen, [5, 5, 6], "one note for each id");
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn a_body_above_the_limit_is_not_sent() {
    run(async {
        let vhost = vhost("large-body").await;
        let transport = Transport::connect(&format!("{}?max_body={MAX_BODY}", vhost.url())).await.unwrap();
        let _rust = RustServer::start(&transport, "rust").await.unwrap();
        let api = SampleApi::new(&transport);
        let error = api.echo(&Context::new(), Value::from("x".repeat(MAX_BODY))).await.unwrap_err();
        assert!(error.rpc().is_some() && error.to_string().contains("100000"), "{error}");
        let value = Value::from("x".repeat(MAX_BODY / 2));
        assert_eq!(api.echo(&Context::new(), &value).await.unwrap(), value);
    });
}
