//! Rust and Python over AMQP 1.0, in all pairings: over a router in both forms of addresses, over the example broker of
//! Proton, and what RabbitMQ 4 can do of it.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

/// A test for each form of addresses, of each of these functions.
macro_rules! in_both_modes {
    ($($test:ident),+ $(,)?) => {
        in_both_modes!(@ legacy Legacy $($test)+);
        in_both_modes!(@ routable Routable $($test)+);
    };
    (@ $module:ident $mode:ident $($test:ident)+) => {
        mod $module {
            $(
                #[test]
                fn $test() {
                    rpc_tests::run(async {
                        let router = rpc_tests::amqp1::Router::start(rpc_tests::amqp1::Mode::$mode);
                        super::$test(router.await.unwrap()).await
                    });
                }
            )+
        }
    };
}

mod broker;
mod calls;
mod casts;
mod errors;
mod first;
mod links;
mod options;
mod python;
mod rabbitmq4;
mod tls;

use rpc_runtime::Transport;
use rpc_tests::sample::RustServer;
use rpc_tests::{PythonClient, PythonServer};
use serde_json::{Value, json};

/// A transport of its own, as another process would have it.
async fn connect(url: &str) -> Transport {
    Transport::connect(url).await.unwrap()
}

async fn rust_server(url: &str, name: &str) -> RustServer {
    RustServer::start(&connect(url).await, name).await.unwrap()
}

async fn python_server(url: &str, name: &str) -> PythonServer {
    PythonServer::over_amqp1(url, "topic", name).start().await.unwrap()
}

/// A Python client in which the exceptions of the sample may be raised.
async fn python_client(url: &str) -> PythonClient {
    PythonClient::over_amqp1(url).allow("sample_exceptions").allow("builtins").start().await.unwrap()
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
