//! Timeouts, call monitoring, and requests that nobody takes.

use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, Reached, RpcError, rpc_manager};
use rpc_tests::run;
use rpc_tests::sample::{SampleApi, SampleError};
use rpc_tests::until;
use serde_json::json;

use super::{connect, python_client, python_server, request, rust_server, vhost};

const SECOND: Duration = Duration::from_secs(1);
/// Longer than any silence that is allowed here. Heartbeats come after half of that, so that each may be seconds
/// late on a busy machine.
const SLOW: f64 = 6.0;

#[test]
fn a_monitored_call_of_python_outlives_the_silence_it_allows() {
    run(async {
        let vhost = vhost("monitor-python").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let slow = |keys| request("slow", json!({"seconds": SLOW}), keys);
        let monitored = client.call(slow(json!({"timeout": 60, "call_monitor_timeout": 5}))).await.unwrap();
        assert_eq!(monitored.unwrap(), SLOW);
        // One second allows no heartbeat at all, so the monitor's limit is what ends this one.
        let silent = client.call(slow(json!({"timeout": 60, "call_monitor_timeout": 1}))).await.unwrap();
        assert_eq!(silent.unwrap_err().class, "MessagingTimeout");
        // A heartbeat does not move the timeout of the call itself.
        let short = client.call(slow(json!({"timeout": 3, "call_monitor_timeout": 4}))).await.unwrap();
        assert_eq!(short.unwrap_err().class, "MessagingTimeout");
        // What these two left behind is nobody's.
        let add = client.call(request("add", json!({"a": 1}), json!({}))).await.unwrap();
        assert_eq!(add.unwrap(), 11);
    });
}

#[test]
fn a_monitored_call_of_rust_outlives_the_silence_it_allows() {
    run(async {
        let vhost = vhost("monitor-rust").await;
        let _python = python_server(&vhost, "python").await;
        let api = SampleApi::new(&connect(&vhost).await);
        // All that is made at the first use is there then.
        assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11);
        let patient = CallOptions::new().timeout(60 * SECOND).monitor(5 * SECOND);
        assert_eq!(api.with(patient).slow(&Context::new(), SLOW).await.unwrap(), SLOW);

        let short = CallOptions::new().timeout(3 * SECOND).monitor(4 * SECOND);
        let error = api.with(short).slow(&Context::new(), SLOW).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Timeout { .. })), "{error}");
        assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11);
    });
}

#[test]
fn a_timeout_says_what_is_known() {
    run(async {
        let vhost = vhost("timeout").await;
        let _python = python_server(&vhost, "python").await;
        let api = SampleApi::new(&connect(&vhost).await);
        // All that is made at the first use is there then.
        assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11);
        // What comes in time all the same, as the caller is late itself, is given longer.
        let mut in_time = Vec::new();
        for (seconds, slow) in [(3, 4.0), (6, 9.0), (12, 20.0)] {
            let limit = seconds * SECOND;
            let hasty = api.with(CallOptions::new().timeout(limit).server("python"));
            match hasty.slow(&Context::new(), slow).await {
                Err(CallError::Rpc(RpcError::Timeout { method, target, after, reached, why })) => {
                    assert_eq!((&*method, after, reached), ("slow", limit, Reached::Confirmed));
                    assert!(target.contains("topic.python"), "{target}");
                    assert!(why.contains("the broker has the request"), "{why}");
                    break;
                }
                Ok(_) => in_time.push(slow),
                other => panic!("{other:?}"),
            }
        }
        assert!(in_time.len() < 3, "none was too slow");
        // The late reply is nobody's, and the next call gets its own.
        assert_eq!(api.slow(&Context::new(), 1.5).await.unwrap(), 1.5);
    });
}

#[test]
fn a_request_that_no_queue_takes_is_undeliverable() {
    run(async {
        let vhost = vhost("undeliverable").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let checked =
            |server: &str| request("note", json!({"n": 1}), json!({"server": server, "at_least_once": true}));
        client.cast(checked("rust")).await.unwrap().unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
        let raised = client.cast(checked("nobody")).await.unwrap().unwrap_err();
        assert_eq!(raised.class, "MessageUndeliverable");

        let api = SampleApi::new(&connect(&vhost).await);
        let ctx = Context::new();
        let to = |server: &str| CallOptions::new().server(server);
        api.with(to("rust").mandatory(true)).note(&ctx, 2).await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 2);
        api.with(to("nobody")).note(&ctx, 3).await.unwrap();
        let error = api.with(to("nobody").mandatory(true)).note(&ctx, 3).await.unwrap_err();
        assert!(matches!(&error, RpcError::Undeliverable { method, .. } if method == "note"), "{error}");
        let error = api.with(to("nobody")).add(&ctx, 1).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error}");
        assert_eq!(error.rpc().map(RpcError::reached), Some(Reached::Refused));
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

/// `note` as a call, which is executed at most until its caller has given up.
#[rpc_manager(client = NoteCallApi, topic = "topic", version = "1.0", error = SampleError)]
pub trait NoteCall {
    #[rpc(call)]
    async fn note(&self, ctx: Context, n: u64) -> Result<(), SampleError>;
}

#[test]
fn a_call_that_nobody_took_in_time_is_not_executed_later() {
    run(async {
        let vhost = vhost("expired").await;
        let transport = connect(&vhost).await;
        // A server leaves its queues behind.
        assert_eq!(rust_server(&vhost, "rust").await.stop().await.unwrap(), []);

        let mut client = python_client(&vhost).await;
        let call = request("note", json!({"n": 1}), json!({"timeout": 1}));
        assert_eq!(client.call(call).await.unwrap().unwrap_err().class, "MessagingTimeout");
        let hasty = NoteCallApi::new(&transport).with(CallOptions::new().timeout(SECOND));
        let error = hasty.note(&Context::new(), 2).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Timeout { .. })), "{error}");
        let silence = CallOptions::new().timeout(6 * SECOND).monitor(3 * SECOND);
        let error = NoteCallApi::new(&transport).with(silence).note(&Context::new(), 3).await.unwrap_err();
        assert!(
            matches!(error.rpc(), Some(RpcError::Timeout { why, .. }) if why.contains("heartbeat")),
            "{error}"
        );
        assert_eq!(error.rpc().map(RpcError::reached), Some(Reached::Confirmed));
        until("nothing is left of them in any queue", async || {
            Ok(vhost.queues().await?.iter().all(|queue| queue.messages == 0).then_some(()))
        })
        .await
        .unwrap();
        SampleApi::new(&transport).note(&Context::new(), 4).await.unwrap();

        let mut rust = rust_server(&vhost, "rust").await;
        assert_eq!(rust.note().await.unwrap().args["n"], 4);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}
