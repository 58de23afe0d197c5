//! Transports: what they share, refuse and end.

use std::sync::Arc;
use std::time::Duration;

use rpc_runtime::{CallOptions, Context, RpcError, Server, Target, Transport, VersionPin};
use rpc_tests::shop::{Counter, ShopApi};

use super::shop::{World, world};

#[tokio::test]
async fn transports_of_one_name_share_a_broker_and_others_do_not() {
    let one = Transport::connect("memory:///shared").await.unwrap();
    let other = Transport::connect("memory:///shared").await.unwrap();
    let apart = Transport::connect("memory://").await.unwrap();
    let counter = Arc::new(Counter::new("a"));
    let target = Target::new("shop").with_server("a");
    let _server = Server::builder(&one, target).endpoint(ShopApi::endpoint(counter)).start().await.unwrap();
    assert_eq!(ShopApi::new(&other).whoami(&Context::new()).await.unwrap(), "a");
    let error = ShopApi::new(&apart).whoami(&Context::new()).await.unwrap_err();
    assert!(matches!(error.rpc(), Some(RpcError::Undeliverable { .. })), "{error}");
}

#[tokio::test]
async fn bad_urls_options_and_pins_are_named() {
    let connect = async |url: &str| Transport::connect(url).await.unwrap_err().to_string();
    assert!(connect("kafka://h/").await.contains("kafka"));
    assert!(connect("memory:///?rpc_response_timeout=soon").await.contains("rpc_response_timeout=\"soon\""));
    assert!(connect("rabbit://h/?amqp_durable_queue=1").await.contains("did you mean amqp_durable_queues"));
    let error = "3".parse::<VersionPin>().unwrap_err().to_string();
    assert!(error.contains("\"3\"") && error.contains("minor"), "{error}");
}

#[tokio::test]
async fn for_ever_is_a_time_like_any_other() {
    let World { transport, mut servers } = world(&["a"]).await;
    let patient = CallOptions::new().timeout(Duration::MAX).monitor(Duration::MAX);
    assert_eq!(ShopApi::new(&transport).with(patient).whoami(&Context::new()).await.unwrap(), "a");
    servers.pop().unwrap().shutdown(Duration::MAX).await.unwrap();
    transport.close(Duration::MAX).await;
}

#[tokio::test]
async fn a_server_ends_with_its_transport() {
    let one = Transport::connect("memory:///ends").await.unwrap();
    let other = Transport::connect("memory:///ends").await.unwrap();
    let start = async |transport: &Transport, name: &str| {
        let counter = Counter::new(name);
        Server::builder(transport, Target::new("shop").with_server(name))
            .endpoint(ShopApi::endpoint(Arc::new(counter)))
            .start()
            .await
            .unwrap()
    };
    let (_first, _second) = (start(&one, "first").await, start(&other, "second").await);
    one.close(Duration::from_secs(1)).await;
    for _ in 0..4 {
        assert_eq!(ShopApi::new(&other).whoami(&Context::new()).await.unwrap(), "second");
    }
}

#[tokio::test]
async fn calls_go_on_when_the_runtime_of_the_first_one_has_ended() {
    let World { transport, servers: _servers } = world(&["a"]).await;
    let api = ShopApi::new(&transport);
    let first = api.clone();
    let first = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(first.whoami(&Context::new()).into_future()).unwrap()
    });
    assert_eq!(first.await.unwrap(), "a");
    assert_eq!(api.whoami(&Context::new()).await.unwrap(), "a");
}
