//! The programs over AMQP 1.0, by their URLs alone.
#![allow(clippy::unwrap_used)]

use rpc_tests::amqp1::{Mode, Router};
use rpc_tests::{Program, run};

const SERVICE: &str = env!("CARGO_BIN_EXE_volume_service");
const CLIENT: &str = env!("CARGO_BIN_EXE_volume_client");
const BOOT: &str = env!("CARGO_BIN_EXE_boot_instance");
const LISTENER: &str = env!("CARGO_BIN_EXE_notification_listener");

fn start(program: &str, url: &str) -> Program {
    Program::start(program, ["--transport", url, "--server", "host1@lvm"]).unwrap()
}

async fn volumes(mode: Mode) {
    let router = Router::start(mode).await.unwrap();
    let mut service = start(SERVICE, &router.url());
    service.line_with("[host1@lvm] serving cinder-volume 3.20").await.unwrap();
    let lines = start(CLIENT, &router.url()).success().await.unwrap();
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
fn the_client_finds_the_service_by_routable_addresses() {
    run(volumes(Mode::Routable));
}

#[test]
fn the_client_finds_the_service_by_legacy_addresses() {
    run(volumes(Mode::Legacy));
}

#[test]
fn a_client_without_a_service_is_told_where_nobody_is() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let url = format!("{}?default_send_timeout=5", router.url());
        let error = start(CLIENT, &url).refusal().await.unwrap();
        assert!(error.contains("get_capabilities to openstack/cinder-volume.host1@lvm"), "{error}");
        assert!(error.contains("no receiver has given credit"), "{error}");
    });
}

#[test]
fn four_processes_share_a_router() {
    run(async {
        let router = Router::start(Mode::Routable).await.unwrap();
        let mut services = Vec::new();
        for service in ["conductor", "scheduler", "compute"] {
            let args = ["--transport", &router.url(), "--service", service];
            let mut program = Program::start(BOOT, args).unwrap();
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
        let router = Router::start(Mode::Routable).await.unwrap();
        let error =
            Program::start(LISTENER, ["--transport", &router.url()]).unwrap().refusal().await.unwrap();
        assert!(error.contains("cannot be had over AMQP 1.0"), "{error}");
    });
}
