//! The first service, which is a crate of its own outside of the workspace.

use std::env;

use rpc_tests::{Program, run, until};
use serde_json::json;

use super::{python_client, vhost};

/// Beside the folder of the tests' own programs, where `tests/run` builds it.
fn program() -> String {
    let tests = env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("first").to_str().unwrap().to_owned()
}

#[test]
fn it_has_15_lines() {
    let source = include_str!("../../fixtures/first/src/main.rs");
    assert!(source.lines().filter(|line| !line.is_empty()).count() <= 15);
}

#[test]
fn it_answers_python_until_it_is_told_to_stop() {
    run(async {
        let vhost = vhost("first").await;
        let service =
            Program::start_with(&program(), [""; 0], &[("RPC_TRANSPORT_URL", &vhost.url())]).unwrap();
        until("the service listens", async || {
            let queues = vhost.queues().await?;
            Ok(queues.iter().any(|queue| queue.name == "greeter" && queue.consumers > 0).then_some(()))
        })
        .await
        .unwrap();
        let mut client = python_client(&vhost).await;
        let call = json!({"topic": "greeter", "method": "greet", "args": {"name": "Alice"}});
        assert_eq!(client.call(call).await.unwrap().unwrap(), "hello Alice");
        client.stop().await.unwrap();
        service.terminate().unwrap();
        service.success().await.unwrap();
    });
}

#[test]
fn it_says_what_it_needs() {
    run(async {
        let error = Program::start(&program(), [""; 0]).unwrap().success().await.unwrap_err().to_string();
        assert!(error.contains("RPC_TRANSPORT_URL is not set"), "{error}");
    });
}
