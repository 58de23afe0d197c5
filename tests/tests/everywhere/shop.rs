//! Clerks of the shop, and clients that know them.

use std::sync::Arc;

use rpc_runtime::{CallOptions, Context, Server, ServerBuilder, Target, Transport};
use rpc_tests::shop::{Counter, ShopApi};
use rpc_tests::until_found;

use super::bus::Bus;

/// A server of the shop, on a transport of its own.
pub(super) struct Clerk {
    pub(super) counter: Arc<Counter>,
    pub(super) transport: Transport,
    pub(super) server: Server,
}

impl Clerk {
    pub(super) async fn start(bus: &Bus, name: &str) -> Self {
        Self::start_with(bus, Target::new("shop").with_server(name), |builder| builder).await
    }

    pub(super) async fn start_with(
        bus: &Bus,
        target: Target,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Self {
        let transport = bus.connect().await;
        let counter = Arc::new(Counter::new(target.server().unwrap_or_default()));
        let endpoint = ShopApi::endpoint(Arc::clone(&counter));
        let server = set(Server::builder(&transport, target).endpoint(endpoint)).start().await.unwrap();
        Self { counter, transport, server }
    }
}

/// Several of them, and a client that knows them.
pub(super) async fn shop(bus: &Bus, names: &[&str]) -> (ShopApi, Vec<Clerk>) {
    let mut clerks = Vec::new();
    for name in names {
        clerks.push(Clerk::start(bus, name).await);
    }
    let api = ShopApi::new(&bus.connect().await);
    for name in names {
        let at = api.with(CallOptions::new().server(*name));
        assert_eq!(who_is_found(&at).await, *name);
    }
    (api, clerks)
}

/// A client that has found a server which is there, so that its next call has nothing else to wait for.
pub(super) async fn customer(bus: &Bus) -> ShopApi {
    let api = ShopApi::new(&bus.connect().await);
    who_is_found(&api).await;
    api
}

/// Who answers the first call of a client.
pub(super) async fn who_is_found(api: &ShopApi) -> String {
    until_found(async || api.whoami(&Context::new()).await).await.unwrap().unwrap()
}

/// Waits until `done`, which a cast that was taken makes true.
pub(super) async fn until(what: &str, done: impl Fn() -> bool) {
    rpc_tests::until(what, async || Ok(done().then_some(()))).await.unwrap();
}
