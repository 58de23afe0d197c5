//! What a peer sees of us: connections and links.

use rpc_runtime::{Context, Target};
use rpc_tests::amqp1::{Links, Mode, Router};
use rpc_tests::limits::PATIENCE;
use rpc_tests::pairing::Bus;
use rpc_tests::sample::{RustServer, SampleApi};
use rpc_tests::{run, until};

use super::bus;

/// Waits until the links are such.
async fn seen(router: &mut Router, of: &str, what: &str, such: impl Fn(&Links) -> bool) -> Links {
    until(what, async || Ok(Some(router.links(of).await?).filter(|links| such(links)))).await.unwrap()
}

#[test]
fn servers_and_transports_leave_nothing_behind() {
    run(async {
        let (mut router, bus) = bus(Mode::Routable).await;
        let serving = bus.connect().await.unwrap();
        let server = RustServer::start(&serving, "rust").await.unwrap();
        let links = router.links("").await.unwrap();
        assert_eq!((links.connections, links.consumers, links.producers), (1, 3, 0), "{links:?}");
        let expected =
            ["anycast/openstack/topic", "multicast/openstack/topic", "unicast/openstack/topic/rust"];
        assert_eq!(links.addresses, expected.map(|address| format!("openstack.org/om/rpc/{address}")));

        let calling = bus.connect().await.unwrap();
        SampleApi::new(&calling).whoami(&Context::new()).await.unwrap();
        let links = router.links("").await.unwrap();
        // What the caller sends and has its replies from, and where the server sends them.
        assert_eq!((links.connections, links.consumers, links.producers), (2, 4, 2), "{links:?}");

        server.stop().await.unwrap();
        seen(&mut router, "om/rpc", "the server's links are gone", |links| links.consumers == 0).await;
        calling.close(PATIENCE).await;
        serving.close(PATIENCE).await;
        let none = |links: &Links| (links.connections, links.consumers, links.producers) == (0, 0, 0);
        seen(&mut router, "", "the connections are gone", none).await;
    });
}

#[test]
fn a_link_that_nobody_uses_is_detached() {
    run(async {
        let (mut router, bus) = bus(Mode::Routable).await;
        let _rust = bus.rust_server("rust").await.unwrap();
        let hasty = Bus::over_amqp1(format!("{}?default_sender_link_timeout=1", router.url()));
        let (api, ctx) = (hasty.client(&[]).await.unwrap(), Context::new());
        for _ in 0..2 {
            api.whoami(&ctx).await.unwrap();
            seen(&mut router, "anycast", "the link is gone", |links| links.producers == 0).await;
        }
    });
}

/// Servers of one transport share its connection, and have links of their own.
#[test]
fn servers_of_one_transport_share_a_connection() {
    run(async {
        let (mut router, bus) = bus(Mode::Legacy).await;
        let transport = bus.connect().await.unwrap();
        let mut servers = Vec::new();
        for name in ["a", "b", "c"] {
            let target = Target::new("topic").with_server(name);
            servers.push(RustServer::start_at(&transport, target, |builder| builder).await.unwrap());
        }
        let links = router.links("").await.unwrap();
        assert_eq!((links.connections, links.consumers), (1, 9), "{links:?}");
        let ctx = Context::new();
        let api = SampleApi::new(&transport);
        for turn in ["a", "b", "c", "a"] {
            assert_eq!(api.whoami(&ctx).await.unwrap().server, turn);
        }
    });
}
