//! Rust and Python on one broker, in all pairings.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod bad_input;
mod book;
mod configuration;
mod contexts;
mod deadlines;
mod dispatch_errors;
mod errors;
mod first;
mod mixed;
mod options;
mod queue_manager;
mod recovery;
mod streams;
mod topology;
mod values;
mod versions;

use rpc_runtime::Transport;
use rpc_tests::sample::{RustServer, request};
use rpc_tests::{Broker, PythonClient, PythonServer, Vhost};

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}

/// A transport of its own, as another process would have it.
async fn connect(vhost: &Vhost) -> Transport {
    Transport::connect(&vhost.url()).await.unwrap()
}

async fn rust_server(vhost: &Vhost, name: &str) -> RustServer {
    RustServer::start(&connect(vhost).await, name).await.unwrap()
}

async fn python_server(vhost: &Vhost, name: &str) -> PythonServer {
    PythonServer::builder(&vhost.url(), "topic", name).start().await.unwrap()
}

/// A Python client in which the exceptions of the sample may be raised.
async fn python_client(vhost: &Vhost) -> PythonClient {
    PythonClient::builder(&vhost.url()).allow("sample_exceptions").start().await.unwrap()
}
