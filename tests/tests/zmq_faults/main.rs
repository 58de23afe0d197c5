//! What becomes of requests over ZeroMQ when processes and connections fail, with a static list of addresses.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod clients;
mod network;
mod servers;

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, RemoteError, RpcError, Transport};
use rpc_tests::campaign::{Id, Ledger, Process, WorkApi};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Reservation, until, until_found};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A request that no test counts.
const HELLO: Id = Id::MAX;

const PEER: &str = env!("CARGO_BIN_EXE_peer");

/// Addresses for servers, which are a test's own.
struct Places<const N: usize>(Reservation<N>);

impl<const N: usize> Places<N> {
    fn new() -> Self {
        Self(Reservation::new().unwrap())
    }

    fn url(&self) -> String {
        let hosts = self.0.ports().map(|port| format!("127.0.0.1:{port}"));
        format!("zmq://{}/", hosts.join(","))
    }
}

/// A server in a process of its own, which takes so long for each request.
async fn server(url: &str, name: &str, seconds: f64, ledger: &Arc<Ledger>) -> Process {
    let seconds = seconds.to_string();
    let args = ["--url", url, "--topic", "work", "server", "--name", name, "--seconds", &seconds];
    Process::start(PEER, &args, ledger).await.unwrap()
}

fn ledger(name: &str) -> Arc<Ledger> {
    Arc::new(Ledger::new(name))
}

/// A client that has a connection to each of these servers.
async fn client(url: &str, servers: &[&str]) -> WorkApi {
    let options = CallOptions::new().timeout(Duration::from_secs(600));
    let api = WorkApi::new(&Transport::connect(url).await.unwrap()).with(options);
    for server in servers {
        assert_eq!(found(&to(&api, server), HELLO).await.unwrap(), HELLO);
    }
    api
}

fn to(api: &WorkApi, server: &str) -> WorkApi {
    api.with(CallOptions::new().server(server))
}

type Outcome = Result<Id, CallError<RemoteError>>;

fn start(api: &WorkApi, id: Id, seconds: f64) -> JoinHandle<Outcome> {
    tokio::spawn(api.work(&Context::new(), id).seconds(seconds).call().into_future())
}

async fn call(api: &WorkApi, id: Id) -> Outcome {
    ended(start(api, id, 0.0)).await
}

/// What a call comes to once its server is found.
async fn found(api: &WorkApi, id: Id) -> Outcome {
    until_found(async || call(api, id).await).await.unwrap()
}

/// What a call says whose server is nowhere. A place that has not told so within two seconds is tried again.
async fn nowhere(api: &WorkApi, id: Id) -> String {
    let told = until("all places tell", async || {
        let error = call(api, id).await.unwrap_err();
        assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error:?}");
        Ok(Some(error.to_string()).filter(|text| !text.contains("not connected yet")))
    });
    told.await.unwrap()
}

async fn ended(running: JoinHandle<Outcome>) -> Outcome {
    timeout(PATIENCE, running).await.expect("the call ends").unwrap()
}

/// What a call says that has lost its connection.
async fn lost(running: JoinHandle<Outcome>) -> String {
    let error = ended(running).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Connection { .. })), "{error:?}");
    error.to_string()
}

/// Waits until all of these are being executed, each once.
async fn executed(ledger: &Ledger, ids: impl IntoIterator<Item = Id> + Clone) {
    until("they are executed", async || {
        Ok(ids.clone().into_iter().all(|id| ledger.executions(id) == 1).then_some(()))
    })
    .await
    .unwrap();
}
