//! Clients that are killed and stopped.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Context, RemoteError, Server, Target, Transport};
use rpc_tests::campaign::{Id, Ledger, Process, Work, WorkApi};
use rpc_tests::{run, until};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::{PEER, Places, call, client, executed, ledger};

const CALLS: [Id; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// A client of which nothing is heard for 10 s is gone, which it may take 5 s to see.
const DEAD_FOR_SURE: Duration = Duration::from_secs(20);

/// Holds the calls of the other process until its gate is closed, which lets all of them through.
struct Holding {
    ledger: Arc<Ledger>,
    gate: Semaphore,
}

impl Work for Holding {
    async fn work(&self, _: Context, id: Id, _: f64) -> Result<Id, RemoteError> {
        self.ledger.executed(id, "server");
        if CALLS.contains(&id) {
            self.gate.acquire().await.unwrap_err();
        }
        Ok(id)
    }
}

async fn serve(url: &str, ledger: &Arc<Ledger>) -> (Server, Arc<Holding>) {
    let transport = Transport::connect(url).await.unwrap();
    let holding = Arc::new(Holding { ledger: Arc::clone(ledger), gate: Semaphore::new(0) });
    let target = Target::new("work").with_server("server");
    let server = Server::builder(&transport, target).endpoint(WorkApi::endpoint(Arc::clone(&holding)));
    (server.start().await.unwrap(), holding)
}

async fn caller(url: &str) -> Process {
    let args = ["--url", url, "--topic", "work", "client", "--ids", "0,1,2,3,4,5,6,7", "--seconds", "0"];
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
        let (server, holding) = serve(&places.url(), &ledger).await;
        let killed = caller(&places.url()).await;
        executed(&ledger, CALLS).await;
        killed.kill().await.unwrap();
        // The server has heard of that before it hears of another client.
        assert_eq!(call(&client(&places.url(), &["server"]).await, 100).await.unwrap(), 100);
        holding.gate.close();
        dropped(&server, CALLS.len() as u64).await;
        assert_eq!(call(&client(&places.url(), &["server"]).await, 101).await.unwrap(), 101);
        assert_eq!(server.counters().replies_dropped, CALLS.len() as u64);
    });
}

/// It is gone after 10 s of silence, whatever the kernel still takes for it.
#[test]
fn the_replies_for_a_stopped_client_are_dropped_and_counted() {
    run(async {
        let (places, ledger) = (Places::<1>::new(), ledger("stopped"));
        let (server, holding) = serve(&places.url(), &ledger).await;
        let stopped = caller(&places.url()).await;
        executed(&ledger, CALLS).await;
        stopped.freeze().await.unwrap();
        assert_eq!(call(&client(&places.url(), &["server"]).await, 100).await.unwrap(), 100);
        sleep(DEAD_FOR_SURE).await;
        holding.gate.close();
        dropped(&server, CALLS.len() as u64).await;
        stopped.thaw().unwrap();
        assert_eq!(call(&client(&places.url(), &["server"]).await, 101).await.unwrap(), 101);
    });
}
