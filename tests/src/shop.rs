//! A shop, which tests of the whole path call over one bus or over all of them.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rpc_runtime::{Context, RpcException, rpc_manager};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::sample::Unencodable;

/// What its methods raise.
#[derive(Debug, Clone, PartialEq, thiserror::Error, RpcException)]
#[exception(module = "shop.exception")]
pub enum ShopError {
    /// There is none left.
    #[error("{what} is sold out")]
    SoldOut {
        /// Of what.
        what: String,
    },
}

/// Its interface.
#[rpc_manager(client = ShopApi, topic = "shop", version = "1.4", error = ShopError, fake = FakeShop)]
pub trait Shop {
    /// Says what was bought, by `ctx.user()`; the moon is sold out.
    #[rpc(call)]
    async fn buy(
        &self,
        ctx: Context,
        what: String,
        #[arg(default = 1)] pieces: u32,
    ) -> Result<String, ShopError>;

    /// The name of the server.
    #[rpc(call)]
    async fn whoami(&self, ctx: Context) -> Result<String, ShopError>;

    /// Takes so many milliseconds.
    #[rpc(call)]
    async fn slow(&self, ctx: Context, millis: u64) -> Result<(), ShopError>;

    /// Waits at the [`Queue`].
    #[rpc(call)]
    async fn queue_up(&self, ctx: Context) -> Result<(), ShopError>;

    /// Panics.
    #[rpc(call)]
    async fn panics(&self, ctx: Context) -> Result<(), ShopError>;

    /// A text of so many bytes.
    #[rpc(call)]
    async fn big(&self, ctx: Context, bytes: usize) -> Result<String, ShopError>;

    /// Has a result that no reply can carry.
    #[rpc(call)]
    async fn unencodable(&self, ctx: Context) -> Result<Unencodable, ShopError>;

    /// Is counted.
    #[rpc(cast, to = shelf)]
    async fn stack(&self, ctx: Context, shelf: String, count: usize) -> Result<(), ShopError>;

    /// Is counted by each server.
    #[rpc(cast, fanout)]
    async fn close(&self, ctx: Context) -> Result<(), ShopError>;

    /// Has changed from version to version; shows its arguments.
    #[rpc(call, since = "1.2")]
    async fn ship(
        &self,
        ctx: Context,
        #[arg(since = "1.3", old = drop)] insured: Option<bool>,
        #[arg(since = "1.4", old = error_if_set)] gift: Option<String>,
        #[arg(since = "1.4", old = with(weight_only))] parcel: Value,
    ) -> Result<String, ShopError>;
}

fn weight_only(parcel: &Value) -> u64 {
    parcel["weight"].as_u64().unwrap_or(0)
}

/// What serves it.
#[derive(Debug, Default)]
pub struct Counter {
    /// The name of its server.
    pub name: String,
    /// The sum of what it was to stack.
    pub stacked: AtomicUsize,
    /// How often it was told to close.
    pub closed: AtomicUsize,
    /// Who has bought.
    pub users: Mutex<HashSet<String>>,
    /// Where `queue_up` waits.
    pub queue: Queue,
}

impl Counter {
    /// One whose server has this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }
}

/// Handlers that wait until they are let through.
#[derive(Debug)]
pub struct Queue {
    /// Lets as many through as it gets permits.
    pub through: Semaphore,
    /// How many wait.
    pub waiting: AtomicUsize,
    /// How many have at once, at most.
    pub longest: AtomicUsize,
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
        // Nobody closes it.
        if let Ok(permit) = self.through.acquire().await {
            permit.forget();
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shop for Counter {
    async fn buy(&self, ctx: Context, what: String, pieces: u32) -> Result<String, ShopError> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.extend(ctx.user().map(str::to_owned));
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

    #[expect(clippy::panic, reason = "what it is there for")]
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
        parcel: Value,
    ) -> Result<String, ShopError> {
        Ok(format!("{insured:?} {gift:?} {parcel}"))
    }
}
