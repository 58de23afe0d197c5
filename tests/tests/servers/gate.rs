//! A manager whose handlers wait until they are let through.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rpc_runtime::{CallOptions, Context, RemoteError, Server, ServerBuilder, Target, Transport, rpc_manager};
use rpc_tests::limits::TEST;
use rpc_tests::until;
use tokio::sync::watch;

#[rpc_manager(client = GateApi, topic = "gate", version = "1.0")]
pub(super) trait Gate {
    /// Waits at the gate; the name of the server.
    #[rpc(call)]
    async fn pass(&self, ctx: Context, n: u64) -> Result<String, RemoteError>;

    /// Waits at the gate.
    #[rpc(cast)]
    async fn enter(&self, ctx: Context, n: u64) -> Result<(), RemoteError>;

    /// Blocks its thread.
    #[rpc(call)]
    async fn block(&self, ctx: Context, millis: u64) -> Result<(), RemoteError>;
}

/// Who keeps the gate, and a book of who came and who got through.
#[derive(Debug)]
pub(super) struct Keeper {
    name: String,
    open: watch::Sender<bool>,
    came: Mutex<Vec<u64>>,
    through: Mutex<Vec<u64>>,
}

impl Keeper {
    pub(super) fn new(name: &str, open: bool) -> Arc<Self> {
        let (came, through) = (Mutex::default(), Mutex::default());
        Arc::new(Self { name: name.to_owned(), open: watch::Sender::new(open), came, through })
    }

    /// Serves the topic `gate` as the server of its name.
    pub(super) async fn serve(
        self: &Arc<Self>,
        transport: &Transport,
        set: impl FnOnce(ServerBuilder) -> ServerBuilder,
    ) -> Server {
        let target = Target::new("gate").with_server(&self.name);
        let builder = Server::builder(transport, target).endpoint(GateApi::endpoint(Arc::clone(self)));
        set(builder).start().await.unwrap()
    }

    pub(super) fn open(&self) {
        self.open.send_replace(true);
    }

    /// In order of arrival.
    pub(super) fn came(&self) -> Vec<u64> {
        self.came.lock().unwrap().clone()
    }

    /// In ascending order.
    pub(super) fn through(&self) -> Vec<u64> {
        let mut through = self.through.lock().unwrap().clone();
        through.sort_unstable();
        through
    }

    /// Waits until so many came.
    pub(super) async fn has(&self, count: usize) {
        let what = format!("{count} came to {}", self.name);
        until(&what, async || Ok((self.came().len() >= count).then_some(()))).await.unwrap();
    }

    /// Waits until so many are through.
    pub(super) async fn passed(&self, count: usize) {
        let what = format!("{count} passed {}", self.name);
        until(&what, async || Ok((self.through().len() >= count).then_some(()))).await.unwrap();
    }

    async fn wait(&self, n: u64) {
        self.came.lock().unwrap().push(n);
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
        self.through.lock().unwrap().push(n);
    }
}

impl Gate for Keeper {
    async fn pass(&self, _: Context, n: u64) -> Result<String, RemoteError> {
        self.wait(n).await;
        Ok(self.name.clone())
    }

    async fn enter(&self, _: Context, n: u64) -> Result<(), RemoteError> {
        self.wait(n).await;
        Ok(())
    }

    async fn block(&self, _: Context, millis: u64) -> Result<(), RemoteError> {
        std::thread::sleep(Duration::from_millis(millis));
        Ok(())
    }
}

/// Starts a call, which has as long as a test.
pub(super) fn call(
    transport: &Transport,
    n: u64,
) -> tokio::task::JoinHandle<Result<String, rpc_runtime::CallError<RemoteError>>> {
    let api = GateApi::new(transport).with(CallOptions::new().timeout(TEST));
    tokio::spawn(api.pass(&Context::new(), n).into_future())
}

/// Casts all of these, and returns once the broker has confirmed them.
pub(super) async fn cast(transport: &Transport, all: impl IntoIterator<Item = u64>) {
    let api = GateApi::new(transport);
    let casts = all.into_iter().map(|n| api.enter(&Context::new(), n).into_future());
    for confirmed in futures::future::join_all(casts).await {
        confirmed.unwrap();
    }
}
