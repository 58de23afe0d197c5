//! Options of the URL, which Python has by the same names.

use rpc_runtime::Context;
use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::run;
use rpc_tests::sample::SampleApi;
use serde_json::json;

use super::{connect, python_client, python_server, request, rust_server};

/// Both languages over a router that is reached by this path and query.
async fn both(mode: Mode, path: &str, addresses: [&str; 3]) {
    let mut router = Router::start(mode).await.unwrap();
    let url = format!("{}{path}", router.url());
    let rust = rust_server(&url, "rust").await;
    let mut links = router.links("").await.unwrap();
    links.addresses.sort();
    assert_eq!(links.addresses, addresses);
    let mut client = python_client(&url).await;
    let echo = client.call(request("echo", json!({"value": path}), json!({}))).await.unwrap();
    assert_eq!(echo.unwrap(), path);
    rust.stop().await.unwrap();

    let _python = python_server(&url, "python").await;
    let api = SampleApi::new(&connect(&url).await);
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
        let url = |vhost: &str| format!("{}{vhost}", router.url());
        let _here = rust_server(&url("here"), "of here").await;
        let _there = rust_server(&url("there"), "of there").await;
        for vhost in ["here", "there"] {
            let api = SampleApi::new(&connect(&url(vhost)).await);
            for _ in 0..4 {
                let server = api.whoami(&Context::new()).await.unwrap().server;
                assert_eq!(server, format!("of {vhost}"));
            }
        }
    });
}
