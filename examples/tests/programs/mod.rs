//! The programs on a bus, of which they have the URL and nothing else.

use rpc_tests::Program;

const BOOT: &str = env!("CARGO_BIN_EXE_boot_instance");
const LISTENER: &str = env!("CARGO_BIN_EXE_notification_listener");

pub(super) const SERVICE: &str = env!("CARGO_BIN_EXE_volume_service");
pub(super) const CLIENT: &str = env!("CARGO_BIN_EXE_volume_client");

/// Starts one of those that know each other by the name of the service.
pub(super) fn start(program: &str, url: &str) -> Program {
    Program::start(program, ["--transport", url, "--server", "host1@lvm"]).unwrap()
}

/// A client finds a service, which stops in an orderly way.
pub(super) async fn volumes(url: &str) {
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

/// The services of an instance, each a process, find each other.
pub(super) async fn services_of_an_instance(url: &str) {
    let mut services = Vec::new();
    for service in ["conductor", "scheduler", "compute"] {
        let mut program = Program::start(BOOT, ["--transport", url, "--service", service]).unwrap();
        program.line_with(&format!("serving {service}.host1")).await.unwrap();
        services.push(program);
    }
    // What the compute service tells every second goes to the scheduler.
    services[1].line_with("cast update_service_capabilities").await.unwrap();
    for service in services {
        service.terminate().unwrap();
        assert_eq!(service.success().await.unwrap().last().unwrap(), "stopped");
    }
}

/// Why nobody can listen to notifications.
pub(super) async fn refusal_of_a_listener(url: &str) -> String {
    Program::start(LISTENER, ["--transport", url]).unwrap().refusal().await.unwrap()
}
