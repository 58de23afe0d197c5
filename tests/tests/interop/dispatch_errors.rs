//! Requests that a server cannot execute, and methods that go wrong without raising anything.

use rpc_runtime::{Context, RpcError, rpc_manager};
use rpc_tests::run;
use rpc_tests::sample::SampleError;
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

#[test]
fn python_is_told_what_a_rust_server_does_not_have() {
    run(async {
        let vhost = vhost("rust-dispatch").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let mut fail = async |method: &str, args: Value, keys: Value| {
            client.call(request(method, args, keys)).await.unwrap().unwrap_err()
        };

        for (method, keys, class, text) in [
            ("missing", json!({}), "NoSuchMethod", "Endpoint does not support RPC method missing"),
            (
                "add",
                json!({"version": "1.4"}),
                "UnsupportedVersion",
                "Endpoint does not support RPC version 1.4. Attempted method: add",
            ),
            (
                "add",
                json!({"version": "2.0"}),
                "UnsupportedVersion",
                "Endpoint does not support RPC version 2.0. Attempted method: add",
            ),
            (
                "whoami",
                json!({"namespace": "nowhere"}),
                "UnsupportedVersion",
                "Endpoint does not support RPC version 1.0. Attempted method: whoami",
            ),
        ] {
            let error = fail(method, json!({}), keys).await;
            assert_eq!((&*error.class, error.exc_type.as_deref()), ("RemoteError", Some(class)), "{error:?}");
            assert_eq!(error.value.as_deref(), Some(text));
        }
        for (args, text) in [
            (json!({"b": 1}), "add() missing 1 required argument: 'a'"),
            (json!({"a": 1, "c": 1}), "add() got an unexpected keyword argument 'c'"),
            (json!({"a": "one"}), "add() argument 'a': invalid type: string"),
        ] {
            let error = fail("add", args, json!({})).await;
            assert_eq!((&*error.module, &*error.class), ("builtins", "TypeError"));
            assert!(error.text.starts_with(text), "{}", error.text);
        }
    });
}

#[test]
fn python_is_told_what_went_wrong_in_a_rust_server() {
    run(async {
        let vhost = vhost("rust-broken").await;
        let _rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let mut call = async |method: &str, args: Value, keys: Value| {
            client.call(request(method, args, keys)).await.unwrap()
        };
        let broken = || json!({"namespace": "broken"});

        let error = call("panics", json!({"text": "out of order"}), broken()).await.unwrap_err();
        assert_eq!((&*error.module, &*error.class), ("builtins", "RuntimeError"));
        assert!(
            error.text.starts_with("panics() panicked") && !error.text.contains("out of order"),
            "{}",
            error.text
        );
        let error = call("unencodable", json!({}), broken()).await.unwrap_err();
        assert_eq!((&*error.module, &*error.class), ("builtins", "ValueError"));
        assert!(error.text.starts_with("the result cannot be encoded"), "{}", error.text);
        assert_eq!(call("add", json!({"a": 1}), json!({})).await.unwrap(), 11, "the server lives");
    });
}

/// A later edition, of which the server has neither the version nor all methods and arguments.
#[rpc_manager(client = LaterApi, topic = "topic", version = "1.9", error = SampleError)]
pub trait Later {
    #[rpc(call, since = "1.9")]
    async fn echo(&self, ctx: Context, value: u8) -> Result<u8, SampleError>;
    #[rpc(call)]
    async fn subtract(&self, ctx: Context, a: i64) -> Result<i64, SampleError>;
    #[rpc(call)]
    async fn add(&self, ctx: Context, a: i64, c: i64) -> Result<i64, SampleError>;
    #[rpc(call)]
    async fn fail_builtin(&self, ctx: Context) -> Result<(), SampleError>;
}

#[rpc_manager(client = NextApi, topic = "topic", version = "2.0", error = SampleError)]
pub trait Next {
    #[rpc(call)]
    async fn echo(&self, ctx: Context, value: u8) -> Result<u8, SampleError>;
}

#[rpc_manager(client = NowhereApi, topic = "topic", namespace = "nowhere", version = "1.0", error = SampleError)]
pub trait Nowhere {
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<Value, SampleError>;
}

#[test]
fn rust_is_told_what_a_python_server_does_not_have() {
    run(async {
        let vhost = vhost("python-dispatch").await;
        let _python = python_server(&vhost, "python").await;
        let transport = connect(&vhost).await;
        let later = LaterApi::new(&transport);
        let ctx = Context::request();

        let unsupported = [
            (later.echo(&ctx, 1).await.unwrap_err(), "1.9. Attempted method: echo"),
            (NextApi::new(&transport).echo(&ctx, 1).await.unwrap_err(), "2.0. Attempted method: echo"),
            (NowhereApi::new(&transport).whoami(&ctx).await.unwrap_err(), "1.0. Attempted method: whoami"),
        ];
        for (error, text) in unsupported {
            match error.rpc() {
                Some(RpcError::UnsupportedVersion { message, .. }) => {
                    assert!(message.ends_with(text), "{message}");
                }
                _ => panic!("{error:?}"),
            }
        }
        let error = later.subtract(&ctx, 1).await.unwrap_err();
        assert!(
            matches!(error.rpc(), Some(RpcError::NoSuchMethod { method, .. }) if method == "subtract"),
            "{error:?}"
        );
        let unusable = [
            (later.add(&ctx, 1, 2).await.unwrap_err().rpc().cloned(), "'c'"),
            (later.fail_builtin(&ctx).await.unwrap_err().rpc().cloned(), "'message'"),
        ];
        for (error, argument) in unusable {
            let Some(RpcError::Remote(remote)) = error else { panic!("{error:?}") };
            assert!(remote.is("builtins", "TypeError") && remote.message.contains(argument), "{remote:?}");
        }
    });
}
