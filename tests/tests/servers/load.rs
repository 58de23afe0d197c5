//! More requests than a server can take, handlers that are stuck, and stopping in the middle.

use std::collections::BTreeMap;

use rpc_runtime::{Acknowledge, Context, ServerBuilder};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{Vhost, run, until};
use tokio::runtime::{Builder, Handle};

use super::gate::{GateApi, Keeper, call, cast};
use super::{connect, holds, vhost};

const FLOOD: u64 = 10_000;
const WORKERS: u64 = 4;
const PREFETCH: u64 = 16;

fn narrow(builder: ServerBuilder) -> ServerBuilder {
    builder.workers(4).prefetch(16)
}

/// The queues of the topic, filled while no server is there.
async fn flooded(vhost: &Vhost, count: u64) {
    let transport = connect(vhost, "").await;
    let nobody = Keeper::new("a", true);
    nobody.serve(&transport, narrow).await.shutdown(PATIENCE).await.unwrap();
    cast(&transport, 0..count).await;
    holds(vhost, "gate", count, 0).await;
}

#[test]
fn a_flood_stays_with_the_broker() {
    run(async {
        let vhost = vhost("flood").await;
        flooded(&vhost, FLOOD).await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, narrow).await;
        keeper.has(4).await;
        // Those in execution are acknowledged; one worker more may not have its message.
        holds(&vhost, "gate", FLOOD - WORKERS, PREFETCH).await;
        assert_eq!(server.counters().taken, WORKERS);
        keeper.open();
        keeper.passed(10_000).await;
        assert_eq!(keeper.through(), (0..FLOOD).collect::<Vec<_>>());
        server.shutdown(PATIENCE).await.unwrap();
    });
}

#[test]
fn a_late_server_holds_no_more_than_its_prefetch() {
    run(async {
        let vhost = vhost("flood-late").await;
        flooded(&vhost, FLOOD).await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let late = |builder| narrow(builder).acknowledge(Acknowledge::Late);
        let server = keeper.serve(&transport, late).await;
        keeper.has(4).await;
        holds(&vhost, "gate", FLOOD, PREFETCH).await;
        assert_eq!(server.counters().taken, WORKERS);
        keeper.open();
        keeper.passed(10_000).await;
        assert_eq!(keeper.through(), (0..FLOOD).collect::<Vec<_>>());
        holds(&vhost, "gate", 0, 0).await;
        server.shutdown(PATIENCE).await.unwrap();
    });
}

/// Stops servers while they work off a queue and calls come in: each request is executed once, by
/// one of them, and each call answered.
async fn stopped_under_load(name: &str, acknowledge: Acknowledge) {
    const CASTS: u64 = 2_000;
    const CALLS: u64 = 200;
    let vhost = vhost(name).await;
    flooded(&vhost, CASTS).await;
    let client = connect(&vhost, "").await;
    let calls: Vec<_> = (CASTS..CASTS + CALLS).map(|n| call(&client, n)).collect();
    let set = |builder| narrow(builder).acknowledge(acknowledge);
    let mut executed = BTreeMap::<u64, u64>::new();
    for turn in 1..=4_usize {
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", true);
        let server = keeper.serve(&transport, set).await;
        match turn {
            4 => until("the rest is done", async || {
                let left = (CASTS + CALLS) - executed.values().sum::<u64>();
                Ok((keeper.through().len() as u64 >= left).then_some(()))
            })
            .await
            .unwrap(),
            _ => keeper.passed(300).await,
        }
        server.shutdown(PATIENCE).await.unwrap();
        transport.close(PATIENCE).await;
        for n in keeper.through() {
            *executed.entry(n).or_default() += 1;
        }
    }
    assert_eq!(executed, (0..CASTS + CALLS).map(|n| (n, 1)).collect());
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "a");
    }
    holds(&vhost, "gate", 0, 0).await;
}

#[test]
fn stopping_under_load_loses_and_repeats_nothing() {
    run(stopped_under_load("stopping-early", Acknowledge::Early));
}

#[test]
fn nor_does_it_with_late_acknowledgement() {
    run(stopped_under_load("stopping-late", Acknowledge::Late));
}

/// Whatever runs on the runtime of a test whose servers and transports are dropped in the middle.
async fn nothing_is_left(name: &str, acknowledge: Acknowledge) {
    let vhost = vhost(name).await;
    flooded(&vhost, 100).await;
    let before = Handle::current().metrics().num_alive_tasks();
    let keeper = Keeper::new("a", false);
    let transport = connect(&vhost, "").await;
    let server = keeper.serve(&transport, |builder| narrow(builder).acknowledge(acknowledge)).await;
    let running = call(&transport, 100);
    keeper.has(4).await;
    // The call has arrived, too.
    holds(&vhost, "gate", if acknowledge == Acknowledge::Late { 101 } else { 97 }, PREFETCH).await;
    drop((server, transport));
    keeper.open();
    running.abort();
    until("the tasks are gone", async || {
        Ok((Handle::current().metrics().num_alive_tasks() <= before).then_some(()))
    })
    .await
    .unwrap();
    until("and so are the connections", async || Ok(vhost.connections().await?.is_empty().then_some(())))
        .await
        .unwrap();
    // Early, the four that ran were taken; late, they were acknowledged when they had run.
    holds(&vhost, "gate", 97, 0).await;
    assert_eq!(keeper.through().len(), 4);
}

#[test]
fn dropping_leaves_no_task_and_no_connection() {
    run(nothing_is_left("drop-early", Acknowledge::Early));
}

#[test]
fn nor_does_it_leave_any_with_late_acknowledgement() {
    run(nothing_is_left("drop-late", Acknowledge::Late));
}

#[test]
fn handlers_that_block_every_thread_cost_no_connection() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (vhost, server, transport) = runtime.block_on(async {
        let vhost = vhost("blocked").await;
        // The broker gives a client up that says nothing for three intervals at most.
        let transport = connect(&vhost, "heartbeat_timeout_threshold=3").await;
        let server = Keeper::new("a", true).serve(&transport, |builder| builder).await;
        let client = connect(&vhost, "").await;
        let api = GateApi::new(&client);
        let mut lost = Vec::new();
        // Whoever has no heartbeats loses them every time; a broker that is kept from its work for six seconds
        // loses them as well.
        for _ in 0..4 {
            let names = connections(&vhost).await;
            let blocked =
                [(); 2].map(|()| tokio::spawn(api.block(&Context::new(), 10_000_u64).into_future()));
            for blocked in blocked {
                blocked.await.unwrap().unwrap();
            }
            assert_eq!(call(&client, 1).await.unwrap().unwrap(), "a");
            let after = connections(&vhost).await;
            if names.iter().all(|name| after.contains(name)) {
                return (vhost, server, transport);
            }
            lost.push((names, after));
        }
        panic!("connections are lost every time: {lost:?}");
    });
    drop((server, transport, vhost));
}

async fn connections(vhost: &Vhost) -> Vec<String> {
    vhost.connections().await.unwrap().into_iter().map(|connection| connection.name).collect()
}

#[test]
fn a_stuck_handler_holds_up_no_other() {
    run(async {
        let vhost = vhost("stuck").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, |builder| builder.workers(2)).await;
        let stuck = call(&transport, 1);
        keeper.has(1).await;
        let api = GateApi::new(&transport);
        for _ in 0..50 {
            api.block(&Context::new(), 0_u64).await.unwrap();
        }
        holds(&vhost, "gate", 0, 0).await;
        keeper.open();
        assert_eq!(stuck.await.unwrap().unwrap(), "a");
        server.shutdown(PATIENCE).await.unwrap();
    });
}
