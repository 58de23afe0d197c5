//! RabbitMQ 4 speaks AMQP 1.0 of its own: a strict peer, which has queues and no reply nodes.

use rpc_runtime::{CallOptions, Context, RpcError, Transport};
use rpc_tests::limits::PATIENCE;
use rpc_tests::run;
use rpc_tests::sample::{RustServer, SampleApi};
use rpc_tests::{Broker, Vhost};
use serde_json::json;

/// A virtual host, and the URL of a transport over AMQP 1.0 in it. To RabbitMQ its name is that of a host, and the legacy
/// addresses are names of queues.
async fn bus() -> (Vhost, String) {
    let vhost = Broker::shared().unwrap().vhost("amqp1").await.unwrap();
    let rabbit = vhost.url();
    let (place, name) = rabbit.trim_start_matches("rabbit://").split_once('/').unwrap();
    (vhost, format!("amqp1://{place}/vhost%3A{name}?pseudo_vhost=false&addressing_mode=legacy"))
}

#[test]
fn casts_come_to_their_servers() {
    run(async {
        let (_vhost, url) = bus().await;
        let mut server = RustServer::start(&Transport::connect(&url).await.unwrap(), "rust").await.unwrap();
        let transport = Transport::connect(&url).await.unwrap();
        let api = SampleApi::new(&transport);
        let at_rust = api.with(CallOptions::new().server("rust"));
        let mut seen = Vec::new();
        for n in 0..100 {
            // Larger than a frame of RabbitMQ, now and then.
            let large = "x".repeat(if n % 10 == 0 { 300_000 } else { 10 });
            let api = if n % 2 == 0 { &api } else { &at_rust };
            api.note(&Context::new().with("large", large.as_str()), n).await.unwrap();
            let note = server.note().await.unwrap();
            assert_eq!(note.ctxt["large"], json!(large));
            seen.push(note.args["n"].as_u64().unwrap());
        }
        assert!(seen.is_sorted() && seen.len() == 100, "{seen:?}");
        assert_eq!(server.stop().await.unwrap(), []);
        transport.close(PATIENCE).await;
    });
}

/// It has no nodes for replies that go with their link.
#[test]
fn a_call_is_refused_with_the_reason() {
    run(async {
        let (_vhost, url) = bus().await;
        let mut server = RustServer::start(&Transport::connect(&url).await.unwrap(), "rust").await.unwrap();
        let transport = Transport::connect(&url).await.unwrap();
        let api = SampleApi::new(&transport);
        let error = api.whoami(&Context::new()).await.unwrap_err();
        assert!(error.rpc().is_some(), "{error:?}");
        assert!(error.to_string().contains("Dynamic sources not supported"), "{error}");
        // It has ended the session of the reply link, and no other.
        api.note(&Context::new(), 1).await.unwrap();
        assert_eq!(server.note().await.unwrap().args["n"], 1);
    });
}

/// It ends the session for an address that it does not know.
#[test]
fn an_address_that_it_does_not_know_is_told() {
    run(async {
        let (_vhost, url) = bus().await;
        let url = url.replace("addressing_mode=legacy", "addressing_mode=routable");
        let transport = Transport::connect(&url).await.unwrap();
        let api = SampleApi::new(&transport).with(CallOptions::new().mandatory(true));
        let error = api.note(&Context::new(), 1).await.unwrap_err();
        assert!(matches!(error, RpcError::Undeliverable { .. }), "{error:?}");
        assert!(error.to_string().contains("openstack.org/om/rpc/anycast/openstack/topic"), "{error}");
    });
}

#[test]
fn a_wrong_password_is_told() {
    run(async {
        let (_vhost, url) = bus().await;
        let url = url.replacen("guest:guest@", "guest:wrong@", 1);
        assert!(url.contains("wrong"), "{url}");
        let error = Transport::connect(&url).await.unwrap_err().to_string();
        assert!(error.contains("guest") && !error.contains("wrong"), "{error}");
    });
}
