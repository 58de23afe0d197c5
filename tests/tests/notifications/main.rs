//! Notifications between Rust and Python, in both directions, and what both decide alike.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod peers;

use rpc_tests::{Broker, Vhost};

/// A virtual host of the shared broker.
async fn vhost(name: &str) -> Vhost {
    Broker::shared().unwrap().vhost(name).await.unwrap()
}
