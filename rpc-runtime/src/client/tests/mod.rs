//! The recorded behaviour of Python callers, row by row, against a whole client of ours.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::{CallOptions, Client};
use crate::context::Context;
use crate::error::{CallError, Reached, RemoteError, RpcError};
use crate::interface::{Interface, Method};
use crate::transport::abilities::Abilities;
use crate::transport::driver::{Delivery, Labels, Outgoing, PublishFault, Settle, Settler, Verdict};
use crate::transport::stub::{Stub, delivery};
use crate::transport::{ConnectionStatus, Transport};
use crate::version::Version;
use crate::wire::{Content, Limits, Request};

mod requests;

type Returns = Result<Value, RemoteError>;

const V1: Version = Version::new(1, 0);
static PROBE: Interface =
    Interface::new("Probe", "compute", V1, &[Method::call::<Returns>("echo", &[V1], &[])]);

/// What answers every request with the messages of one row.
#[derive(Debug)]
struct Replay {
    answers: mpsc::Sender<Delivery>,
    settler: Arc<dyn Settler>,
    row: Value,
}

impl Replay {
    /// A transport on which it answers, and the verdicts on its messages.
    fn transport(row: Value) -> (Transport, mpsc::UnboundedReceiver<Verdict>) {
        let (answers, replies) = mpsc::channel(8);
        let (verdict_sender, verdicts) = mpsc::unbounded_channel();
        let replay = Self { answers, settler: Arc::new(Verdicts(verdict_sender)), row };
        let stub = Stub::publishing(move |message| {
            replay.answer(&message);
            ready(Ok(()))
        });
        (Transport::for_tests(stub.replying(replies)), verdicts)
    }

    fn answer(&self, message: &Outgoing) {
        let request = Request::decode(&message.body, &Content::JSON, &Limits::default()).unwrap();
        let msg_id: String = serde_json::from_str(&request.reply.unwrap().msg_id).unwrap();
        for sent in self.row["sent"].as_array().into_iter().flatten() {
            self.answers.try_send(self.delivery(sent, &msg_id)).unwrap();
        }
    }

    /// A recorded reply, as the reply to our request instead of the recorded one.
    fn delivery(&self, sent: &Value, msg_id: &str) -> Delivery {
        let body = match sent {
            // The text of a whole body; the recorded id is the one text of 32 hexadecimal digits
            // after `_msg_id`.
            Value::String(text) => match text.find("_msg_id") {
                Some(at) => {
                    let digits = |c: char| c.is_ascii_hexdigit();
                    let start = at + 8 + text[at + 8..].find(digits).unwrap();
                    format!("{}{msg_id}{}", &text[..start], &text[start + 32..])
                }
                None => text.clone(),
            },
            object => {
                let mut object = object.clone();
                if object["_msg_id"].as_str().is_some_and(|id| id.len() == 32) {
                    object["_msg_id"] = msg_id.into();
                }
                json!({"oslo.version": "2.0", "oslo.message": object.to_string()}).to_string()
            }
        };
        let missing_type = self.row["name"].as_str().unwrap().starts_with("content_type missing");
        Delivery {
            // Only the first message of that row lacks the type; the second is the real reply.
            labels: if missing_type && sent.is_string() { Labels::default() } else { Labels::json() },
            beside: None,
            ..delivery(body, Settle::new(Arc::clone(&self.settler), 1))
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

/// Rows where we differ from Python on purpose: our outcome, and why.
fn different(name: &str) -> Option<Value> {
    let outcome = match name {
        // A missing failure is none; Python lets a KeyError escape to the application.
        "no failure key" => json!({"returned": "ok"}),
        // A heartbeat that was not asked for does no harm; Python fails with an AttributeError.
        "heartbeat without call_monitor_timeout" => json!({"returned": "ok"}),
        // What cannot be read as a failure is one all the same; Python lets a JSON error escape.
        "failure not JSON" | "failure an object instead of a string" => return Some(Value::Null),
        _ => return None,
    };
    Some(outcome)
}

#[tokio::test(start_paused = true)]
async fn unusual_replies_as_in_python() {
    let path = format!("{}/../tests/vectors/21_client_reply.json", env!("CARGO_MANIFEST_DIR"));
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for row in table["rows"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        // Its one message is sent later than the table can tell.
        if name == "reply after the timeout" {
            continue;
        }
        let (transport, mut verdicts) = Replay::transport(row.clone());
        let mut options = CallOptions::new().timeout(Duration::from_secs(2));
        if name.contains("with call_monitor_timeout") {
            options = options.monitor(Duration::from_secs(2));
        }
        let client = Client::new(&transport, &PROBE).with(options);
        let outcome = client.request(&PROBE.methods[0], &Context::new()).call::<Returns>().await;

        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut settled = Vec::new();
        while let Ok(verdict) = verdicts.try_recv() {
            settled.push(match verdict {
                Verdict::Ack => "ack",
                Verdict::Reject { requeue: false } => "reject, requeue=false",
                Verdict::Reject { requeue: true } => "reject, requeue=true",
            });
        }
        assert_eq!(json!(settled), row["settled"], "{name}");
        let expected = different(name).unwrap_or_else(|| row["outcome"].clone());
        match (&outcome, expected["raised"]["class"].as_str()) {
            (Ok(value), None) => assert_eq!(*value, expected["returned"], "{name}"),
            (Err(CallError::Rpc(RpcError::Timeout { .. })), Some("MessagingTimeout")) => {}
            // Python knows the class or calls it a RemoteError; we leave that to the types of the method.
            (Err(CallError::Method(error)), Some("RemoteError")) => {
                let class = expected["raised"]["exc_type"].as_str().unwrap_or("RemoteError");
                assert_eq!(error.class, class, "{name}");
            }
            (Err(CallError::Method(error)), Some(class)) if name == "failure with message null" => {
                assert_eq!((error.class.as_str(), class), ("ValueError", "TypeError"), "{name}");
            }
            (Err(CallError::Method(error)), Some(class)) => {
                assert_eq!(error.class, class.trim_end_matches("_Remote"), "{name}");
            }
            (Err(CallError::Method(error)), None) if expected.is_null() => assert!(!error.message.is_empty()),
            (outcome, _) => panic!("{name}: {outcome:?}, in Python {expected}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_leaves_nothing_behind() {
    let (transport, _verdicts) = Replay::transport(json!({"name": "no reply"}));
    let client = Client::new(&transport, &PROBE);
    let call = client.request(&PROBE.methods[0], &Context::new()).call::<Returns>();
    let dropped = tokio::time::timeout(Duration::from_secs(1), call).await;
    assert!(dropped.is_err());
    assert_eq!(transport.replies().await.unwrap().waiters.len(), 0);
}

/// A call that is monitored for four seconds and has ten, whose server says after these that it lives, or has a result.
async fn monitored(signs: &'static [(u64, bool)]) -> Result<Value, CallError<RemoteError>> {
    let (answers, replies) = mpsc::channel(8);
    let stub = Stub::publishing(move |message| {
        let request = Request::decode(&message.body, &Content::JSON, &Limits::default()).unwrap();
        let msg_id: Value = serde_json::from_str(&request.reply.unwrap().msg_id).unwrap();
        let (answers, began) = (answers.clone(), Instant::now());
        tokio::spawn(async move {
            for (after, ending) in signs {
                tokio::time::sleep_until(began + Duration::from_secs(*after)).await;
                let reply = json!({"result": 5, "failure": null, "ending": ending, "_msg_id": msg_id});
                let body = json!({"oslo.version": "2.0", "oslo.message": reply.to_string()}).to_string();
                // Nobody may wait any more.
                let _ = answers.send(delivery(body, Settle::nothing())).await;
            }
        });
        ready(Ok(()))
    });
    let seconds = Duration::from_secs;
    let options = CallOptions::new().timeout(seconds(10)).monitor(seconds(4));
    let client = Client::new(&Transport::for_tests(stub.replying(replies)), &PROBE).with(options);
    client.request(&PROBE.methods[0], &Context::new()).call::<Returns>().await
}

#[tokio::test(start_paused = true)]
async fn how_far_a_monitored_call_came() {
    assert_eq!(monitored(&[(3, false), (6, false), (9, true)]).await.unwrap(), 5);
    for (signs, ends_after, reached, why) in [
        (&[] as &[_], 4, Reached::Confirmed, "no heartbeat"),
        (&[(3, false)], 7, Reached::Started, "no heartbeat"),
        (&[(3, false), (6, false), (9, false)], 10, Reached::Started, "a server was executing the request"),
    ] {
        let began = Instant::now();
        let CallError::Rpc(error) = monitored(signs).await.unwrap_err() else {
            panic!("the method has failed")
        };
        assert_eq!((error.reached(), began.elapsed().as_secs()), (reached, ends_after), "{error}");
        assert!(error.is_timeout() && error.to_string().contains(why), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_comes_to_nothing_says_what_the_connection_does() {
    let status = ConnectionStatus::Closed { reason: "low on disk".to_owned() };
    let (_answers, replies) = mpsc::channel(1);
    let stub = Stub::publishing(|_| std::future::pending()).replying(replies).with_status(status);
    let client = Client::new(&Transport::for_tests(stub), &PROBE);
    let error = client.request(&PROBE.methods[0], &Context::new()).call::<Returns>().await.unwrap_err();
    let CallError::Rpc(RpcError::Timeout { .. }) = &error else { panic!("{error}") };
    assert!(error.to_string().contains("low on disk"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_methods_and_options_make_of_a_message() {
    static KINDS: Interface = Interface::new(
        "Kinds",
        "compute",
        V1,
        &[
            Method::cast::<Result<(), RemoteError>>("note", &[V1], &[]),
            Method::fanout::<Result<(), RemoteError>>("tell", &[V1], &[]),
            Method::call::<Returns>("ask", &[V1], &[]).with_timeout(|| Duration::from_secs(7)),
        ],
    );
    let sent = Arc::<std::sync::Mutex<Vec<Outgoing>>>::default();
    let kept = Arc::clone(&sent);
    let (_answers, replies) = mpsc::channel(1);
    let stub = Stub::publishing(move |message| {
        kept.lock().unwrap().push(message);
        ready(Ok(()))
    });
    let client = Client::new(&Transport::for_tests(stub.replying(replies)), &KINDS);
    let [note, tell, ask] = KINDS.methods else { panic!("three of them") };
    let context = Context::new();
    for client in [client.clone(), client.with(CallOptions::new().mandatory(true))] {
        client.request(note, &context).cast().await.unwrap();
        client.request(tell, &context).cast().await.unwrap();
        let began = Instant::now();
        client.request(ask, &context).call::<Returns>().await.unwrap_err();
        assert_eq!(began.elapsed(), Duration::from_secs(7), "the method's own timeout");
    }
    let sent = sent.lock().unwrap();
    let mandatory: Vec<_> = sent.iter().map(|message| message.mandatory).collect();
    assert_eq!(mandatory, [false, false, true, true, false, true], "a fanout to nobody is no error");
    let seconds: Vec<_> = sent.iter().map(|message| message.expiration.map(|it| it.as_secs())).collect();
    assert_eq!(seconds, [None, None, Some(7), None, None, Some(7)], "nobody waits for a call that is over");
}

#[tokio::test]
async fn what_the_bus_cannot_do_is_refused_before_anything_is_sent() {
    static CASTS: Interface = Interface::new(
        "Casts",
        "compute",
        V1,
        &[Method::cast::<Result<(), RemoteError>>("note", &[V1], &[])],
    );
    let client = |abilities, interface| Client::new(&Transport::for_tests(Stub::able(abilities)), interface);

    let deaf = client(Abilities { monitors: false, ..Abilities::ALL }, &PROBE);
    let monitored = deaf.with(CallOptions::new().monitor(Duration::from_secs(9)));
    let error = monitored.request(&PROBE.methods[0], &Context::new()).call::<Returns>().await.unwrap_err();
    let why = "a monitor cannot be had over the stub, which does not carry heartbeats";
    assert!(error.to_string().contains(why), "{error}");

    let silent = client(Abilities { confirms: false, ..Abilities::ALL }, &CASTS);
    let mandatory = silent.with(CallOptions::new().mandatory(true));
    let error = mandatory.request(&CASTS.methods[0], &Context::new()).cast().await.unwrap_err();
    let why = "CallOptions::mandatory cannot be had over the stub, which does not confirm messages";
    assert!(error.to_string().contains(why), "{error}");
    let error = silent.request(&CASTS.methods[0], &Context::new()).cast().await.unwrap_err();
    assert!(error.to_string().contains("the transport is closed"), "{error}");
}

#[tokio::test]
async fn words_that_stand_for_others_are_no_addresses() {
    let client = Client::new(&Transport::for_tests(Stub::able(Abilities::ALL)), &PROBE);
    for options in [CallOptions::new().topic("a.*"), CallOptions::new().server("host1.#")] {
        let client = client.with(options);
        let error = client.request(&PROBE.methods[0], &Context::new()).call::<Returns>().await.unwrap_err();
        let CallError::Rpc(RpcError::BadArgument { why, .. }) = &error else { panic!("{error}") };
        assert!(why.contains("would stand for any other"), "{why}");
    }
}

#[tokio::test]
async fn what_cannot_be_encoded_is_said_once() {
    let client = Client::new(&Transport::for_tests(Stub::able(Abilities::ALL)), &PROBE);
    let keys_are_no_text = std::collections::HashMap::from([([1], 2)]);
    let request = client.request(&PROBE.methods[0], &Context::new()).arg("a", &keys_are_no_text);
    let error = request.call::<Returns>().await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    assert!(source.is::<crate::wire::EncodeError>() && error.to_string().ends_with(&source.to_string()));
    assert_eq!(error.to_string().matches("cannot encode").count(), 1, "{error}");
}

#[tokio::test]
async fn a_request_may_be_as_large_as_the_limit() {
    let limits = Limits { max_body: 2000, ..Limits::default() };
    let (_answers, replies) = mpsc::channel(1);
    let stub = Stub::publishing(|_| ready(Err(PublishFault::Unroutable("sent".to_owned()).into())));
    let client = Client::new(&Transport::with_limits(stub.replying(replies), limits), &PROBE);
    let mut refused = Vec::new();
    for len in 1700..2000 {
        let request = client.request(&PROBE.methods[0], &Context::new()).arg("a", &"x".repeat(len));
        let error = request.call::<Returns>().await.unwrap_err();
        if let CallError::Rpc(RpcError::Encode { why, .. }) = error {
            refused.push(why);
        }
    }
    assert!(refused.len() < 300, "some were sent");
    assert_eq!(refused[0], "2001 bytes, more than max_body=2000");
}
