//! Exceptions, across languages.

use rpc_runtime::{Context, RpcError};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::run;
use rpc_tests::sample::{BrokenApi, SampleApi, SampleError};
use serde_json::{Value, json};

use super::{TEXT, connect, python_client, python_server, request, rust_server};

#[test]
fn rust_has_its_own_error_for_what_python_raises() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let _python = python_server(&router.url(), "python").await;
        let transport = connect(&router.url()).await;
        let (api, ctx) = (SampleApi::new(&transport), Context::request());
        let error = api.fail_builtin(&ctx, TEXT).await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::Value(TEXT.to_owned())));
        let error = api.fail_not_found(&ctx, "v1").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::VolumeNotFound { volume_id: "v1".into() }));
        let error = api.fail_limit(&ctx, "ram", 9_u64).await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::LimitReached("ram".into(), 9)));
        let error = api.fail_expected(&ctx, "v1", "no").await.unwrap_err();
        let busy = SampleError::VolumeBusy { volume_id: "v1".into(), reason: "no".into() };
        assert_eq!(error.method(), Some(&busy));
        // It has no such namespace.
        let error = BrokenApi::new(&transport).panics(&ctx, "").await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::UnsupportedVersion { .. })), "{error:?}");
    });
}

#[test]
fn python_raises_the_classes_that_rust_names() {
    run(async {
        let router = Router::start(Mode::Legacy).await.unwrap();
        let _rust = rust_server(&router.url(), "rust").await;
        let mut client = python_client(&router.url()).await;
        let builtin = request("fail_builtin", json!({"message": TEXT}), json!({}));
        let error = client.call(builtin).await.unwrap().unwrap_err();
        assert_eq!(error.class, "ValueError");
        assert!(error.text.starts_with(TEXT), "{}", error.text);
        let not_found = request("fail_not_found", json!({"volume_id": "v1"}), json!({}));
        let error = client.call(not_found).await.unwrap().unwrap_err();
        assert!(error.bases.iter().any(|base| base == "sample_exceptions.VolumeNotFound"), "{error:?}");
        assert_eq!(Value::from(error.kwargs), json!({"code": 404, "volume_id": "v1"}));
        let missing = client.call(request("missing", json!({}), json!({}))).await.unwrap().unwrap_err();
        assert_eq!(missing.exc_type.as_deref(), Some("NoSuchMethod"), "{missing:?}");
        let newer = request("whoami", json!({}), json!({"version": "1.9"}));
        let newer = client.call(newer).await.unwrap().unwrap_err();
        assert_eq!(newer.exc_type.as_deref(), Some("UnsupportedVersion"), "{newer:?}");
        let panics = json!({"namespace": "broken", "version": "1.0"});
        let panics = client.call(request("panics", json!({"text": "secret"}), panics)).await.unwrap();
        let error = panics.unwrap_err();
        // What it said may be secret.
        assert_eq!(error.class, "RuntimeError");
        assert!(error.text.starts_with("panics() panicked\n"), "{}", error.text);
    });
}
