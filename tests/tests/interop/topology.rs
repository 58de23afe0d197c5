//! Rust and Python declare the same queues, exchanges and bindings, and so can share them.

use rpc_runtime::{CallOptions, Context, Transport};
use rpc_tests::sample::{RustServer, SampleApi, SampleFanoutApi};
use rpc_tests::{PythonClient, PythonServer, Topology, Vhost, run, until};
use serde_json::json;

use super::{request, vhost};

async fn rust_uses(url: &str) -> (Transport, RustServer) {
    let transport = Transport::connect(url).await.unwrap();
    let server = RustServer::start(&transport, "host1").await.unwrap();
    assert_eq!(SampleApi::new(&transport).add(&Context::new(), 1).await.unwrap(), 11);
    SampleFanoutApi::new(&transport).note(&Context::new(), 1).await.unwrap();
    (transport, server)
}

async fn python_uses(url: &str) -> (PythonClient, PythonServer) {
    let server = PythonServer::builder(url, "topic", "host1").start().await.unwrap();
    let mut client = PythonClient::builder(url).start().await.unwrap();
    let add = request("add", json!({"a": 1}), json!({}));
    assert_eq!(client.call(add).await.unwrap().unwrap(), 11);
    client.cast(request("note", json!({"n": 1}), json!({"fanout": true}))).await.unwrap().unwrap();
    (client, server)
}

/// Both servers consume from both queues, and each can be the one that answers.
async fn is_shared(vhost: &Vhost, transport: &Transport) {
    until("two consumers on each queue of the server", async || {
        let queues = vhost.queues().await?;
        let shared = queues.iter().filter(|queue| ["topic", "topic.host1"].contains(&&*queue.name));
        Ok((shared.map(|queue| queue.consumers).eq([2, 2])).then_some(()))
    })
    .await
    .unwrap();
    let api = SampleApi::new(transport);
    let at_host = api.with(CallOptions::new().server("host1"));
    for _ in 0..4 {
        assert_eq!(api.add(&Context::new(), 1).await.unwrap(), 11);
        assert_eq!(at_host.add(&Context::new(), 1).await.unwrap(), 11);
    }
}

/// Lets each language be the first on a virtual host and the other one join it.
fn check(name: &str, options: &str) {
    run(async {
        let (of_python, of_rust) = (vhost(&format!("{name}-py")).await, vhost(&format!("{name}-rs")).await);
        let url = |vhost: &Vhost| format!("{}?{options}", vhost.url());
        let _python = python_uses(&url(&of_python)).await;
        let (transport, _server) = rust_uses(&url(&of_rust)).await;
        let (python, rust) = (Topology::of(&of_python).await.unwrap(), Topology::of(&of_rust).await.unwrap());
        assert_eq!(python.queues.len(), 4, "{python:?}");
        assert_eq!(rust.queues, python.queues);
        assert_eq!(rust.exchanges, python.exchanges);
        assert_eq!(rust.bindings, python.bindings);

        let _joined = PythonServer::builder(&url(&of_rust), "topic", "host1").start().await.unwrap();
        is_shared(&of_rust, &transport).await;
        let (transport, _server) = rust_uses(&url(&of_python)).await;
        is_shared(&of_python, &transport).await;
    });
}

#[test]
fn by_default() {
    check("default", "");
}

#[test]
fn durable() {
    check("durable", "amqp_durable_queues=true");
}

#[test]
fn quorum() {
    check(
        "quorum",
        "rabbit_quorum_queue=true&rabbit_quorum_delivery_limit=3&rabbit_quorum_max_memory_length=1000",
    );
}

#[test]
fn transient_quorum() {
    check("transient", "rabbit_transient_quorum_queue=true&amqp_durable_queues=true");
}

#[test]
fn expiring_and_not() {
    check("ttl", "rabbit_transient_queues_ttl=77");
    check("ttl0", "rabbit_transient_queues_ttl=0");
}

#[test]
fn stream_fanout() {
    let stream = "rabbit_stream_fanout=true&rabbit_transient_quorum_queue=true&rabbit_qos_prefetch_count=10";
    check("stream", stream);
    check("stream-quorum", &format!("{stream}&rabbit_quorum_queue=true&rabbit_transient_queues_ttl=0"));
}

#[test]
fn auto_deleted() {
    check("auto-delete", "amqp_auto_delete=true");
}

#[test]
fn a_stopped_server_leaves_what_python_leaves() {
    run(async {
        let (of_python, of_rust) = (vhost("stopped-py").await, vhost("stopped-rs").await);
        let python = PythonServer::builder(&of_python.url(), "topic", "host1").start().await.unwrap();
        let transport = Transport::connect(&of_rust.url()).await.unwrap();
        let rust = RustServer::start(&transport, "host1").await.unwrap();
        assert_eq!(python.stop().await.unwrap(), []);
        assert_eq!(rust.stop().await.unwrap(), []);
        let (python, rust) = (Topology::of(&of_python).await.unwrap(), Topology::of(&of_rust).await.unwrap());
        let names: Vec<_> = python.queues.iter().map(|queue| &*queue.name).collect();
        assert_eq!(names, ["topic", "topic.host1"]);
        assert_eq!(rust, python);
    });
}
