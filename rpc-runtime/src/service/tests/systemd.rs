//! What systemd hears.

use std::os::unix::net::UnixDatagram;

use super::*;
use crate::logged::Warnings;

/// Where systemd would listen.
fn listening() -> (UnixDatagram, Systemd, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_nonblocking(true).unwrap();
    (socket, Systemd::at(Some(path.into())), folder)
}

/// All that it was told.
fn heard(socket: &UnixDatagram) -> Vec<String> {
    let mut heard = Vec::new();
    let mut buffer = [0; 256];
    while let Ok(length) = socket.recv(&mut buffer) {
        heard.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
    }
    heard
}

#[tokio::test]
async fn it_hears_of_each_state() {
    let (socket, systemd, _folder) = listening();
    let diary = Diary::default();
    let (outside, signals) = outside();
    let builder = Service::builder("s").manager(Scribe::new("a", &diary));
    let running = tokio::spawn(async move { builder.run_with(signals, &systemd).await });
    outside.hangups.send(()).unwrap();
    until_written(&diary, "a reset").await;
    let mut told = Vec::new();
    while told.len() < 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        told.extend(heard(&socket));
    }
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
    told.extend(heard(&socket));
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!((&*told[0], &*told[2], &*told[3]), ("READY=1", "READY=1", "STOPPING=1"));
    let moment = told[1].strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap().parse::<u128>().unwrap();
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    // The uptime has the time of a suspended machine in it.
    assert!(moment > 0 && moment as f64 / 1e6 <= uptime + 1.0, "{moment} {uptime}");
}

#[tokio::test]
async fn a_service_that_is_never_ready_does_not_say_so() {
    let (socket, systemd, _folder) = listening();
    let diary = Diary::default();
    let (_outside, signals) = outside();
    let failing = Scribe::new("a", &diary).with(Hook::PostStart, Mishap::Fails);
    Service::builder("s").manager(failing).run_with(signals, &systemd).await.unwrap_err();
    assert_eq!(heard(&socket), [""; 0]);
}

#[tokio::test]
async fn it_may_listen_at_an_abstract_name() {
    use std::os::linux::net::SocketAddrExt;
    let name = format!("rpc-runtime-{}", uuid::Uuid::new_v4());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let socket = UnixDatagram::bind_addr(&address).unwrap();
    Systemd::at(Some(format!("@{name}").into())).tell(crate::service::systemd::State::Stopping).await;
    socket.set_nonblocking(true).unwrap();
    assert_eq!(heard(&socket), ["STOPPING=1"]);
}

#[tokio::test]
async fn nobody_there_is_logged_and_no_more() {
    let (warnings, _guard) = Warnings::collect();
    for place in [None, Some("")] {
        Systemd::at(place.map(Into::into)).tell(crate::service::systemd::State::Ready).await;
    }
    assert_eq!(warnings.with("").len(), 0);
    for place in ["/none/notify", "vsock:2:1234", &"x".repeat(1000)] {
        Systemd::at(Some(place.into())).tell(crate::service::systemd::State::Ready).await;
    }
    assert_eq!(warnings.with("systemd could not be told").len(), 3);
}
