//! Late acknowledgement: what a server that dies, loses its connection or stops leaves to others.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{Acknowledge, Context, ServerBuilder, Target, Transport};
use rpc_tests::limits::PATIENCE;
use rpc_tests::sample::{BrokenApi, RustServer, SampleApi};
use rpc_tests::{Broker, run, until};
use tokio::runtime::{Builder, Runtime};

use super::gate::{Keeper, call, cast};
use super::log::Log;
use super::{connect, holds, queue, vhost};

fn late(builder: ServerBuilder) -> ServerBuilder {
    builder.acknowledge(Acknowledge::Late).workers(4)
}

#[test]
fn a_request_stays_in_its_queue_until_it_is_done() {
    run(async {
        let vhost = vhost("late").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, late).await;
        cast(&transport, [1]).await;
        let running = call(&transport, 2);
        keeper.has(2).await;
        holds(&vhost, "gate", 2, 2).await;
        keeper.open();
        assert_eq!(running.await.unwrap().unwrap(), "a");
        holds(&vhost, "gate", 0, 0).await;
        server.shutdown(PATIENCE).await.unwrap();
    });
}

#[test]
fn handlers_that_fail_or_panic_have_finished() {
    run(async {
        let vhost = vhost("late-failures").await;
        let transport = connect(&vhost, "").await;
        let target = Target::new("topic").with_server("a");
        let mut rust = RustServer::start_at(&transport, target, late).await.unwrap();
        let api = SampleApi::new(&transport);
        api.fail_builtin(&Context::new(), "no").await.unwrap_err();
        BrokenApi::new(&transport).panics(&Context::new(), "no").await.unwrap_err();
        api.note(&Context::new(), 1).await.unwrap();
        rust.note().await.unwrap();
        holds(&vhost, "topic", 0, 0).await;
    });
}

#[test]
fn a_lost_connection_repeats_nothing_and_loses_no_reply() {
    run(async {
        let vhost = vhost("late-cut").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, late).await;
        let running = call(&transport, 1);
        cast(&transport, [2]).await;
        keeper.has(2).await;
        vhost.close_connections("for the test").await.unwrap();
        // The redeliveries are with the server that has them already.
        holds(&vhost, "gate", 2, 2).await;
        until("both are recognised", async || Ok((server.counters().duplicates >= 2).then_some(())))
            .await
            .unwrap();
        keeper.open();
        assert_eq!(running.await.unwrap().unwrap(), "a");
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!(keeper.through(), [1, 2]);
        assert_eq!(server.counters().executed, 2);
    });
}

/// A server in a runtime of its own, to be dropped with all that it has: like a process that dies.
fn doomed(url: String, keeper: Arc<Keeper>) -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.spawn(async move {
        let transport = Transport::connect(&url).await.unwrap();
        let _server = keeper.serve(&transport, late).await;
        std::future::pending::<()>().await;
    });
    runtime
}

#[test]
fn a_server_that_dies_leaves_its_requests_to_the_next() {
    run(async {
        let vhost = vhost("late-crash").await;
        let first = Keeper::new("first", false);
        let runtime = doomed(vhost.url(), Arc::clone(&first));
        holds(&vhost, "gate", 0, 0).await;
        let client = connect(&vhost, "").await;
        let running = call(&client, 1);
        cast(&client, [2, 3]).await;
        first.has(3).await;
        runtime.shutdown_background();
        let next = Keeper::new("next", true);
        let server = next.serve(&client, late).await;
        assert_eq!(running.await.unwrap().unwrap(), "next");
        next.passed(3).await;
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!((next.through(), first.through()), (vec![1, 2, 3], vec![]));
        server.shutdown(PATIENCE).await.unwrap();
    });
}

#[test]
fn what_a_shutdown_cuts_off_is_done_by_the_next() {
    run(async {
        let vhost = vhost("late-shutdown").await;
        let transport = connect(&vhost, "").await;
        let first = Keeper::new("first", false);
        let server = first.serve(&transport, late).await;
        let running = call(&transport, 1);
        first.has(1).await;
        // Three more than workers, so that some are with the server and not started.
        cast(&transport, 2..=7).await;
        first.has(4).await;
        assert_eq!(server.shutdown(Duration::from_millis(200)).await.unwrap_err().cut_off, 4);
        holds(&vhost, "gate", 7, 0).await;
        let next = Keeper::new("next", true);
        let server = next.serve(&transport, late).await;
        assert_eq!(running.await.unwrap().unwrap(), "next");
        next.passed(7).await;
        assert_eq!((next.through(), first.through()), ((1..=7).collect(), vec![]));
        server.shutdown(PATIENCE).await.unwrap();
        holds(&vhost, "gate", 0, 0).await;
    });
}

#[test]
fn a_shutdown_acknowledges_what_it_waits_for_and_returns_the_rest_at_once() {
    run(async {
        let vhost = vhost("late-drain").await;
        let transport = connect(&vhost, "").await;
        let (first, next) = (Keeper::new("first", false), Keeper::new("next", true));
        let server = first.serve(&transport, |builder| late(builder).prefetch(6)).await;
        let running = call(&transport, 1);
        first.has(1).await;
        cast(&transport, 2..=10).await;
        holds(&vhost, "gate", 10, 6).await;
        first.has(4).await;
        let stopping = tokio::spawn(server.shutdown(PATIENCE));
        // Before the handlers of the first are through.
        holds(&vhost, "gate", 10, 4).await;
        let second = next.serve(&transport, late).await;
        next.passed(6).await;
        first.open();
        stopping.await.unwrap().unwrap();
        assert_eq!(running.await.unwrap().unwrap(), "first");
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!((first.through(), next.through()), ((1..=4).collect(), (5..=10).collect()));
        second.shutdown(PATIENCE).await.unwrap();
    });
}

#[test]
fn a_dropped_server_acknowledges_what_it_finishes() {
    run(async {
        let vhost = vhost("late-drop").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, late).await;
        let running = call(&transport, 1);
        keeper.has(1).await;
        drop(server);
        until("it consumes no more", async || {
            let queue = queue(&vhost, "gate").await?;
            Ok(queue.is_some_and(|queue| queue.consumers == 0).then_some(()))
        })
        .await
        .unwrap();
        holds(&vhost, "gate", 1, 1).await;
        keeper.open();
        assert_eq!(running.await.unwrap().unwrap(), "a");
        holds(&vhost, "gate", 0, 0).await;
    });
}

/// RabbitMQ closes the channel of who holds a message for longer than `consumer_timeout`.
#[test]
fn a_handler_that_outlasts_the_broker_s_patience_is_executed_once() {
    let log = Log::collect();
    run(async {
        let broker = Broker::start_with(|_, _| Ok("consumer_timeout = 1500\n".to_owned())).await.unwrap();
        // It looks once a minute otherwise.
        let look = "application:set_env(rabbit, channel_tick_interval, 500)";
        broker.node().ask::<String>(look).await.unwrap();
        let vhost = broker.node().vhost("late-timeout").await.unwrap();
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, late).await;
        let running = call(&transport, 1);
        until("it is delivered again, twice", async || Ok((server.counters().duplicates >= 2).then_some(())))
            .await
            .unwrap();
        keeper.open();
        assert_eq!(running.await.unwrap().unwrap(), "a");
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!((keeper.came(), server.counters().executed), (vec![1], 1));
        let why = "not consuming from gate: PRECONDITION_FAILED - delivery acknowledgement on channel";
        assert!(log.has(why), "the log does not say why");
        assert!(transport.status().is_ready(), "it costs the channel of that queue alone");
        server.shutdown(PATIENCE).await.unwrap();
    });
}
