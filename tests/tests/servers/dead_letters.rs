//! Messages that a server gives up.

use std::sync::Arc;
use std::time::Duration;

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use rpc_runtime::{Acknowledge, DeadLetters, Server, ServerBuilder, Target, Transport};
use rpc_tests::sample::RustServer;
use rpc_tests::{PythonServer, Vhost, run};
use serde_json::{Value, json};

use super::gate::{Keeper, call};
use super::raw::{Raw, Taken};
use super::{connect, holds, queue, vhost};

const LIMIT: u32 = 2;

fn limited(builder: ServerBuilder) -> ServerBuilder {
    builder.acknowledge(Acknowledge::Late).workers(2).dead_letters(DeadLetters::new().redeliveries(LIMIT))
}

/// The properties of a copy that was delivered once too often.
fn delivered_too_often() -> BasicProperties {
    let mut headers = FieldTable::default();
    headers.insert("x-rpc-earlier-deliveries".into(), AMQPValue::LongLongInt((LIMIT + 1).into()));
    BasicProperties::default().with_content_type("application/json".into()).with_headers(headers)
}

/// Has server after server not finish a call, until it is given up; what is found in the dead
/// letters. The servers come and go as crashing ones would, for the broker.
async fn never_finished(vhost: &Vhost, options: &str) -> Taken {
    let transport = connect(vhost, options).await;
    let keeper = Keeper::new("a", false);
    let mut server = Some(keeper.serve(&transport, limited).await);
    let running = call(&transport, 7);
    for times in 1..=1 + LIMIT as usize {
        keeper.has(times).await;
        server.take().unwrap().shutdown(Duration::ZERO).await.unwrap_err();
        server = Some(keeper.serve(&transport, limited).await);
    }
    let error = running.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("pass() was delivered 3 times and never finished"), "{error}");
    assert!(error.contains("gate.dead"), "{error}");
    holds(vhost, "gate", 0, 0).await;
    assert_eq!(server.unwrap().counters().dead_lettered, 1);
    assert_eq!(keeper.came(), [7; 1 + LIMIT as usize]);

    let (ours, dead) = (queue(vhost, "gate").await.unwrap(), queue(vhost, "gate.dead").await.unwrap());
    let (ours, dead) = (ours.unwrap(), dead.unwrap());
    assert_eq!((ours.durable, &ours.arguments), (dead.durable, &dead.arguments));
    Raw::connect(vhost).await.take("gate.dead").await
}

/// Has server after server not finish what they get, so many times; the one after these.
pub(super) async fn unfinished(
    mut server: Server,
    keeper: &Arc<Keeper>,
    transport: &Transport,
    times: usize,
    set: impl Fn(ServerBuilder) -> ServerBuilder,
) -> Server {
    for times in 1..=times {
        keeper.has(times).await;
        server.shutdown(Duration::ZERO).await.unwrap_err();
        server = keeper.serve(transport, &set).await;
    }
    server
}

fn check(taken: &Taken) {
    let envelope: Value = serde_json::from_slice(&taken.body).unwrap();
    let inner: Value = serde_json::from_str(envelope["oslo.message"].as_str().unwrap()).unwrap();
    assert_eq!((&inner["method"], &inner["args"]), (&json!("pass"), &json!({"n": 7})));
    let header = |name| taken.header(name);
    assert_eq!(header("x-first-death-reason").as_deref(), Some("delivery_limit"));
    assert_eq!(header("x-first-death-queue").as_deref(), Some("gate"));
    assert_eq!(header("x-rpc-deliveries").as_deref(), Some("3"));
    assert!(header("x-rpc-error").unwrap().contains("never finished"));
    assert_eq!(taken.properties.content_type().as_ref().unwrap().as_str(), "application/json");
    assert!(taken.properties.expiration().is_none(), "it stays until somebody reads it");
}

#[test]
fn classic_queues_are_counted_by_copies() {
    run(async {
        let vhost = vhost("dead-classic").await;
        check(&never_finished(&vhost, "").await);
    });
}

#[test]
fn quorum_queues_count_by_themselves() {
    run(async {
        let vhost = vhost("dead-quorum").await;
        check(&never_finished(&vhost, "rabbit_quorum_queue=true").await);
    });
}

/// More often than RabbitMQ 4 delivers it by itself.
pub(super) const PERSISTENT: u32 = 24;

#[test]
fn a_limit_above_that_of_the_queue_counts() {
    run(async {
        let vhost = vhost("dead-limits").await;
        for (options, limit) in [
            ("rabbit_quorum_queue=true", PERSISTENT),
            ("rabbit_quorum_queue=true&rabbit_quorum_delivery_limit=3", 8),
        ] {
            let transport = connect(&vhost, options).await;
            let set = |builder: ServerBuilder| {
                let dead_letters = DeadLetters::new().redeliveries(limit);
                builder.acknowledge(Acknowledge::Late).workers(1).dead_letters(dead_letters)
            };
            let keeper = Keeper::new("a", false);
            let server = keeper.serve(&transport, set).await;
            let running = call(&transport, 7);
            let server = unfinished(server, &keeper, &transport, 1 + limit as usize, set).await;
            let error = running.await.unwrap().unwrap_err().to_string();
            assert!(error.contains(&format!("was delivered {} times", limit + 1)), "{error}");
            let dead = Raw::connect(&vhost).await.take("gate.dead").await;
            assert_eq!(dead.header("x-rpc-deliveries"), Some((limit + 1).to_string()));
            server.shutdown(Duration::ZERO).await.unwrap();
            for queue in ["gate", "gate.a", "gate.dead"] {
                vhost.delete_queue(queue).await.unwrap();
            }
        }
    });
}

#[test]
fn a_copy_keeps_what_it_had() {
    run(async {
        let vhost = vhost("dead-copy").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", false);
        let server = keeper.serve(&transport, limited).await;
        let raw = Raw::connect(&vhost).await;
        let inner = json!({"method": "enter", "args": {"n": 1}, "_unique_id": "u"}).to_string();
        let body = json!({"oslo.version": "2.0", "oslo.message": inner}).to_string();
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_expiration("600000".into());
        raw.publish("openstack", "gate", body.as_bytes(), properties).await;
        keeper.has(1).await;
        server.shutdown(Duration::ZERO).await.unwrap_err();
        let server = keeper.serve(&transport, limited).await;
        keeper.has(2).await;
        server.shutdown(Duration::ZERO).await.unwrap_err();
        let copy = raw.take("gate").await;
        assert_eq!(copy.body, body.as_bytes());
        assert_eq!(copy.header("x-rpc-earlier-deliveries").as_deref(), Some("1"));
        assert_eq!(copy.header("x-first-death-reason"), None);
        assert_eq!(copy.properties.expiration().as_ref().unwrap().as_str(), "600000");
    });
}

#[test]
fn what_cannot_be_decoded_is_put_aside_if_asked() {
    run(async {
        let vhost = vhost("dead-undecodable").await;
        let transport = connect(&vhost, "").await;
        let keeper = Keeper::new("a", true);
        let set = |builder: ServerBuilder| {
            builder.dead_letters(DeadLetters::new().undecodable(true).topic("morgue"))
        };
        let server = keeper.serve(&transport, set).await;
        let raw = Raw::connect(&vhost).await;
        let mut headers = FieldTable::default();
        headers.insert("compression".into(), AMQPValue::LongString("gzip".into()));
        let properties =
            BasicProperties::default().with_content_type("application/data".into()).with_headers(headers);
        let body: Vec<u8> = (0..=255).collect();
        raw.publish("openstack", "gate", &body, properties).await;
        let taken = raw.take("morgue").await;
        assert_eq!(taken.body, body);
        assert_eq!(taken.properties.content_type().as_ref().unwrap().as_str(), "application/data");
        assert_eq!(taken.header("compression").as_deref(), Some("gzip"));
        assert_eq!(taken.header("x-first-death-reason").as_deref(), Some("rejected"));
        assert_eq!(taken.header("x-first-death-queue").as_deref(), Some("gate"));
        assert!(taken.header("x-rpc-error").unwrap().contains("application/data"));
        holds(&vhost, "gate", 0, 0).await;
        let counters = server.counters();
        assert_eq!((counters.rejected, counters.dead_lettered), (1, 1));
    });
}

#[test]
fn a_deleted_queue_of_dead_letters_comes_back() {
    run(async {
        let vhost = vhost("dead-deleted").await;
        let transport = connect(&vhost, "").await;
        let server = Keeper::new("a", true).serve(&transport, limited).await;
        vhost.delete_queue("gate.dead").await.unwrap();
        let raw = Raw::connect(&vhost).await;
        let inner = json!({"method": "enter", "args": {"n": 1}}).to_string();
        let body = json!({"oslo.version": "2.0", "oslo.message": inner}).to_string();
        raw.publish("openstack", "gate", body.as_bytes(), delivered_too_often()).await;
        holds(&vhost, "gate.dead", 1, 0).await;
        holds(&vhost, "gate", 0, 0).await;
        assert_eq!(raw.take("gate.dead").await.body, body.as_bytes());
        assert_eq!(server.counters().given_back, 0);
    });
}

#[test]
fn python_reads_the_dead_letters() {
    run(async {
        let vhost = vhost("dead-python").await;
        let transport = connect(&vhost, "").await;
        let target = Target::new("topic").with_server("rust");
        let rust = RustServer::start_at(&transport, target, limited).await.unwrap();
        let mut python = PythonServer::builder(&vhost.url(), "topic.dead", "reader").start().await.unwrap();
        let inner = json!({"method": "note", "args": {"n": 1}, "version": "1.3", "_context_user": "me"});
        let body = json!({"oslo.version": "2.0", "oslo.message": inner.to_string()}).to_string();
        Raw::connect(&vhost)
            .await
            .publish("openstack", "topic", body.as_bytes(), delivered_too_often())
            .await;
        let note = python.note().await.unwrap();
        assert_eq!((&note.args["n"], &note.ctxt["user"]), (&json!(1), &json!("me")));
        assert_eq!(rust.stop().await.unwrap(), []);
        assert_eq!(python.stop().await.unwrap(), []);
    });
}
