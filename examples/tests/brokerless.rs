//! The programs over ZeroMQ, by their URLs alone.
#![allow(clippy::unwrap_used)]

mod programs;

use rpc_tests::{Redis, Reservation, run, until};

use programs::{CLIENT, SERVICE, refusal_of_a_listener, services_of_an_instance, start, volumes};

fn url<const N: usize>(places: &Reservation<N>) -> String {
    let hosts = places.ports().map(|port| format!("127.0.0.1:{port}"));
    format!("zmq://{}/", hosts.join(","))
}

#[test]
fn the_client_finds_the_service_by_a_list() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        volumes(&url(&places)).await;
    });
}

#[test]
fn redis_tells_the_client_of_the_service() {
    run(async { volumes(&Redis::start().await.unwrap().url()).await });
}

#[test]
fn a_client_without_a_service_is_told_where_it_has_looked() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        // Within two seconds the place need not have told so.
        let refusal = until("the place is tried in time", async || {
            let error = start(CLIENT, &url(&places)).refusal().await?;
            Ok(Some(error).filter(|error| !error.contains("not connected yet")))
        });
        let error = refusal.await.unwrap();
        let [port] = places.ports();
        assert!(error.contains(&format!("cannot be found: 127.0.0.1:{port}: Connection refused")), "{error}");
    });
}

#[test]
fn two_services_at_one_address_are_one_too_many() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        let url = url(&places);
        let mut service = start(SERVICE, &url);
        service.line_with("serving").await.unwrap();
        let error = start(SERVICE, &url).refusal().await.unwrap();
        assert!(error.contains("Address already in use"), "{error}");
        assert!(error.contains("of which each process that serves needs one of its own"), "{error}");
    });
}

#[test]
fn four_processes_share_a_list() {
    run(async {
        let places = Reservation::<4>::new().unwrap();
        services_of_an_instance(&url(&places)).await;
    });
}

#[test]
fn nobody_waits_for_notifications_that_cannot_come() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        let error = refusal_of_a_listener(&url(&places)).await;
        assert!(error.contains("cannot be had over ZeroMQ, which does not keep messages"), "{error}");
    });
}
