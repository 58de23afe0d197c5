//! Rust and Python over ZeroMQ without a broker, in all pairings: they find each other in a Redis of the test's own.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod calls;
mod casts;
mod entries;
mod errors;
mod first;
mod python;

use rpc_runtime::{CallOptions, Context, Transport};
use rpc_tests::sample::{RustServer, SampleApi};
use rpc_tests::{PythonClient, PythonServer, Redis, until_found};
use serde_json::{Value, json};

async fn redis() -> Redis {
    Redis::start().await.unwrap()
}

/// A transport of its own, as another process would have it.
async fn connect(redis: &Redis) -> Transport {
    Transport::connect(&redis.url()).await.unwrap()
}

/// A client on a transport of its own that has found who serves, and each of these servers.
async fn client(redis: &Redis, servers: &[&str]) -> SampleApi {
    let api = SampleApi::new(&connect(redis).await);
    find(&api, servers).await;
    api
}

/// Calls whoever serves and each of these servers until they are found: Redis has to answer for that too.
async fn find(api: &SampleApi, servers: &[&str]) {
    let by_name = servers.iter().map(|server| api.with(CallOptions::new().server(*server)));
    for api in std::iter::once(api.clone()).chain(by_name) {
        let found = until_found(async || api.whoami(&Context::new()).await);
        found.await.unwrap().unwrap();
    }
}

async fn rust_server(redis: &Redis, name: &str) -> RustServer {
    RustServer::start(&connect(redis).await, name).await.unwrap()
}

async fn python_server(redis: &Redis, name: &str) -> PythonServer {
    PythonServer::over_zmq(&redis.url(), "topic", name).start().await.unwrap()
}

/// A Python client in which the exceptions of the sample may be raised. It asks once for each topic and server where they
/// are, so those have to be there before it does.
async fn python_client(redis: &Redis) -> PythonClient {
    PythonClient::over_zmq(&redis.url()).allow("sample_exceptions").allow("builtins").start().await.unwrap()
}

/// A request of a Python client to the topic of the sample, with more `keys` of the script.
fn request(method: &str, args: Value, keys: Value) -> Value {
    let mut request = json!({"topic": "topic", "method": method, "args": args});
    if let (Some(request), Value::Object(keys)) = (request.as_object_mut(), keys) {
        request.extend(keys);
    }
    request
}

/// Text of every length of UTF-8, with what JSON escapes.
const TEXT: &str = "volume \u{e9}\u{20ac}\u{1f600} \"quoted\" \\ \n \u{0}";

/// A mebibyte of it, at least.
fn large() -> Value {
    TEXT.repeat((1 << 20) / TEXT.len() + 1).into()
}

/// What any bus has to bring back as it was.
fn values() -> [Value; 5] {
    [Value::Null, TEXT.into(), json!({"n": [1, -2.5, true, {}], TEXT: ""}), json!(u64::MAX), large()]
}
