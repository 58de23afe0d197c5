//! A shop with its servers in one process.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Server, Target, Transport};
use rpc_tests::shop::{Counter, ShopApi};

pub(super) struct World {
    pub(super) transport: Transport,
    pub(super) servers: Vec<Server>,
}

pub(super) async fn world(names: &[&str]) -> World {
    let transport = Transport::connect("memory://").await.unwrap();
    let mut servers = Vec::new();
    for name in names {
        let target = Target::new("shop").with_server(*name);
        let endpoint = ShopApi::endpoint(Arc::new(Counter::new(name)));
        servers.push(Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap());
    }
    World { transport, servers }
}

/// Waits until `done`, which a cast that was taken makes true.
pub(super) async fn until(done: impl Fn() -> bool) {
    tokio::time::timeout(rpc_tests::limits::PATIENCE, async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("it did not happen");
}
