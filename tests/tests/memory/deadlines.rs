//! Calls that nothing answers, with a clock that goes on only while there is nothing to do: they end in the
//! very instant of their deadline.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{CallError, CallOptions, Context, Reached, RpcError, Server, Target, Transport};
use rpc_tests::shop::{Counter, ShopApi};
use tokio::time::Instant;

use super::shop::{World, world};

const DEADLINE: Duration = Duration::from_secs(5);
const FOR_LONG: u64 = 3_600_000;

/// Calls what takes an hour, and returns how far that came.
async fn call(transport: &Transport, options: CallOptions) -> Reached {
    let (api, began) = (ShopApi::new(transport).with(options.timeout(DEADLINE)), Instant::now());
    let error = api.slow(&Context::new(), FOR_LONG).await.unwrap_err();
    assert_eq!(began.elapsed(), DEADLINE);
    let CallError::Rpc(RpcError::Timeout { reached, .. }) = error else { panic!("{error}") };
    reached
}

#[tokio::test(start_paused = true)]
async fn a_call_to_a_silent_server() {
    let World { transport, servers: _servers } = world(&["a"]).await;
    assert_eq!(call(&transport, CallOptions::new()).await, Reached::Confirmed);
    assert_eq!(call(&transport, CallOptions::new().server("a")).await, Reached::Confirmed);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_server_only_says_that_it_lives() {
    let World { transport, servers: _servers } = world(&["a"]).await;
    let monitored = CallOptions::new().monitor(Duration::from_secs(2));
    assert_eq!(call(&transport, monitored).await, Reached::Started);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_no_worker_is_free_for() {
    let transport = Transport::connect("memory://").await.unwrap();
    let target = Target::new("shop").with_server("a");
    let endpoint = ShopApi::endpoint(Arc::new(Counter::default()));
    let server = Server::builder(&transport, target).endpoint(endpoint).workers(1).prefetch(1);
    let _server = server.start().await.unwrap();
    let calls = (0..4).map(|_| call(&transport, CallOptions::new()));
    for reached in futures::future::join_all(calls).await {
        assert_eq!(reached, Reached::Confirmed);
    }
}
