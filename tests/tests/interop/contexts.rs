//! The request context arrives, whoever sends and whoever serves.

use std::sync::Arc;

use rpc_runtime::{CallOptions, Context, RemoteError, Server, Target, rpc_manager};
use rpc_tests::run;
use rpc_tests::sample::SampleApi;
use serde_json::{Value, json};

use super::{connect, python_client, python_server, request, rust_server, vhost};

/// All that oslo.context knows and what a service adds.
fn fields() -> Value {
    json!({
        "user": "u1", "project_id": "p1", "system_scope": null, "domain": "d1", "user_domain": "ud",
        "project_domain": "pd", "is_admin": true, "read_only": false, "show_deleted": true,
        "auth_token": "gAAAA-secret", "request_id": "req-1", "global_request_id": "req-0",
        "resource_uuid": null, "roles": ["admin", "member"], "is_admin_project": false,
        "service_catalog": [{"type": "volumev3", "endpoints": [{}]}], "quota_class": "gold",
        "timestamp": "2024-02-03T04:05:06.000007", "traceparent": "00-0af7651916cd43dd-b7ad6b7169203331-01"
    })
}

fn context() -> Context {
    fields()
        .as_object()
        .unwrap()
        .iter()
        .fold(Context::new(), |ctx, (name, value)| ctx.with(name, value.clone()))
}

/// What a Python method sees: the fields, and one that oslo.messaging adds there.
fn seen_by_python() -> Value {
    let mut seen = fields();
    seen["client_timeout"] = Value::Null;
    seen
}

/// Asks the Python server for its context, with the one that it was given itself.
#[rpc_manager(client = RelayApi, topic = "relay", version = "1.0", error = RemoteError)]
pub trait Relay {
    #[rpc(call)]
    async fn context(&self, ctx: Context) -> Result<Value, RemoteError>;
}

struct ToPython(SampleApi);

impl Relay for ToPython {
    async fn context(&self, ctx: Context) -> Result<Value, RemoteError> {
        self.0.context(&ctx).await.map_err(|error| RemoteError::builtin("RuntimeError", error.to_string()))
    }
}

#[test]
fn every_field_arrives_and_is_passed_on() {
    run(async {
        let vhost = vhost("contexts").await;
        let _rust = rust_server(&vhost, "rust").await;
        let _python = python_server(&vhost, "python").await;
        let transport = connect(&vhost).await;
        let api = SampleApi::new(&transport);
        let to_python = api.with(CallOptions::new().server("python"));
        let _relay = Server::builder(&transport, Target::new("relay").with_server("relay"))
            .endpoint(RelayApi::endpoint(Arc::new(ToPython(to_python.clone()))))
            .start()
            .await
            .unwrap();
        let mut client = python_client(&vhost).await;
        let mut call = async |request: Value| client.call(request).await.unwrap().unwrap();

        let to_rust = api.with(CallOptions::new().server("rust"));
        assert_eq!(to_rust.context(&context()).await.unwrap(), fields());
        assert_eq!(to_python.context(&context()).await.unwrap(), seen_by_python());
        let at_rust = json!({"server": "rust", "ctxt": fields()});
        assert_eq!(call(request("context", json!({}), at_rust)).await, fields());
        let through_rust = json!({"topic": "relay", "ctxt": fields()});
        assert_eq!(call(request("context", json!({}), through_rust)).await, seen_by_python());

        // No context at all is none, and not one with nulls.
        assert_eq!(to_rust.context(&Context::new()).await.unwrap(), json!({}));
        assert_eq!(call(request("context", json!({}), json!({"server": "rust"}))).await, json!({}));
    });
}

#[test]
fn a_request_context_of_python_is_understood() {
    run(async {
        let vhost = vhost("request-context").await;
        let mut rust = rust_server(&vhost, "rust").await;
        let mut client = python_client(&vhost).await;
        let context = json!({"user_id": "u", "project_id": "p", "roles": ["reader"], "is_admin": true,
            "request_id": "req-2", "auth_token": "t0ken", "user_domain_id": "d"});
        let cast = request("note", json!({"n": 1}), json!({"request_context": context}));
        client.cast(cast).await.unwrap().unwrap();
        let ctxt = rust.note().await.unwrap().ctxt;
        let ctx = ctxt.into_iter().fold(Context::new(), |ctx, (name, value)| ctx.with(name, value));
        assert_eq!((ctx.user(), ctx.project_id()), (Some("u"), Some("p")));
        assert_eq!((ctx.request_id(), ctx.auth_token()), (Some("req-2"), Some("t0ken")));
        assert_eq!((ctx.roles(), ctx.is_admin()), (vec!["reader".to_owned()], true));
        assert_eq!((ctx.user_domain(), ctx.system_scope()), (Some("d"), None));
        assert!(!format!("{ctx:?}").contains("t0ken"));
    });
}
