//! What RabbitMQ 4 does and 3 does not: `tests/run` has these tests run with 4 alone.

use std::time::Duration;

use rpc_runtime::{
    Acknowledge, CallError, Context, FaultKind, Reached, RpcError, Server, ServerBuilder, ServerError,
    Target, Transport,
};
use rpc_tests::limits::{PATIENCE, TEST};
use rpc_tests::sample::{RustServer, SampleApi, SampleFanoutApi};
use rpc_tests::{Broker, PythonClient, PythonServer, run};
use serde_json::{Value, json};

use super::dead_letters::{PERSISTENT, unfinished};
use super::gate::{GateApi, Keeper, call, cast};
use super::limits::{FillApi, client, remote, serve, text};
use super::log::Log;
use super::raw::Raw;
use super::{connect, holds, vhost};

/// The default of 4.3.
const AS_4_3: &str = "deprecated_features.permit.transient_nonexcl_queues = false\n";
/// What there is instead.
const NAMED: [&str; 2] = ["rabbit_transient_quorum_queue=true", "amqp_durable_queues=true"];
/// The default `max_message_size`, in bytes.
const LARGEST: usize = 16 << 20;
/// The last delivery of a quorum queue that is left to its defaults.
const LAST: usize = 21;

#[test]
fn transient_queues_are_refused_at_once() {
    run(async {
        let broker = Broker::start_with(|_, _| Ok(AS_4_3.to_owned())).await.unwrap();
        for options in ["", "?amqp_durable_queues=true", "?rabbit_quorum_queue=true"] {
            // Only what fails by itself ends before the test does.
            let builder = Transport::builder(&format!("{}{options}", broker.node().url())).unwrap();
            let builder = builder.response_timeout(TEST).connect_within(TEST);
            let transport = builder.connect().await.unwrap();
            let target = Target::new("gate").with_server("a");
            let endpoint = GateApi::endpoint(Keeper::new("a", true));
            let refused = Server::builder(&transport, target).endpoint(endpoint).start().await;
            let Err(ServerError::Transport(error)) = refused else { panic!("{refused:?}") };
            names_what_to_set(&error.to_string());
            let refused = GateApi::new(&transport).pass(&Context::new(), 1).await.unwrap_err();
            names_what_to_set(&refused.to_string());
            transport.close(PATIENCE).await;
        }
    });
}

fn names_what_to_set(error: &str) {
    for words in NAMED.into_iter().chain(["rabbit_quorum_queue=true", "INTERNAL_ERROR"]) {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn and_everything_works_with_those_instead() {
    run(async {
        let broker = Broker::start_with(|_, _| Ok(AS_4_3.to_owned())).await.unwrap();
        for option in ["amqp_durable_queues=true", "rabbit_quorum_queue=true"] {
            let vhost = broker.node().vhost("as-4-3").await.unwrap();
            let options = format!("{}&{option}", NAMED[0]);
            let url = format!("{}?{options}", vhost.url());
            let transport = connect(&vhost, &options).await;
            let mut ours = RustServer::start(&transport, "rust").await.unwrap();
            let mut theirs = PythonServer::builder(&url, "topic", "python").start().await.unwrap();
            let mut python = PythonClient::builder(&url).start().await.unwrap();
            for server in ["rust", "python"] {
                let at = SampleApi::new(&transport);
                let at = at.with(rpc_runtime::CallOptions::new().server(server));
                assert_eq!(at.add(&Context::new(), 1).await.unwrap(), 11);
                let add = json!({"topic": "topic", "server": server, "method": "add", "args": {"a": 1}, "version": "1.3"});
                assert_eq!(python.call(add).await.unwrap().unwrap(), 11);
            }
            let mut heard = async |n| {
                assert_eq!(Value::from(ours.note().await.unwrap().args), json!({"n": n}));
                assert_eq!(Value::from(theirs.note().await.unwrap().args), json!({"n": n}));
            };
            SampleFanoutApi::new(&transport).note(&Context::new(), 1).await.unwrap();
            // Before the next one: workers keep no order.
            heard(1).await;
            let fanout = json!({"topic": "topic", "fanout": true, "method": "note", "args": {"n": 2}});
            python.cast(fanout).await.unwrap().unwrap();
            heard(2).await;
            python.stop().await.unwrap();
            assert_eq!(ours.stop().await.unwrap(), []);
            assert_eq!(theirs.stop().await.unwrap(), []);
        }
    });
}

#[test]
fn the_largest_message() {
    run(async {
        let vhost = vhost("largest").await;
        // So that it is the broker that refuses.
        let transport = connect(&vhost, "max_body=100000000").await;
        let server = serve(&transport).await;
        let (client, ctx): (FillApi, _) = (client(&transport), Context::new());
        let words = format!("max size {LARGEST}");
        let said = remote(client.text(&ctx, LARGEST as u64).await);
        assert!(said.contains("the reply cannot be sent") && said.contains(&words), "{said}");
        let error = client.take(&ctx, Value::from(text(LARGEST as u64))).await.unwrap_err();
        let CallError::Rpc(RpcError::Connection { kind: FaultKind::TooLarge, reached, .. }) = &error else {
            panic!("{error:?}")
        };
        assert!(*reached < Reached::Sent && error.to_string().contains(&words), "{error}");
        // As large as it may be, with what is around it.
        let most = LARGEST as u64 - 4096;
        assert_eq!(client.text(&ctx, most).await.unwrap().len() as u64, most);
        server.shutdown(PATIENCE).await.unwrap();

        // By default it is said before the broker has to.
        let error =
            super::limits::client(&connect(&vhost, "").await).take(&ctx, Value::from(text(LARGEST as u64)));
        let error = error.await.unwrap_err().to_string();
        assert!(error.contains(&format!("max_body={LARGEST}")), "{error}");
    });
}

#[test]
fn the_last_delivery_is_told_and_the_broker_has_its_dead_letters() {
    let log = Log::collect();
    run(async {
        let vhost = vhost("last").await;
        vhost.dead_letters("^gate$", "dead").await.unwrap();
        // Their queue.
        let morgue = connect(&vhost, "rabbit_quorum_queue=true").await;
        let target = Target::new("dead").with_server("s");
        let keeper = Keeper::new("morgue", true);
        let declaring = Server::builder(&morgue, target).endpoint(GateApi::endpoint(keeper));
        declaring.start().await.unwrap().shutdown(PATIENCE).await.unwrap();

        let transport = connect(&vhost, "rabbit_quorum_queue=true").await;
        let set = |builder: ServerBuilder| builder.acknowledge(Acknowledge::Late).workers(1);
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, set).await;
        cast(&transport, [7]).await;
        let server = unfinished(server, &keeper, &transport, LAST - 1, set).await;
        let told = "a message was delivered for the last time";
        keeper.has(LAST).await;
        assert!(log.has(told), "it is not said of the last one");
        server.shutdown(Duration::ZERO).await.unwrap_err();
        let dead = Raw::connect(&vhost).await.take("dead").await;
        assert_eq!(dead.header("x-first-death-reason").as_deref(), Some("delivery_limit"));
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!(keeper.came(), [7; LAST]);
    });
}

#[test]
fn no_limit_is_none() {
    run(async {
        let vhost = vhost("unlimited").await;
        let options = "rabbit_quorum_queue=true&rabbit_quorum_delivery_limit=-1";
        let transport = connect(&vhost, options).await;
        let set = |builder: ServerBuilder| builder.acknowledge(Acknowledge::Late).workers(1);
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, set).await;
        let running = call(&transport, 7);
        let server = unfinished(server, &keeper, &transport, PERSISTENT as usize, set).await;
        keeper.open();
        assert_eq!(running.await.unwrap().unwrap(), "a");
        server.shutdown(PATIENCE).await.unwrap();
    });
}
