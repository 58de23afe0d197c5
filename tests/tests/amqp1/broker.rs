//! Proton's example broker: what others have written, and no router.

use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::ProtonBroker;
use rpc_tests::run;
use rpc_tests::sample::{SampleApi, SampleError};
use serde_json::json;

use super::{connect, python_client, python_server, request, rust_server, values};

#[test]
fn rust_answers_rust_and_python() {
    run(async {
        let broker = ProtonBroker::start().await.unwrap();
        let mut rust = rust_server(&broker.url(), "rust").await;
        let (api, ctx) = (SampleApi::new(&connect(&broker.url()).await), Context::new());
        let mut client = python_client(&broker.url()).await;
        for value in values() {
            assert_eq!(api.echo(&ctx, &value).await.unwrap(), value);
            let echo = client.call(request("echo", json!({"value": value}), json!({}))).await.unwrap();
            assert_eq!(echo.unwrap(), value);
        }
        let error = api.fail_not_found(&ctx, "v1").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::VolumeNotFound { volume_id: "v1".into() }));
        let at_rust = api.with(CallOptions::new().server("rust"));
        assert_eq!(at_rust.whoami(&ctx).await.unwrap().server, "rust");
        api.note(&ctx, 1).await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
        client.cast(request("note", json!({"n": 2}), json!({"fanout": true}))).await.unwrap().unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 2);
        assert_eq!(rust.stop().await.unwrap(), []);
    });
}

#[test]
fn python_answers_rust() {
    run(async {
        let broker = ProtonBroker::start().await.unwrap();
        let mut python = python_server(&broker.url(), "python").await;
        let (api, ctx) = (SampleApi::new(&connect(&broker.url()).await), Context::new());
        for value in values() {
            assert_eq!(api.echo(&ctx, &value).await.unwrap(), value);
        }
        let error = api.fail_builtin(&ctx, "no").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::Value("no".to_owned())));
        api.note(&ctx, 1).await.unwrap();
        assert_eq!(python.note().await.unwrap().args["n"], 1);
    });
}

/// It takes what nobody has asked for yet.
#[test]
fn a_cast_waits_for_its_server() {
    run(async {
        let broker = ProtonBroker::start().await.unwrap();
        let api = SampleApi::new(&connect(&broker.url()).await);
        api.note(&Context::new(), 1).await.unwrap();
        let mut rust = rust_server(&broker.url(), "rust").await;
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
    });
}
