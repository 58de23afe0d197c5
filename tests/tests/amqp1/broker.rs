//! Proton's example broker: what others have written, and no router.

use rpc_runtime::{CallOptions, Context};
use rpc_tests::amqp1::ProtonBroker;
use rpc_tests::pairing::{Bus, values};
use rpc_tests::run;
use rpc_tests::sample::{SampleError, request};
use serde_json::json;

/// It, and the bus that it is.
async fn bus() -> (ProtonBroker, Bus) {
    let broker = ProtonBroker::start().await.unwrap();
    let bus = Bus::over_amqp1(broker.url());
    (broker, bus)
}

#[test]
fn rust_answers_rust_and_python() {
    run(async {
        let (_broker, bus) = bus().await;
        let mut rust = bus.rust_server("rust").await.unwrap();
        let (api, ctx) = (bus.client(&[]).await.unwrap(), Context::new());
        let mut client = bus.python_client().await.unwrap();
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
        let (_broker, bus) = bus().await;
        let mut python = bus.python_server("python").await.unwrap();
        let (api, ctx) = (bus.client(&[]).await.unwrap(), Context::new());
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
        let (_broker, bus) = bus().await;
        let api = bus.client(&[]).await.unwrap();
        api.note(&Context::new(), 1).await.unwrap();
        let mut rust = bus.rust_server("rust").await.unwrap();
        assert_eq!(rust.note().await.unwrap().args["n"], 1);
    });
}
