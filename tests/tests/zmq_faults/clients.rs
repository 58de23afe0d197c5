//! Clients that are killed and stopped.

use std::sync::Arc;

use rpc_runtime::{Server, Target, Transport};
use rpc_tests::campaign::{Id, Ledger, Process, WorkApi, Worker};
use rpc_tests::{run, until};

use super::{PEER, Places, call, client, executed, ledger};

const CALLS: [Id; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

async fn serve(url: &str, ledger: &Arc<Ledger>) -> Server {
    let transport = Transport::connect(url).await.unwrap();
    let endpoint = WorkApi::endpoint(Arc::new(Worker::new("server", ledger)));
    let target = Target::new("work").with_server("server");
    Server::builder(&transport, target).endpoint(endpoint).start().await.unwrap()
}

/// A client whose calls take so long.
async fn caller(url: &str, seconds: &str) -> Process {
    let args = ["--url", url, "--topic", "work", "client", "--ids", "0,1,2,3,4,5,6,7", "--seconds", seconds];
    Process::start(PEER, &args, &ledger("client")).await.unwrap()
}

async fn dropped(server: &Server, replies: u64) {
    let dropped = async || Ok((server.counters().replies_dropped == replies).then_some(()));
    until("all replies are given up", dropped).await.unwrap();
}

#[test]
fn the_replies_for_a_killed_client_are_dropped_and_counted() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("killed"));
        let server = serve(&places.url(), &ledger).await;
        let killed = caller(&places.url(), "2").await;
        executed(&ledger, CALLS).await;
        killed.kill().await.unwrap();
        dropped(&server, CALLS.len() as u64).await;
        assert_eq!(call(&client(&places.url()).await, 100).await.unwrap(), 100);
        assert_eq!(server.counters().replies_dropped, CALLS.len() as u64);
    });
}

/// It is gone after 10 s of silence, whatever the kernel still takes for it.
#[test]
fn the_replies_for_a_stopped_client_are_dropped_and_counted() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("stopped"));
        let server = serve(&places.url(), &ledger).await;
        let stopped = caller(&places.url(), "20").await;
        executed(&ledger, CALLS).await;
        stopped.freeze().await.unwrap();
        assert_eq!(call(&client(&places.url()).await, 100).await.unwrap(), 100);
        dropped(&server, CALLS.len() as u64).await;
        stopped.thaw().unwrap();
        assert_eq!(call(&client(&places.url()).await, 101).await.unwrap(), 101);
    });
}
