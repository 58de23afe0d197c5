//! The programs over ZeroMQ, by their URLs alone.
#![allow(clippy::unwrap_used)]

use rpc_tests::{Program, Redis, Reservation, run, until};

const SERVICE: &str = env!("CARGO_BIN_EXE_volume_service");
const CLIENT: &str = env!("CARGO_BIN_EXE_volume_client");
const BOOT: &str = env!("CARGO_BIN_EXE_boot_instance");
const LISTENER: &str = env!("CARGO_BIN_EXE_notification_listener");

fn url<const N: usize>(places: &Reservation<N>) -> String {
    let hosts = places.ports().map(|port| format!("127.0.0.1:{port}"));
    format!("zmq://{}/", hosts.join(","))
}

fn start(program: &str, url: &str) -> Program {
    Program::start(program, ["--transport", url, "--server", "host1@lvm"]).unwrap()
}

async fn volumes(url: &str) {
    let mut service = start(SERVICE, url);
    service.line_with("[host1@lvm] serving cinder-volume 3.20").await.unwrap();
    let lines = start(CLIENT, url).success().await.unwrap();
    assert!(lines.iter().any(|line| line.starts_with("create_volume: ")), "{lines:#?}");
    let line = service.line_with("capabilities:").await.unwrap();
    assert_eq!(line, "[host1@lvm] capabilities: 0 volumes, 100 GiB free");
    service.terminate().unwrap();
    let (log, lines) = service.log_and_success().await.unwrap();
    assert_eq!(lines.last().unwrap(), "[host1@lvm] stopped");
    // Nothing has happened that anybody should look into.
    assert_eq!(log, "");
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
        let url = url(&places);
        let mut services = Vec::new();
        for service in ["conductor", "scheduler", "compute"] {
            let mut program = Program::start(BOOT, ["--transport", &url, "--service", service]).unwrap();
            program.line_with(&format!("serving {service}.host1")).await.unwrap();
            services.push(program);
        }
        // What the compute service tells every second goes to the scheduler.
        services[1].line_with("cast update_service_capabilities").await.unwrap();
        for service in services {
            service.terminate().unwrap();
            assert_eq!(service.success().await.unwrap().last().unwrap(), "stopped");
        }
    });
}

#[test]
fn nobody_waits_for_notifications_that_cannot_come() {
    run(async {
        let places = Reservation::<1>::new().unwrap();
        let url = url(&places);
        let error = Program::start(LISTENER, ["--transport", &url]).unwrap().refusal().await.unwrap();
        assert!(error.contains("cannot be had over ZeroMQ, which does not keep messages"), "{error}");
    });
}
