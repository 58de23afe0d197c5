//! What Rust raises is what Python raises, and the other way round.

use std::collections::HashMap;
use std::sync::Arc;

use rpc_runtime::{
    CallError, CallOptions, Cause, Context, RemoteError, RpcException, Server, Target, rpc_manager,
};
use rpc_tests::{PythonServer, Raised, run};
use serde_json::{Map, Value, json};

use super::{client, connect, user, vhost};

#[derive(Debug, Clone, PartialEq, RpcException)]
#[exception(module = "cinder.exception", code = 500)]
enum RealError {
    #[exception(message = "Volume %(volume_id)s could not be found.", code = 404)]
    VolumeNotFound { volume_id: String },
    #[exception(message = "Invalid volume: %(reason)s", code = 400)]
    InvalidVolume { reason: Option<String>, message: Option<String> },
    #[exception(message = "Volume driver reported an error: %(message)s")]
    VolumeDriverException { message: String },
    #[exception(message = "Volume attachment could not be found with filter: %(filter)s.", code = 404)]
    VolumeAttachmentNotFound { filter: HashMap<String, Value> },
    #[exception(
        message = "Requested volume or snapshot exceeds allowed %(name)s quota. Requested %(requested)sG, quota is \
                   %(quota)sG and %(consumed)sG has been consumed.",
        code = 413
    )]
    VolumeSizeExceedsAvailableQuota { name: String, requested: u64, quota: u64, consumed: u64 },
    #[exception(message = "Invalid input received: %(reason)s", code = 400)]
    InvalidInput {
        #[exception(cause)]
        reason: Cause,
    },
    #[exception(message = "Service is unavailable at this time.", code = 400)]
    ServiceUnavailable,
    #[exception(module = "builtins", class = "ValueError")]
    Value(String, i64),
    #[exception(module = "builtins")]
    KeyError(String),
    #[exception(
        module = "nova.exception",
        message = "Instance %(instance_id)s could not be found.",
        code = 404
    )]
    InstanceNotFound { instance_id: String },
    #[exception(other)]
    Other(RemoteError),
}

/// Each with what makes it in Python.
fn cases() -> Vec<(&'static str, RealError, Value)> {
    let cinder = |class: &str, args: Value, kwargs: Value| json!({"module": "cinder.exception", "class": class, "args": args, "kwargs": kwargs});
    let filter = json!({"volume_id": "it's", "sizes": [1, 2.5, true, null]});
    let Value::Object(filter_map) = filter.clone() else { panic!() };
    let of_volume = |error| RealError::InvalidInput { reason: Cause::new(error) };
    let own_text = Some("own text, é".to_owned());
    vec![
        (
            "keyword",
            RealError::VolumeNotFound { volume_id: "v1".to_owned() },
            cinder("VolumeNotFound", json!([]), json!({"volume_id": "v1"})),
        ),
        (
            "text of the class",
            RealError::InvalidVolume { reason: Some("in use".to_owned()), message: None },
            cinder("InvalidVolume", json!([]), json!({"reason": "in use"})),
        ),
        (
            "own text",
            RealError::InvalidVolume { reason: None, message: own_text },
            cinder("InvalidVolume", json!(["own text, é"]), json!({})),
        ),
        (
            "nothing as keyword",
            RealError::InvalidVolume { reason: None, message: None },
            cinder("InvalidVolume", json!([]), json!({"reason": null})),
        ),
        (
            "text in the text",
            RealError::VolumeDriverException { message: "boom".to_owned() },
            cinder("VolumeDriverException", json!(["boom"]), json!({})),
        ),
        (
            "dictionary",
            RealError::VolumeAttachmentNotFound { filter: filter_map.into_iter().collect() },
            cinder("VolumeAttachmentNotFound", json!([]), json!({"filter": filter})),
        ),
        (
            "numbers",
            RealError::VolumeSizeExceedsAvailableQuota {
                name: "gigabytes".to_owned(),
                requested: 5,
                quota: 3,
                consumed: 1,
            },
            cinder(
                "VolumeSizeExceedsAvailableQuota",
                json!([]),
                json!({"name": "gigabytes", "requested": 5, "quota": 3, "consumed": 1}),
            ),
        ),
        (
            "cause",
            of_volume(RealError::VolumeNotFound { volume_id: "v1".to_owned() }),
            cinder(
                "InvalidInput",
                json!([]),
                json!({"reason": {"$raise": cinder("VolumeNotFound", json!([]), json!({"volume_id": "v1"}))}}),
            ),
        ),
        ("nothing", RealError::ServiceUnavailable, cinder("ServiceUnavailable", json!([]), json!({}))),
        (
            "positional",
            RealError::Value("bad".to_owned(), 5),
            json!({"module": "builtins", "class": "ValueError", "args": ["bad", 5]}),
        ),
        (
            "key",
            RealError::KeyError("it's".to_owned()),
            json!({"module": "builtins", "class": "KeyError", "args": ["it's"]}),
        ),
        (
            "nova",
            RealError::InstanceNotFound { instance_id: "i1".to_owned() },
            json!({"module": "nova.exception", "class": "InstanceNotFound", "kwargs": {"instance_id": "i1"}}),
        ),
    ]
}

#[rpc_manager(client = FailApi, topic = "fail", version = "3.0", error = RealError)]
trait Fail {
    #[rpc(call)]
    async fn fail(&self, ctx: Context, case: String) -> Result<(), RealError>;
}

struct Failing;

impl Fail for Failing {
    async fn fail(&self, _: Context, case: String) -> Result<(), RealError> {
        Err(cases().into_iter().find(|(name, ..)| *name == case).unwrap().1)
    }
}

#[test]
fn rust_and_python_raise_the_same() {
    run(async {
        let vhost = vhost("real-exceptions").await;
        let transport = connect(&vhost).await;
        let _rust = Server::builder(&transport, Target::new("fail").with_server("rust"))
            .endpoint(FailApi::endpoint(Arc::new(Failing)))
            .start()
            .await
            .unwrap();
        let answers: Map<String, Value> =
            cases().into_iter().map(|(name, _, made)| (name.to_owned(), json!({"raise": made}))).collect();
        let python = PythonServer::real(&vhost.url(), "cinder", "fail", "python");
        let _python = python.answers(&json!({"fail": {"cases": answers}})).start().await.unwrap();
        let api = FailApi::new(&transport);
        let [to_rust, to_python] =
            ["rust", "python"].map(|server| api.with(CallOptions::new().server(server)));
        let mut cinder = client(&vhost, "cinder").await;
        let mut nova = client(&vhost, "nova").await;

        for (name, error, _) in cases() {
            // A Rust caller gets one value from both, and only Python has a traceback.
            for api in [&to_rust, &to_python] {
                match api.fail(&Context::request(), name).await {
                    Err(CallError::Method(raised)) => assert_eq!(raised, error, "{name}"),
                    other => panic!("{name}: {other:?}"),
                }
            }
            // A Python caller gets one exception from both, of the real class.
            for (project, client) in [("cinder", &mut cinder), ("nova", &mut nova)] {
                let mut raised = Vec::new();
                for server in ["rust", "python"] {
                    let target = json!({"topic": "fail", "server": server, "version": "3.0"});
                    let request =
                        json!({"ctxt": user(), "method": "fail", "args": {"case": name}, "target": target});
                    raised.push(client.call(request).await.unwrap().unwrap_err());
                }
                let [rust, python] = raised.try_into().unwrap();
                check(name, &rust, &python);
                let remote = error.to_remote();
                if remote.module == format!("{project}.exception") {
                    assert!(
                        rust.bases.contains(&format!("{}.{}", remote.module, remote.class)),
                        "{name}: {rust:?}"
                    );
                    assert_eq!(
                        (rust.code, Value::Object(rust.kwargs)),
                        (error.code(), Value::Object(remote.kwargs))
                    );
                } else if remote.module != "builtins" {
                    assert_eq!(rust.exc_type, Some(remote.class), "{name}");
                }
            }
        }
    });
}

/// All but the traceback, which Python has in the text, and in the argument of some classes.
fn check(name: &str, rust: &Raised, python: &Raised) {
    let without_traceback = |raised: &Raised| {
        let mut raised = raised.clone();
        // The text of Python's own classes is made of the arguments.
        raised.text = if raised.module == "builtins" { String::new() } else { first_line(&raised.text) };
        for text in raised.args.iter_mut() {
            if let Value::String(text) = text {
                *text = first_line(text);
            }
        }
        raised
    };
    assert_eq!(without_traceback(rust), without_traceback(python), "{name}");
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
