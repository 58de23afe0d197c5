//! The recorded behaviour of Python servers, row by row, against a whole server of ours.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{Dispatch, Endpoint, Incoming, Outcome, Server, ServerBuilder};
use crate::error::RemoteError;
use crate::interface::{Arg, Interface, Method};
use crate::target::Target;
use crate::transport::Transport;
use crate::transport::driver::{
    Delivery, Forward, Labels, Outgoing, PublishError, PublishFault, Route, Settle, Settler, Verdict,
};
use crate::transport::stub::{Stub, delivery};
use crate::version::Version;
use crate::wire::Content;

mod dead_letters;
mod ends;
mod hostile;
mod promises;
mod robust;
mod stage;

use stage::sealed;

type Returns = Result<Value, RemoteError>;

const V1: Version = Version::new(1, 0);
/// The endpoint of the recordings, as far as the rows ask for it.
static ECHO: Interface = Interface::new(
    "Recording",
    "compute",
    V1,
    &[
        Method::call::<Returns>("echo", &[V1], &[Arg::new("value", "Value").with_default("null")]),
        Method::call::<Returns>(
            "add",
            &[V1],
            &[Arg::new("a", "i64"), Arg::new("b", "i64").with_default("0").with_was("summand", V1)],
        ),
        Method::call::<Returns>("slow", &[V1], &[Arg::new("seconds", "f64")]),
        Method::call::<Returns>("rest", &[V1], &[Arg::new("a", "i64"), Arg::new("more", "Value").as_rest()]),
    ],
);

#[derive(Clone, Default)]
struct Recording {
    called: Arc<AtomicUsize>,
}

impl Dispatch for Recording {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        match incoming.method() {
            "echo" => {
                let (_, args) = incoming.open::<crate::Context, crate::Context>(&ECHO.methods[0])?;
                let value = args.or_else("value", || Value::Null)?;
                self.called.fetch_add(1, Ordering::SeqCst);
                incoming.outcome(Returns::Ok(value))
            }
            "add" => {
                let (_, args) = incoming.open::<crate::Context, crate::Context>(&ECHO.methods[1])?;
                let sum = args.required::<i64>("a")? + args.or_else::<i64>("b", || 0)?;
                incoming.outcome(Returns::Ok(sum.into()))
            }
            "slow" => {
                let (_, args) = incoming.open::<crate::Context, crate::Context>(&ECHO.methods[2])?;
                tokio::time::sleep(Duration::from_secs_f64(args.required("seconds")?)).await;
                incoming.outcome(Returns::Ok(Value::Null))
            }
            "rest" => {
                let (_, args) = incoming.open::<crate::Context, crate::Context>(&ECHO.methods[3])?;
                let (a, more) = (args.required::<i64>("a")?, args.rest::<Value>()?);
                incoming.outcome(Returns::Ok(json!([a, more])))
            }
            _ => incoming.unknown(),
        }
    }
}

#[derive(Debug)]
struct Verdicts(mpsc::UnboundedSender<Verdict>);

impl Settler for Verdicts {
    fn settle(&self, _: u64, verdict: Verdict) -> bool {
        self.0.send(verdict).is_ok()
    }

    fn holds(&self, _: u64) -> bool {
        true
    }
}

/// A server on a [`Stub`] that writes down what comes back.
struct Rig {
    server: Option<Server>,
    deliveries: mpsc::Sender<Delivery>,
    verdicts: mpsc::UnboundedReceiver<Verdict>,
    settler: Arc<dyn Settler>,
    published: mpsc::UnboundedReceiver<Outgoing>,
    forwarded: mpsc::UnboundedReceiver<Forward>,
    called: Arc<AtomicUsize>,
    stops: Arc<AtomicUsize>,
}

impl Rig {
    async fn new(duplicates: usize) -> Self {
        Self::with(|server| server.duplicate_window(duplicates)).await
    }

    async fn with(set_up: impl FnOnce(ServerBuilder) -> ServerBuilder) -> Self {
        Self::over(|stub| stub, set_up).await
    }

    async fn over(
        change: impl FnOnce(Stub) -> Stub,
        set_up: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let (deliveries, receiver) = mpsc::channel(16);
        let (published_sender, published) = mpsc::unbounded_channel();
        let (verdict_sender, verdicts) = mpsc::unbounded_channel();
        let stub = Stub::publishing(move |message| {
            ready(published_sender.send(message).map_err(|_| PublishFault::Closed.into()))
        });
        let (forwarded_sender, forwarded) = mpsc::unbounded_channel();
        let stub = change(stub.forwarding(move |message| {
            forwarded_sender.send(message).map_err(|_| PublishFault::Closed.into())
        }));
        let stops = stub.stops();
        let recording = Recording::default();
        let called = Arc::clone(&recording.called);
        let target = Target::new("compute").with_server("host1");
        let server = Server::builder(&Transport::for_tests(stub.delivering(receiver)), target);
        let server = set_up(server.endpoint(Endpoint::new(&ECHO, recording))).start().await.unwrap();
        let settler = Arc::new(Verdicts(verdict_sender));
        Self { server: Some(server), deliveries, verdicts, settler, published, forwarded, called, stops }
    }

    /// What the server does with a message: its verdict, whether the endpoint ran, the replies.
    async fn feed(&mut self, body: Bytes, content: Content<'_>) -> (Verdict, bool, Vec<Value>) {
        let before = self.called();
        self.deliver(body, content).await;
        let verdict = self.verdicts.recv().await.unwrap();
        let server = self.server.as_ref().unwrap();
        server.idle().await;
        let mut replies = Vec::new();
        while let Ok(message) = self.published.try_recv() {
            assert!(message.mandatory);
            assert_eq!(message.route, Route::Reply { queue: "reply_probe".into() });
            replies.push(inner(&message.body));
        }
        (verdict, self.called() > before, replies)
    }

    async fn deliver(&self, body: Bytes, content: Content<'_>) {
        let delivery = Delivery {
            labels: Labels {
                content_type: content.content_type.map(str::to_owned),
                compression: content.compression.map(str::to_owned),
            },
            ..delivery(body, Settle::new(Arc::clone(&self.settler), 1))
        };
        self.deliveries.send(delivery).await.unwrap();
    }

    fn called(&self) -> usize {
        self.called.load(Ordering::SeqCst)
    }
}

/// The message within an envelope, its failure parsed.
fn inner(body: &[u8]) -> Value {
    let envelope: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(envelope["oslo.version"], "2.0");
    let mut inner: Value = serde_json::from_str(envelope["oslo.message"].as_str().unwrap()).unwrap();
    if let Some(failure) = inner["failure"].as_str() {
        inner["failure"] = serde_json::from_str(failure).unwrap();
    }
    inner
}

fn vector(name: &str) -> Value {
    let path = format!("{}/../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
        .unwrap()
}

/// Rows where we differ from Python, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("body in UTF-16, content_encoding utf-16", "bodies are UTF-8; no sender writes anything else"),
    ("method an attribute which is not callable", "an interface has only methods: NoSuchMethod"),
    ("_msg_id without _reply_q", "Python retries to the queue \"\" for a minute; we drop at once"),
    ("_reply_q null", "as above"),
    ("content_encoding latin-1", "not looked at; the recorded body is ASCII, so the outcome is the same"),
];

#[tokio::test(start_paused = true)]
async fn unusual_requests_as_in_python() {
    let table = vector("20_server_input");
    let mut rig = Rig::new(0).await;
    let mut compared = 0;
    for row in table["rows"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        if DIFFERENT.iter().any(|(different, _)| *different == name) {
            continue;
        }
        let body = match row["body_base64"].as_str() {
            Some(text) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
            None => row["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let content = Content {
            content_type: match row.get("content_type") {
                None => Some(Content::CONTENT_TYPE),
                Some(given) => given.as_str(),
            },
            compression: row["headers"]["compression"].as_str(),
        };
        let (verdict, called, replies) = rig.feed(body.into(), content).await;

        let settled = match verdict {
            Verdict::Ack => json!(["ack"]),
            Verdict::Reject { requeue: false } => json!(["reject, requeue=false"]),
            Verdict::Reject { requeue: true } => json!(["reject, requeue=true"]),
        };
        assert_eq!(settled, row["settled"], "{name}");
        assert_eq!(Value::from(called), row["endpoint_called"], "{name}");
        let expected = row["replies"].as_array().unwrap();
        assert_eq!(replies.len(), expected.len(), "{name}: {replies:?}");
        for (reply, expected) in replies.iter().zip(expected) {
            assert_eq!(reply["result"], expected["result"], "{name}");
            assert_eq!(reply["ending"], expected["ending"], "{name}");
            assert_eq!(reply["failure"]["class"], expected["failure"]["class"], "{name}: {reply}");
            assert_eq!(reply["failure"]["module"], expected["failure"]["module"], "{name}");
            if reply["failure"]["module"] == "oslo_messaging.rpc.dispatcher" {
                assert_eq!(reply["failure"]["message"], expected["failure"]["message"], "{name}");
            }
        }
        compared += 1;
    }
    assert_eq!(compared + DIFFERENT.len(), table["rows"].as_array().unwrap().len());
}

#[tokio::test(start_paused = true)]
async fn where_we_differ() {
    let table = vector("20_server_input");
    let mut rig = Rig::new(0).await;
    let mut outcomes = Map::new();
    for (name, _) in DIFFERENT {
        let row = table["rows"].as_array().unwrap().iter().find(|row| row["name"] == *name).unwrap();
        let body = match row["body_base64"].as_str() {
            Some(text) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
            None => row["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let (verdict, called, replies) = rig.feed(body.into(), Content::JSON).await;
        let class = replies.first().map_or(Value::Null, |reply| reply["failure"]["class"].clone());
        outcomes.insert((*name).to_owned(), json!([format!("{verdict:?}"), called, replies.len(), class]));
    }
    let expected = json!({
        "body in UTF-16, content_encoding utf-16": ["Reject { requeue: false }", false, 0, null],
        "method an attribute which is not callable": ["Ack", false, 1, "NoSuchMethod"],
        "_msg_id without _reply_q": ["Ack", true, 0, null],
        "_reply_q null": ["Ack", true, 0, null],
        "content_encoding latin-1": ["Ack", true, 1, null],
    });
    assert_eq!(Value::Object(outcomes), expected);
}

fn cast(unique_id: &str) -> Bytes {
    let inner = json!({"method": "echo", "args": {}, "_unique_id": unique_id});
    sealed(&inner).into()
}

#[tokio::test(start_paused = true)]
async fn repeated_messages_as_in_python() {
    let table = vector("20_server_duplicates");
    let mut rig = Rig::new(16).await;
    let called = |step: &str| table[step]["endpoint_called"].as_bool().unwrap();

    assert_eq!(rig.feed(cast("u0"), Content::JSON).await, (Verdict::Ack, called("first"), vec![]));
    assert_eq!(rig.feed(cast("u0"), Content::JSON).await, (Verdict::Ack, called("same_again"), vec![]));
    for other in 1..=15 {
        assert!(rig.feed(cast(&format!("u{other}")), Content::JSON).await.1);
    }
    assert_eq!(rig.feed(cast("u0"), Content::JSON).await.1, called("same_after_15_others"));
    assert!(rig.feed(cast("u16"), Content::JSON).await.1);
    assert_eq!(rig.feed(cast("u0"), Content::JSON).await.1, called("same_after_16_others"));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_as_in_python() {
    let table = vector("20_server_timeout_values");
    let mut rig = Rig::new(0).await;
    for row in table["rows"].as_array().unwrap() {
        let inner = json!({
            "method": "slow", "args": {"seconds": 2.6},
            "_msg_id": "m", "_reply_q": "reply_probe", "_timeout": row["_timeout"],
        });
        let body = json!({"oslo.version": "2.0", "oslo.message": inner.to_string()}).to_string();
        let (_, _, replies) = rig.feed(body.into(), Content::JSON).await;
        let ending = |wanted: bool| replies.iter().filter(|reply| reply["ending"] == wanted).count();
        assert_eq!(Value::from(ending(false)), row["heartbeats"], "_timeout {}", row["_timeout"]);
        assert_eq!(Value::from(ending(true)), row["final_replies"], "_timeout {}", row["_timeout"]);
        assert_eq!(replies.last().unwrap()["ending"], true);
    }
}

#[tokio::test(start_paused = true)]
async fn an_argument_by_its_older_name() {
    let mut rig = Rig::new(0).await;
    for (args, result) in [
        (json!({"a": 1, "summand": 2}), json!(3)),
        (json!({"a": 1, "summand": 2, "b": 5}), json!(6)),
        (json!({"a": 1}), json!(1)),
        (json!({"summand": 1}), Value::Null),
    ] {
        let message = json!({"method": "add", "args": args, "_msg_id": "m", "_reply_q": "reply_probe"});
        let (_, _, replies) = rig.feed(sealed(&message).into(), Content::JSON).await;
        assert_eq!(replies[0]["result"], result, "{args}");
    }
}

#[tokio::test(start_paused = true)]
async fn pings_are_answered_if_asked_for_and_without_namespace() {
    for (ping, namespace, answered) in [(true, None, true), (false, None, false), (true, Some("x"), false)] {
        let mut rig = Rig::with(|server| server.ping(ping)).await;
        let message = json!({
            "method": "oslo_rpc_server_ping", "namespace": namespace, "_msg_id": "m", "_reply_q": "reply_probe",
        });
        let (_, _, replies) = rig.feed(sealed(&message).into(), Content::JSON).await;
        assert_eq!(replies[0]["result"] == "pong", answered, "{replies:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_without_a_name_of_their_own() {
    let mut rig = Rig::new(0).await;
    let message = json!({
        "method": "rest", "args": {"a": 1, "b": 2, "c": [3]}, "_msg_id": "m", "_reply_q": "reply_probe",
    });
    let (_, _, replies) = rig.feed(sealed(&message).into(), Content::JSON).await;
    assert_eq!(replies[0]["result"], json!([1, {"b": 2, "c": [3]}]));
}

#[tokio::test(start_paused = true)]
async fn each_request_is_observed_and_an_observer_may_panic() {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let observer = move |request: &super::RequestInfo<'_>| {
        sees.lock().unwrap().push(format!(
            "{} {:?} {:?} {} {:?}",
            request.method, request.kind, request.namespace, request.version, request.request_id
        ));
        panic!("an observer");
    };
    let mut rig = Rig::with(|server| server.on_request(observer)).await;
    for ids in [json!({"_msg_id": "m", "_reply_q": "reply_probe", "_context_request_id": "req-1"}), json!({})]
    {
        let mut message = json!({"method": "echo", "args": {}, "version": "1.0"});
        message.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        rig.feed(sealed(&message).into(), Content::JSON).await;
    }
    let expected = ["echo Call None 1.0 Some(\"req-1\")", "echo Cast None 1.0 None"];
    assert_eq!((seen.lock().unwrap().as_slice(), rig.called()), (expected.map(str::to_owned).as_slice(), 2));
}
