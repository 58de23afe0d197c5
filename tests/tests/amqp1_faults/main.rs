//! What becomes of requests over AMQP 1.0 when routers, sessions, links and messages fail.
#![allow(missing_docs, clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod foreign;
mod links;
mod messages;
mod outcomes;
mod restarts;

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, RemoteError, RpcError, Server, Target, Transport};
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::campaign::{Id, Ledger, WorkApi, Worker};
use rpc_tests::limits::PATIENCE;
use tokio::task::JoinHandle;
use tokio::time::timeout;

async fn router() -> Router {
    Router::start(Mode::Routable).await.unwrap()
}

fn ledger() -> Arc<Ledger> {
    Arc::new(Ledger::new("amqp1"))
}

/// A server named `a`, on a transport of its own.
async fn server(url: &str, ledger: &Arc<Ledger>) -> Server {
    let transport = Transport::connect(url).await.unwrap();
    let endpoint = WorkApi::endpoint(Arc::new(Worker::new("a", ledger)));
    let target = Target::new("work").with_server("a");
    Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap()
}

async fn client(url: &str) -> WorkApi {
    let options = CallOptions::new().timeout(Duration::from_secs(600));
    WorkApi::new(&Transport::connect(url).await.unwrap()).with(options)
}

type Outcome = Result<Id, CallError<RemoteError>>;

fn start(api: &WorkApi, id: Id, seconds: f64) -> JoinHandle<Outcome> {
    tokio::spawn(api.work(&Context::new(), id).seconds(seconds).call().into_future())
}

async fn call(api: &WorkApi, id: Id) -> Outcome {
    ended(start(api, id, 0.0)).await
}

async fn cast(api: &WorkApi, id: Id) -> Result<(), RpcError> {
    let cast = api.work(&Context::new(), id).cast().into_future();
    timeout(PATIENCE, cast).await.expect("the cast ends")
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

/// Calls once more until a call is answered; those before are lost or find nobody.
async fn recovers(api: &WorkApi, ids: std::ops::RangeFrom<Id>) {
    let mut ids = ids;
    rpc_tests::until("a call is answered", async || {
        let id = ids.next().unwrap();
        Ok(call(api, id).await.ok().inspect(|answer| assert_eq!(*answer, id)))
    })
    .await
    .unwrap();
}

/// Waits until the router has heard what became of all messages to such addresses.
async fn settled(router: &mut Router, of: &str) {
    let settled = async || Ok((router.links(of).await?.unsettled == 0).then_some(()));
    rpc_tests::until("the router has heard of all messages", settled).await.unwrap();
}

/// Waits until all of these have been executed, each once.
async fn executed(ledger: &Ledger, ids: impl IntoIterator<Item = Id> + Clone) {
    rpc_tests::until("they are executed", async || {
        Ok(ids.clone().into_iter().all(|id| ledger.executions(id) == 1).then_some(()))
    })
    .await
    .unwrap();
}
