//! Exceptions that methods raise, across languages.

use rpc_runtime::{CallError, Context, RemoteError, RpcError, rpc_manager};
use rpc_tests::sample::{OtherError, SampleApi, SampleError};
use rpc_tests::{PythonClient, Raised, run};
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

async fn raised(client: &mut PythonClient, method: &str, args: Value) -> Raised {
    client.call(request(method, args, json!({}))).await.unwrap().unwrap_err()
}

fn is_a(raised: &Raised, class: &str) -> bool {
    raised.bases.iter().any(|base| base == class)
}

#[test]
fn python_raises_the_classes_that_rust_names() {
    run(async {
        let vhost = vhost("rust-errors").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;

        let error = raised(&mut client, "fail_builtin", json!({"message": "too small"})).await;
        assert_eq!((&*error.module, &*error.class), ("builtins", "ValueError"));
        assert!(error.text.starts_with("too small"), "{}", error.text);

        let error = raised(&mut client, "fail_not_found", json!({"volume_id": "v1"})).await;
        assert_eq!((&*error.module, &*error.class), ("sample_exceptions_Remote", "VolumeNotFound_Remote"));
        assert!(is_a(&error, "sample_exceptions.VolumeNotFound"), "{:?}", error.bases);
        assert!(is_a(&error, "sample_exceptions.ServiceError"), "{:?}", error.bases);
        assert!(error.text.starts_with("Volume v1 could not be found."), "{}", error.text);
        assert_eq!(Value::from(error.kwargs), json!({"code": 404, "volume_id": "v1"}));

        let args = json!({"volume_id": "v1", "reason": "attached"});
        let error = raised(&mut client, "fail_expected", args).await;
        assert!(is_a(&error, "sample_exceptions.VolumeBusy"), "{:?}", error.bases);
        assert_eq!(Value::from(error.kwargs), json!({"code": 409, "volume_id": "v1", "reason": "attached"}));

        let error = raised(&mut client, "fail_limit", json!({"resource": "ram", "limit": 9})).await;
        assert!(is_a(&error, "sample_exceptions.LimitReached"), "{:?}", error.bases);
        assert!(error.text.starts_with("(\"ram\", 9)"), "{}", error.text);
    });
}

#[test]
fn what_python_may_not_raise_is_a_remote_error() {
    run(async {
        let vhost = vhost("not-allowed").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut strict = PythonClient::builder(&vhost.url()).start().await.unwrap();
        let error = raised(&mut strict, "fail_not_found", json!({"volume_id": "v1"})).await;
        assert_eq!((&*error.class, error.exc_type.as_deref()), ("RemoteError", Some("VolumeNotFound")));
        assert_eq!(error.value.as_deref(), Some("Volume v1 could not be found."));

        let mut client = python_client(&vhost).await;
        // A class that the module does not have, one that is no exception, a module that nobody has.
        for (module, class) in
            [("sample_exceptions", "Missing"), ("builtins", "dict"), ("no_such_module", "Missing")]
        {
            let args = json!({"module": module, "class": class});
            let raises = request("raises", args, json!({"namespace": "broken"}));
            let error = client.call(raises).await.unwrap().unwrap_err();
            assert_eq!((&*error.class, error.exc_type.as_deref()), ("RemoteError", Some(class)), "{error:?}");
            assert_eq!(error.value.as_deref(), Some("as asked"));
        }
    });
}

#[test]
fn rust_has_its_own_error_for_what_python_raises() {
    run(async {
        let vhost = vhost("python-errors").await;
        let _python = python_server(&vhost, "python").await;
        let api = SampleApi::new(&connect(&vhost).await);
        let ctx = Context::request();

        let error = api.fail_not_found(&ctx, "v1").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::VolumeNotFound { volume_id: "v1".into() }));
        assert_eq!(error.to_string(), "Volume v1 could not be found.");
        let error = api.fail_expected(&ctx, "v1", "attached").await.unwrap_err();
        let busy = SampleError::VolumeBusy { volume_id: "v1".into(), reason: "attached".into() };
        assert_eq!(error.method(), Some(&busy));
        let error = api.fail_limit(&ctx, "ram", 9_u64).await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::LimitReached("ram".into(), 9)));
        let error = api.fail_builtin(&ctx, "too \"small\" \u{1f600}").await.unwrap_err();
        assert_eq!(error.method(), Some(&SampleError::Value("too \"small\" \u{1f600}".into())));
    });
}

/// The same methods with errors that are not Python's.
#[rpc_manager(client = MistakenApi, topic = "topic", version = "1.0", error = OtherError)]
pub trait Mistaken {
    #[rpc(call)]
    async fn fail_builtin(&self, ctx: Context, message: String) -> Result<(), OtherError>;
    #[rpc(call)]
    async fn fail_not_found(&self, ctx: Context, volume_id: String) -> Result<(), OtherError>;
    #[rpc(call)]
    async fn fail_limit(&self, ctx: Context, resource: String, limit: u64) -> Result<(), OtherError>;
}

fn remote(error: &CallError<OtherError>) -> &RemoteError {
    match error.rpc() {
        Some(RpcError::Remote(remote)) => remote,
        _ => panic!("not a remote error: {error:?}"),
    }
}

#[test]
fn what_rust_does_not_know_is_a_remote_error() {
    run(async {
        let vhost = vhost("unknown").await;
        let _python = python_server(&vhost, "python").await;
        let api = MistakenApi::new(&connect(&vhost).await);
        let ctx = Context::request();

        let error = api.fail_builtin(&ctx, "too small").await.unwrap_err();
        let remote_error = remote(&error);
        assert!(remote_error.is("builtins", "ValueError"), "{remote_error:?}");
        assert_eq!(remote_error.message, "too small");
        assert!(remote_error.traceback.concat().contains("fail_builtin"), "{:?}", remote_error.traceback);

        // Known by name, but without the fields that the variant needs.
        let error = api.fail_not_found(&ctx, "v1").await.unwrap_err();
        let remote_error = remote(&error);
        assert!(remote_error.is("sample_exceptions", "VolumeNotFound"), "{remote_error:?}");
        assert_eq!(Value::from(remote_error.kwargs.clone()), json!({"code": 404, "volume_id": "v1"}));

        let error = api.fail_limit(&ctx, "ram", 9_u64).await.unwrap_err();
        let remote_error = remote(&error);
        assert!(remote_error.is("sample_exceptions", "LimitReached"), "{remote_error:?}");
        assert_eq!(remote_error.args, [json!("ram"), json!(9)]);
    });
}
