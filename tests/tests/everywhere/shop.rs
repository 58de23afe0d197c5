//! A shop and its clerks: what the tests call.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::{
    CallOptions, Context, RpcException, Server, ServerBuilder, Target, Transport, rpc_manager,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::bus::Bus;

#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "shop.exception")]
pub(super) enum ShopError {
    #[error("{what} is sold out")]
    SoldOut { what: String },
}

/// A result that can't be written as JSON: its map has keys that are no text.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Unencodable {
    map: std::collections::BTreeMap<Vec<u8>, u8>,
}

#[rpc_manager(client = ShopApi, topic = "shop", version = "1.4", error = ShopError)]
pub(super) trait Shop {
    #[rpc(call)]
    async fn buy(
        &self,
        ctx: Context,
        what: String,
        #[arg(default = 1)] pieces: u32,
    ) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn slow(&self, ctx: Context, millis: u64) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn queue_up(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn panics(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call)]
    async fn big(&self, ctx: Context, bytes: usize) -> Result<String, ShopError>;

    #[rpc(call)]
    async fn unencodable(&self, ctx: Context) -> Result<Unencodable, ShopError>;

    #[rpc(cast, to = shelf)]
    async fn stack(&self, ctx: Context, shelf: String, count: usize) -> Result<(), ShopError>;

    #[rpc(cast, fanout)]
    async fn close(&self, ctx: Context) -> Result<(), ShopError>;

    #[rpc(call, since = "1.2")]
    async fn ship(
        &self,
        ctx: Context,
        #[arg(since = "1.3", old = drop)] insured: Option<bool>,
        #[arg(since = "1.4", old = error_if_set)] gift: Option<String>,
        #[arg(since = "1.4", old = with(weight_only))] parcel: serde_json::Value,
    ) -> Result<String, ShopError>;
}

fn weight_only(parcel: &serde_json::Value) -> u64 {
    parcel["weight"].as_u64().unwrap_or(0)
}

#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) name: String,
    pub(super) stacked: AtomicUsize,
    pub(super) closed: AtomicUsize,
    pub(super) users: Mutex<HashSet<String>>,
    pub(super) queue: Queue,
}

/// Handlers that wait until they are let through, and how many did at once at most.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) through: Semaphore,
    pub(super) waiting: AtomicUsize,
    pub(super) longest: AtomicUsize,
}

impl Default for Queue {
    fn default() -> Self {
        Self { through: Semaphore::new(0), waiting: AtomicUsize::default(), longest: AtomicUsize::default() }
    }
}

impl Queue {
    async fn wait(&self) {
        let waiting = self.waiting.fetch_add(1, Ordering::SeqCst) + 1;
        self.longest.fetch_max(waiting, Ordering::SeqCst);
        self.through.acquire().await.unwrap().forget();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shop for Counter {
    async fn buy(&self, ctx: Context, what: String, pieces: u32) -> Result<String, ShopError> {
        self.users.lock().unwrap().extend(ctx.user().map(str::to_owned));
        if what == "moon" {
            return Err(ShopError::SoldOut { what });
        }
        Ok(format!("{pieces} {what}"))
    }

    async fn whoami(&self, _: Context) -> Result<String, ShopError> {
        Ok(self.name.clone())
    }

    async fn slow(&self, _: Context, millis: u64) -> Result<(), ShopError> {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        Ok(())
    }

    async fn queue_up(&self, _: Context) -> Result<(), ShopError> {
        self.queue.wait().await;
        Ok(())
    }

    async fn panics(&self, _: Context) -> Result<(), ShopError> {
        panic!("out of change")
    }

    async fn big(&self, _: Context, bytes: usize) -> Result<String, ShopError> {
        Ok("x".repeat(bytes))
    }

    async fn unencodable(&self, _: Context) -> Result<Unencodable, ShopError> {
        Ok(Unencodable { map: [(vec![1], 1)].into() })
    }

    async fn stack(&self, _: Context, _shelf: String, count: usize) -> Result<(), ShopError> {
        self.stacked.fetch_add(count, Ordering::SeqCst);
        Ok(())
    }

    async fn close(&self, _: Context) -> Result<(), ShopError> {
        self.closed.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn ship(
        &self,
        _: Context,
        insured: Option<bool>,
        gift: Option<String>,
        parcel: serde_json::Value,
    ) -> Result<String, ShopError> {
        Ok(format!("{insured:?} {gift:?} {parcel}"))
    }
}

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
        let name = target.server().unwrap_or_default().to_owned();
        let counter = Arc::new(Counter { name, ..Counter::default() });
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
        assert_eq!(at.whoami(&Context::new()).await.unwrap(), *name);
    }
    (api, clerks)
}

/// Waits until `done`, which a cast that was taken makes true.
pub(super) async fn until(what: &str, done: impl Fn() -> bool) {
    rpc_tests::until(what, async || Ok(done().then_some(()))).await.unwrap();
}
