use std::time::Duration;

use serde_json::{Value, json};

use super::Recorder;
use crate::client::{CallOptions, Client};
use crate::context::Context;
use crate::error::{CallError, RemoteError, RpcError};
use crate::interface::{Interface, Kind, Method};
use crate::server::{Dispatch, Endpoint, Incoming, Outcome, Server};
use crate::target::Target;
use crate::transport::Transport;
use crate::version::Version;

type Returns = Result<Value, RemoteError>;
type Nothing = Result<(), RemoteError>;

const V1: Version = Version::new(1, 0);
static PROBE: Interface = Interface::new(
    "Probe",
    "compute",
    V1,
    &[
        Method::call::<Returns>("echo", &[V1], &[]),
        Method::cast::<Nothing>("note", &[V1], &[]),
        Method::fanout::<Nothing>("tell", &[V1], &[]),
    ],
)
.with_namespace("base");

fn recording() -> (Client, Recorder) {
    let (transport, recorder) = Transport::recording();
    (Client::new(&transport, &PROBE), recorder)
}

#[tokio::test]
async fn a_call_is_recorded_and_answered() {
    let (client, recorder) = recording();
    let options = CallOptions::new().timeout(Duration::from_secs(9)).monitor(Duration::from_secs(5));
    let client = client.with(options.exchange("nova").server("host1"));
    let ctx = Context::new().with("user", "u1");

    recorder.answer(&json!({"x": [1, null]})).unwrap();
    let call = client.request(&PROBE.methods[0], &ctx).arg("value", "é").call::<Returns>();
    assert_eq!(call.await.unwrap(), json!({"x": [1, null]}));

    let [sent] = recorder.take().try_into().unwrap();
    let target = Target::new("compute").with_exchange("nova").with_server("host1");
    assert_eq!(sent.kind, Kind::Call);
    assert_eq!(sent.target, target.with_namespace("base").with_version(V1));
    assert_eq!((sent.method.as_str(), Value::from(sent.args)), ("echo", json!({"value": "é"})));
    assert_eq!(sent.context, ctx);
    assert_eq!(sent.timeout, Some(Duration::from_secs(9)));
    assert_eq!(sent.monitor, Some(Duration::from_secs(5)));
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn casts_are_recorded_in_order() {
    let (client, recorder) = recording();
    client.request(&PROBE.methods[1], &Context::new()).to("host2").cast().await.unwrap();
    client.request(&PROBE.methods[2], &Context::new()).cast().await.unwrap();

    let [note, tell] = recorder.take().try_into().unwrap();
    let target = Target::new("compute").with_exchange("openstack").with_server("host2");
    assert_eq!((note.kind, note.target), (Kind::Cast, target.with_namespace("base").with_version(V1)));
    assert_eq!((note.timeout, note.monitor), (None, None));
    let target = Target::new("compute").with_fanout(true).with_namespace("base").with_version(V1);
    assert_eq!((tell.kind, tell.method.as_str(), tell.target), (Kind::Fanout, "tell", target));
}

#[tokio::test]
async fn calls_fail_as_they_are_told() {
    let (client, recorder) = recording();
    let call = || client.request(&PROBE.methods[0], &Context::new()).call::<Returns>();
    let class = |outcome| match outcome {
        Err(CallError::Method(RemoteError { class, .. })) => class,
        other => panic!("{other:?}"),
    };
    assert_eq!(class(call().await), "NotExecuted");
    recorder.raise(RemoteError::builtin("KeyError", "x"));
    assert_eq!(class(call().await), "KeyError");
    assert!(recorder.answer(&Unwritable).is_err());
    assert_eq!(class(call().await), "KeyError");
    assert_eq!(recorder.take().len(), 3);
}

#[tokio::test]
async fn each_method_has_its_answers() {
    let (client, recorder) = recording();
    let echo = |n: u64| client.request(&PROBE.methods[0], &Context::new()).arg("value", &n).call::<Returns>();
    let of_echo = recorder.method("echo");
    recorder.answer("others").unwrap();
    recorder.method("note").answer("never asked for").unwrap();
    assert_eq!(echo(0).await.unwrap(), "others");

    of_echo.answer("always").unwrap();
    of_echo.answer_next("first").unwrap();
    of_echo.raise_next(RemoteError::builtin("KeyError", "second"));
    of_echo.answer_next("third").unwrap();
    assert!(of_echo.answer_next(&Unwritable).is_err() && of_echo.answer(&Unwritable).is_err());
    let mut answered = Vec::new();
    for n in 0..5 {
        answered.push(echo(n).await.map_err(|error| error.to_string()));
    }
    let [first, second, third, fourth, fifth] = answered.try_into().unwrap();
    assert_eq!((first.unwrap(), third.unwrap()), (json!("first"), json!("third")));
    assert!(second.unwrap_err().contains("KeyError: second"));
    assert_eq!((fourth.unwrap(), fifth.unwrap()), (json!("always"), json!("always")));

    // What makes an answer may look at the recorder itself.
    let seen = recorder.clone();
    of_echo.answer_with(move |sent| match sent.args["value"].as_u64() {
        Some(0) => Err(RemoteError::builtin("ValueError", "zero").into()),
        n => Ok((n, seen.take().len())),
    });
    assert_eq!(recorder.take().len(), 6);
    assert!(echo(0).await.unwrap_err().to_string().contains("zero"));
    assert_eq!(echo(8).await.unwrap(), json!([8, 2]));
    of_echo.answer_with(|_| Ok(Unwritable));
    assert!(
        echo(8)
            .await
            .unwrap_err()
            .to_string()
            .contains("the answer of the recorder: cannot encode result: never")
    );
    of_echo.raise(RemoteError::builtin("KeyError", "at last"));
    assert!(echo(8).await.unwrap_err().to_string().contains("at last"));
}

struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("never"))
    }
}

#[tokio::test]
async fn what_no_server_would_read_is_refused() {
    let (client, recorder) = recording();
    let deep = (0..200).fold(Value::Null, |inner, _| json!([inner]));
    let cast = client.request(&PROBE.methods[1], &Context::new()).arg("value", &deep).cast();
    let error = cast.await.unwrap_err();
    assert!(error.to_string().contains("nested deeper than"), "{error}");
    assert_eq!(recorder.take(), []);
}

struct Nobody;

impl Dispatch for Nobody {
    async fn dispatch(&self, incoming: Incoming) -> Outcome {
        incoming.unknown()
    }
}

#[tokio::test]
async fn no_server_and_nothing_after_close() {
    let (transport, recorder) = Transport::recording();
    let server = Server::builder(&transport, Target::new("compute").with_server("host1"));
    let error = server.endpoint(Endpoint::new(&PROBE, Nobody)).start().await.unwrap_err();
    assert!(error.to_string().contains("recording"), "{error}");

    transport.close(Duration::from_secs(1)).await;
    let cast = Client::new(&transport, &PROBE).request(&PROBE.methods[1], &Context::new()).cast();
    assert!(matches!(cast.await, Err(RpcError::Connection { .. })));
    assert_eq!(recorder.take(), []);
}

#[cfg(feature = "notifications")]
#[tokio::test]
async fn a_notification_is_taken_and_not_recorded() {
    let (transport, recorder) = Transport::recording();
    let notifier = crate::notification::Notifier::builder(&transport).build().unwrap();
    notifier.info(&Context::new(), "volume.create.end", &1).await.unwrap();
    assert_eq!(recorder.take(), []);
}
