//! Replies to callers that are gone.

use std::time::Duration;

use rpc_runtime::Transport;
use rpc_tests::proxy::{Direction, End, Flow, Proxy};
use rpc_tests::{Broker, run, until};
use serde_json::json;

use super::gate::{Keeper, call};
use super::raw::Raw;
use super::{connect, vhost};

/// More than may wait for their queues at once.
const GONE: u64 = 400;

#[test]
fn they_hold_up_nobody_and_are_given_up() {
    run(async {
        let vhost = vhost("gone").await;
        // So long that to wait for each of them in turn would take longer than any call does.
        let patient = connect(&vhost, "kombu_missing_consumer_retry_timeout=5").await;
        let keeper = Keeper::new("a", true);
        let server = keeper.serve(&patient, |builder| builder.workers(1)).await;
        let raw = Raw::connect(&vhost).await;
        for n in 0..GONE {
            let (msg_id, reply_q) = (n.to_string(), format!("reply_{n}"));
            let request = json!({"method": "pass", "args": {"n": n}, "_msg_id": msg_id, "_reply_q": reply_q});
            raw.request("openstack", "gate", request).await;
        }
        // Behind all of them in the queue, with one worker.
        let transport = connect(&vhost, "").await;
        assert_eq!(call(&transport, GONE).await.unwrap().unwrap(), "a");
        until("all are given up", async || Ok((server.counters().replies_dropped == GONE).then_some(())))
            .await
            .unwrap();
        assert_eq!(server.counters().executed, GONE + 1);
    });
}

/// The first calls of a transport, all of which are given up before they have a reply queue.
#[test]
fn who_gives_up_leaves_no_queue_behind() {
    run(async {
        let vhost = vhost("given-up").await;
        let keeper = Keeper::new("a", true);
        let transport = connect(&vhost, "").await;
        let _server = keeper.serve(&transport, |builder| builder).await;
        let caller = connect(&vhost, "").await;
        let hasty = rpc_runtime::CallOptions::new().timeout(std::time::Duration::from_nanos(1));
        let tasks = caller.tasks();
        for n in 0..200 {
            let api = super::gate::GateApi::new(&caller);
            assert!(api.with(hasty.clone()).pass(&rpc_runtime::Context::new(), n).await.is_err());
        }
        assert_eq!(call(&caller, 1).await.unwrap().unwrap(), "a");
        let queues = vhost.queues().await.unwrap();
        let replies: Vec<_> = queues.iter().filter(|queue| queue.name.starts_with("reply_")).collect();
        assert!(matches!(&replies[..], [one] if one.consumers == 1), "{replies:?}");
        assert!(caller.tasks() < tasks + 20, "{tasks} tasks, then {}", caller.tasks());
    });
}

#[test]
fn a_late_server_lets_go_of_calls_whose_caller_is_gone() {
    run(async {
        let vhost = vhost("gone-late").await;
        let transport = connect(&vhost, "kombu_missing_consumer_retry_timeout=1").await;
        let keeper = Keeper::new("a", true);
        let late = |builder: rpc_runtime::ServerBuilder| builder.acknowledge(rpc_runtime::Acknowledge::Late);
        let server = keeper.serve(&transport, late).await;
        let raw = Raw::connect(&vhost).await;
        let request = json!({"method": "pass", "args": {"n": 1}, "_msg_id": "m", "_reply_q": "reply_gone"});
        raw.request("openstack", "gate", request).await;
        keeper.passed(1).await;
        super::holds(&vhost, "gate", 0, 0).await;
        until("the reply is given up", async || Ok((server.counters().replies_dropped == 1).then_some(())))
            .await
            .unwrap();
    });
}

/// What is promised is one try at least, and that the time of the option is for queues that are missing only.
#[test]
fn a_reply_outlasts_a_connection_that_is_cut_while_its_handler_runs() {
    run(async {
        let vhost = vhost("reply-cut").await;
        let proxy = Proxy::start(Broker::shared().unwrap().port()).await.unwrap();
        for patience in [0, 2] {
            let url = proxy.through(&vhost.url());
            let url =
                format!("{url}?kombu_missing_consumer_retry_timeout={patience}&rabbit_interval_max=0.5");
            let transport = Transport::connect(&url).await.unwrap();
            let keeper = Keeper::new("a", false);
            let server = keeper.serve(&transport, |builder| builder).await;
            let called = call(&connect(&vhost, "").await, 1);
            keeper.has(1).await;
            let mut watch = transport.watch();
            for direction in [Direction::ToBroker, Direction::ToClient] {
                proxy.set(direction, Flow::Cut { after: 0, end: End::Reset });
            }
            proxy.end_connections(End::Reset);
            watch.wait_for(|status| !status.is_ready()).await.unwrap();
            keeper.open();
            keeper.passed(1).await;
            // Longer than the option allows for a queue that is missing.
            tokio::time::sleep(Duration::from_secs(patience + 1)).await;
            proxy.resume();
            assert_eq!(called.await.unwrap().unwrap(), "a", "{patience}");
            assert_eq!(server.counters().replies_dropped, 0);
        }
    });
}
