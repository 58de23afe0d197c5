//! Exceptions, across languages.

use rpc_runtime::Context;
use rpc_tests::run;
use rpc_tests::sample::SampleError;
use serde_json::{Value, json};

use super::{TEXT, client, python_client, python_server, redis, request, rust_server};

#[test]
fn rust_has_its_own_error_for_what_python_raises() {
    run(async {
        let redis = redis().await;
        let _python = python_server(&redis, "python").await;
        let api = client(&redis, &[]).await;
        let error = api.fail_builtin(&Context::request(), TEXT).await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::Value(TEXT.to_owned())));
        let error = api.fail_not_found(&Context::request(), "v1").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::VolumeNotFound { volume_id: "v1".into() }));
        // Not one of its methods.
        let error = api.fail_limit(&Context::request(), "ram", 9_u64).await.unwrap_err();
        assert!(error.rpc().is_some(), "{error:?}");
    });
}

#[test]
fn python_raises_the_classes_that_rust_names() {
    run(async {
        let redis = redis().await;
        let _rust = rust_server(&redis, "rust").await;
        let mut client = python_client(&redis).await;
        let builtin = request("fail_builtin", json!({"message": TEXT}), json!({}));
        let error = client.call(builtin).await.unwrap().unwrap_err();
        assert_eq!(&*error.class, "ValueError");
        assert!(error.text.starts_with(TEXT), "{}", error.text);
        let not_found = request("fail_not_found", json!({"volume_id": "v1"}), json!({}));
        let error = client.call(not_found).await.unwrap().unwrap_err();
        assert!(error.bases.iter().any(|base| base == "sample_exceptions.VolumeNotFound"), "{error:?}");
        assert_eq!(Value::from(error.kwargs), json!({"code": 404, "volume_id": "v1"}));
        let error = client.call(request("missing", json!({}), json!({}))).await.unwrap().unwrap_err();
        assert!(error.text.contains("missing"), "{error:?}");
    });
}
