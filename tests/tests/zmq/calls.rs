//! Calls, of a topic and of one of its servers.

use std::collections::BTreeSet;

use futures::future::join_all;
use rpc_runtime::{CallOptions, Context};
use rpc_tests::run;
use serde_json::{Value, json};

use super::{client, python_client, python_server, redis, request, rust_server, values};

#[test]
fn python_answers_rust() {
    run(async {
        let redis = redis().await;
        let _python = python_server(&redis, "python").await;
        let api = client(&redis, &[]).await;
        for value in values() {
            assert_eq!(api.echo(&Context::request(), &value).await.unwrap(), value);
        }
        let ctx = Context::new().with("project_id", "p\u{e9}");
        assert_eq!(api.context(&ctx).await.unwrap()["project_id"], "p\u{e9}");
    });
}

#[test]
fn rust_answers_python() {
    run(async {
        let redis = redis().await;
        let _rust = rust_server(&redis, "rust").await;
        let mut client = python_client(&redis).await;
        for value in values() {
            let answer = client.call(request("echo", json!({"value": value}), json!({}))).await.unwrap();
            assert_eq!(answer.unwrap(), value);
        }
        let ctxt = json!({"project_id": "p\u{e9}"});
        let answer = client.call(request("context", json!({}), json!({"ctxt": ctxt}))).await.unwrap();
        assert_eq!(answer.unwrap()["project_id"], "p\u{e9}");
    });
}

#[test]
fn many_calls_at_once_have_each_their_own_answer() {
    run(async {
        let redis = redis().await;
        let _python = python_server(&redis, "python").await;
        let api = client(&redis, &[]).await;
        let ctx = Context::request();
        let values: Vec<Value> = (0..200).map(Value::from).collect();
        let calls = values.iter().map(|value| api.echo(&ctx, value).into_future());
        let answers: Result<Vec<_>, _> = join_all(calls).await.into_iter().collect();
        assert_eq!(answers.unwrap(), values);
    });
}

#[test]
fn servers_of_both_languages_serve_a_topic() {
    run(async {
        let redis = redis().await;
        let _python = python_server(&redis, "python@lvm").await;
        let _rust = rust_server(&redis, "rust").await;
        let both = BTreeSet::from(["python@lvm".to_owned(), "rust".to_owned()]);

        let api = client(&redis, &["python@lvm", "rust"]).await;
        let mut servers = BTreeSet::new();
        while servers != both {
            servers.insert(api.whoami(&Context::new()).await.unwrap().server);
        }
        let mut client = python_client(&redis).await;
        for server in &both {
            for _ in 0..3 {
                let one = api.with(CallOptions::new().server(server));
                assert_eq!(one.whoami(&Context::new()).await.unwrap().server, *server);
                let whoami = request("whoami", json!({}), json!({"server": server}));
                assert_eq!(client.call(whoami).await.unwrap().unwrap()["server"], **server);
            }
        }
    });
}
