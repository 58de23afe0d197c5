//! Servers that are waited for.

use std::time::Duration;

use rpc_runtime::{Context, StopReason, Transport};
use rpc_tests::limits::PATIENCE;
use rpc_tests::shop::ShopApi;
use tokio::time::timeout;

use super::shop::{World, world};

#[tokio::test]
async fn a_closed_transport_stops_its_servers_which_say_so() {
    let World { transport, mut servers } = world(&["a", "b"]).await;
    let (a, b) = (servers.remove(0), servers.remove(0));
    let early = a.stopped();
    // Given up and asked again: nothing is lost by it.
    assert!(timeout(Duration::from_millis(20), a.stopped()).await.is_err());
    transport.close(PATIENCE).await;
    let reason = timeout(PATIENCE, early).await.expect("it has stopped");
    assert_eq!(reason, StopReason::TransportClosed);
    assert_eq!(reason.to_string(), "its transport was closed");
    assert!(!reason.was_asked_for());
    assert_eq!(timeout(PATIENCE, b.stopped()).await.unwrap(), StopReason::TransportClosed);
    // What it was is not changed by what comes after it.
    let late = a.stopped();
    a.shutdown(PATIENCE).await.unwrap();
    assert_eq!(late.await, StopReason::TransportClosed);
}

#[tokio::test]
async fn a_shutdown_and_a_drop_are_reasons() {
    let World { servers, .. } = world(&["a", "b"]).await;
    let waiting: Vec<_> = servers.iter().map(|server| tokio::spawn(server.stopped())).collect();
    let mut reasons = Vec::new();
    for (server, waiting) in servers.into_iter().zip(waiting) {
        assert!(!waiting.is_finished());
        match reasons.is_empty() {
            true => server.shutdown(PATIENCE).await.unwrap(),
            false => drop(server),
        }
        reasons.push(timeout(PATIENCE, waiting).await.unwrap().unwrap());
    }
    assert_eq!(reasons, [StopReason::ShutDown, StopReason::Dropped]);
    assert!(reasons.iter().all(StopReason::was_asked_for));
}

/// The loop of a service: it serves until it is asked to end, or ends by itself.
#[tokio::test]
async fn one_of_several_things_to_wait_for() {
    let World { transport, mut servers } = world(&["a"]).await;
    let server = servers.remove(0);
    let api = ShopApi::new(&transport);
    for _ in 0..3 {
        tokio::select! {
            reason = server.stopped() => panic!("{reason}"),
            name = api.whoami(&Context::new()).into_future() => assert_eq!(name.unwrap(), "a"),
        }
    }
    // The transport of another program is another one.
    Transport::connect("memory://").await.unwrap().close(PATIENCE).await;
    assert!(timeout(Duration::from_millis(20), server.stopped()).await.is_err());
}
