//! Messages that come again.

use rpc_runtime::Acknowledge;
use rpc_tests::{Vhost, run, until};
use serde_json::json;

use super::gate::Keeper;
use super::raw::Raw;
use super::{connect, holds, vhost};

/// The same request by every way to the server, and again after it has lost its connection.
async fn executed_once(name: &str, acknowledge: Acknowledge) {
    let vhost = vhost(name).await;
    let transport = connect(&vhost, "").await;
    let keeper = Keeper::new("a", true);
    let server = keeper.serve(&transport, |builder| builder.acknowledge(acknowledge)).await;
    let repeat = async || {
        let raw = Raw::connect(&vhost).await;
        for (exchange, key) in [("openstack", "gate"), ("openstack", "gate.a"), ("gate_fanout", "")] {
            let request = json!({"method": "enter", "args": {"n": 1}, "_unique_id": "u"});
            raw.request(exchange, key, request).await;
        }
    };
    let known = async |count| {
        let what = format!("{count} are recognised");
        until(&what, async || Ok((server.counters().duplicates == count).then_some(()))).await.unwrap();
    };
    repeat().await;
    known(2).await;
    // What is not acknowledged by then would come once more.
    until("all are acknowledged", async || {
        Ok(vhost.queues().await?.iter().all(|queue| queue.messages == 0).then_some(()))
    })
    .await
    .unwrap();
    vhost.close_connections("for the test").await.unwrap();
    consumes_again(&vhost).await;
    repeat().await;
    known(5).await;
    keeper.passed(1).await;
    assert_eq!(keeper.through(), [1]);
    holds(&vhost, "gate", 0, 0).await;
    holds(&vhost, "gate.a", 0, 0).await;
}

/// Waits until the server consumes again.
async fn consumes_again(vhost: &Vhost) {
    until("it consumes again", async || {
        let queues = vhost.queues().await?;
        Ok(queues.iter().all(|queue| queue.consumers == 1).then_some(()))
    })
    .await
    .unwrap();
}

#[test]
fn an_early_server_knows_them_by_every_queue_and_over_a_reconnect() {
    run(executed_once("duplicates-early", Acknowledge::Early));
}

#[test]
fn and_so_does_a_late_one() {
    run(executed_once("duplicates-late", Acknowledge::Late));
}
