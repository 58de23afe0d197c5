//! Options of the URL, which Python has by the same names.

use rpc_runtime::Context;
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::pairing::Bus;
use rpc_tests::run;
use rpc_tests::sample::request;
use serde_json::json;

/// Both languages over a router that is reached by this path and query.
async fn both(mode: Mode, path: &str, addresses: [&str; 3]) {
    let mut router = Router::start(mode).await.unwrap();
    let bus = Bus::over_amqp1(format!("{}{path}", router.url()));
    let rust = bus.rust_server("rust").await.unwrap();
    let mut links = router.links("").await.unwrap();
    links.addresses.sort();
    assert_eq!(links.addresses, addresses);
    let mut client = bus.python_client().await.unwrap();
    let echo = client.call(request("echo", json!({"value": path}), json!({}))).await.unwrap();
    assert_eq!(echo.unwrap(), path);
    rust.stop().await.unwrap();

    let _python = bus.python_server("python").await.unwrap();
    let api = bus.client(&[]).await.unwrap();
    assert_eq!(api.echo(&Context::new(), json!(path)).await.unwrap(), path);
}

#[test]
fn a_virtual_host_is_a_part_of_addresses() {
    run(both(
        Mode::Routable,
        "prod",
        [
            "openstack.org/om/rpc/anycast/prod/openstack/topic",
            "openstack.org/om/rpc/multicast/prod/openstack/topic",
            "openstack.org/om/rpc/unicast/prod/openstack/topic/rust",
        ],
    ));
}

#[test]
fn a_virtual_host_may_be_the_name_of_a_host() {
    run(both(
        Mode::Legacy,
        "prod?pseudo_vhost=false",
        ["broadcast.openstack.topic.all", "exclusive.openstack.topic.rust", "unicast.openstack.topic"],
    ));
}

#[test]
fn the_form_of_addresses_may_be_set() {
    run(both(
        Mode::Routable,
        "prod?addressing_mode=legacy",
        [
            "broadcast.prod.openstack.topic.all",
            "exclusive.prod.openstack.topic.rust",
            "unicast.prod.openstack.topic",
        ],
    ));
}

#[test]
fn addresses_may_begin_as_one_likes() {
    run(both(
        Mode::Legacy,
        "?addressing_mode=routable&rpc_address_prefix=ours&anycast_address=any&unicast_address=one&multicast_address=all",
        ["ours/all/openstack/topic", "ours/any/openstack/topic", "ours/one/openstack/topic/rust"],
    ));
}

/// One router for two deployments.
#[test]
fn virtual_hosts_are_apart() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let bus = |vhost: &str| Bus::over_amqp1(format!("{}{vhost}", router.url()));
        let _here = bus("here").rust_server("of here").await.unwrap();
        let _there = bus("there").rust_server("of there").await.unwrap();
        for vhost in ["here", "there"] {
            let api = bus(vhost).client(&[]).await.unwrap();
            for _ in 0..4 {
                let server = api.whoami(&Context::new()).await.unwrap().server;
                assert_eq!(server, format!("of {vhost}"));
            }
        }
    });
}
