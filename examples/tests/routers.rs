//! The programs over AMQP 1.0, by their URLs alone.
#![allow(clippy::unwrap_used)]

mod programs;

use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::run;

use programs::{CLIENT, refusal_of_a_listener, services_of_an_instance, start, volumes};

async fn router(mode: Mode) -> Router {
    Router::start(mode).await.unwrap()
}

#[test]
fn the_client_finds_the_service_by_routable_addresses() {
    run(async { volumes(&router(Mode::Routable).await.url()).await });
}

#[test]
fn the_client_finds_the_service_by_legacy_addresses() {
    run(async { volumes(&router(Mode::Legacy).await.url()).await });
}

#[test]
fn a_client_without_a_service_is_told_where_nobody_is() {
    run(async {
        let router = router(Mode::Routable).await;
        let url = format!("{}?default_send_timeout=5", router.url());
        let error = start(CLIENT, &url).refusal().await.unwrap();
        assert!(error.contains("get_capabilities to openstack/cinder-volume.host1@lvm"), "{error}");
        assert!(error.contains("no receiver has given credit"), "{error}");
    });
}

#[test]
fn four_processes_share_a_router() {
    run(async { services_of_an_instance(&router(Mode::Routable).await.url()).await });
}

#[test]
fn nobody_waits_for_notifications_that_cannot_come() {
    run(async {
        let error = refusal_of_a_listener(&router(Mode::Routable).await.url()).await;
        assert!(error.contains("cannot be had over AMQP 1.0"), "{error}");
    });
}
