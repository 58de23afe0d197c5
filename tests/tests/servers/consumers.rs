//! Consumers of queues that are not there any more, or not what was asked for.

use rpc_runtime::Context;
use rpc_runtime::notification::{Listener, Meta, Notification, NotificationEndpoint, Notifier, Priority};
use rpc_tests::limits::PATIENCE;
use rpc_tests::{run, until};

use super::gate::{Keeper, cast};
use super::{connect, holds, vhost};

/// How often a queue is replaced.
const TIMES: u64 = 2;

/// Of a classic queue that somebody deletes and makes again before those hear of it that consume from it. RabbitMQ before 4
/// consumes again by itself then, unless it is told not to, and forgets at once whose consumer that is: what it delivers
/// can't be settled, or it delivers nothing.
#[test]
fn a_server_consumes_from_a_queue_that_was_replaced() {
    run(async {
        let vhost = vhost("replaced").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", true);
        let server = keeper.serve(&transport, |server| server).await;
        for times in 1..=TIMES {
            vhost.replace_queue("gate").await.unwrap();
            cast(&transport, [times]).await;
            keeper.passed(times as usize).await;
            holds(&vhost, "gate", 0, 0).await;
        }
        server.shutdown(PATIENCE).await.unwrap();
    });
}

#[test]
fn a_listener_consumes_from_a_queue_that_was_replaced() {
    run(async {
        let vhost = vhost("replaced-listened").await;
        let transport = connect(&vhost, "").await;
        let endpoint = NotificationEndpoint::new(|_: Context, _: Notification, _: Meta| async {});
        let endpoint = endpoint.priorities([Priority::Info]);
        let listener = Listener::builder(&transport).topic("t").endpoint(endpoint).start().await.unwrap();
        let notifier = Notifier::builder(&transport).publisher_id("p").topics(["t"]).build().unwrap();
        for times in 1..=TIMES {
            vhost.replace_queue("t.info").await.unwrap();
            notifier.info(&Context::new(), "e", &()).await.unwrap();
            let heard = async || Ok((listener.counters().handled >= times).then_some(()));
            until("it is heard", heard).await.unwrap();
            holds(&vhost, "t.info", 0, 0).await;
        }
        listener.shutdown(PATIENCE).await.unwrap();
    });
}

/// RabbitMQ refuses for these what makes the tests above pass.
#[test]
fn a_server_consumes_from_quorum_queues_that_it_did_not_ask_for() {
    run(async {
        let vhost = vhost("quorum-by-default").await;
        vhost.make_quorum_queues().await.unwrap();
        let transport = connect(&vhost, "amqp_durable_queues=true").await;
        let keeper = Keeper::new("a", true);
        let server = keeper.serve(&transport, |server| server).await;
        let queues = vhost.queues().await.unwrap();
        let quorum = queues.iter().filter(|queue| {
            queue.arguments.iter().any(|(name, _, value)| name == "x-queue-type" && value == "quorum")
        });
        assert_eq!(quorum.count(), 2, "{queues:?}");
        cast(&transport, [1]).await;
        keeper.passed(1).await;
        holds(&vhost, "gate", 0, 0).await;
        server.shutdown(PATIENCE).await.unwrap();
    });
}
