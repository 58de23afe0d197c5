//! While a service runs.

use super::*;
use crate::logged::Warnings;
use crate::receiving::StopReason;

#[tokio::test(start_paused = true)]
async fn it_runs_until_a_signal_comes() {
    let (bus, diary) = (Bus::new(), Diary::default());
    let (outside, signals) = outside();
    let running = run(Service::builder("s").manager(Scribe::new("a", &diary)).server(bus.server()), signals);
    until_written(&diary, "a post_start_hook").await;
    tokio::time::sleep(3600 * SECOND).await;
    assert!(!running.is_finished());
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(bus.stops(), 1);
    assert_eq!(written(&diary).last().unwrap(), "a cleanup_host");
}

#[tokio::test(start_paused = true)]
async fn a_service_without_servers_runs_too() {
    let (outside, signals) = outside();
    let running = run(Service::builder("nothing"), signals);
    tokio::time::sleep(3600 * SECOND).await;
    assert!(!running.is_finished());
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_by_itself_ends_it() {
    let (one, other, diary) = (Bus::new(), Bus::new(), Diary::default());
    let (_outside, signals) = outside();
    let builder = Service::builder("s").manager(Scribe::new("a", &diary));
    let running = run(builder.server(one.server()).server(other.server()), signals);
    until_written(&diary, "a post_start_hook").await;
    drop(other.deliveries);
    let error = running.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "compute.host1 has stopped: it failed: no more messages come");
    let ServiceError::Stopped(stopped) = error else { panic!("{error}") };
    assert!(matches!(stopped.reason, StopReason::Failed { .. }));
    assert_eq!(one.stops(), 1);
    assert_eq!(written(&diary).last().unwrap(), "a cleanup_host");
}

/// The first signal asks for nothing else than what is done already, so it must not end the process as a second one does.
#[tokio::test(start_paused = true)]
async fn a_signal_while_it_stops_by_itself_changes_nothing() {
    for starts in [true, false] {
        let (bus, diary) = (Bus::new(), Diary::default());
        let (outside, signals) = outside();
        let hook = if starts { Hook::Reset } else { Hook::PostStart };
        let slow = Scribe::new("a", &diary).with(Hook::GracefulShutdown(50 * SECOND), Mishap::Hangs);
        let builder =
            Service::builder("s").manager(slow).manager(Scribe::new("b", &diary).with(hook, Mishap::Fails));
        let running = run(builder.server(bus.server()), signals);
        until_written(&diary, "b post_start_hook").await;
        drop(bus.deliveries);
        until_written(&diary, "a graceful_shutdown").await;
        outside.stop.send(Signal::Terminate).unwrap();
        running.await.unwrap().unwrap_err();
        assert_eq!(written(&diary).last().unwrap(), "a cleanup_host");
    }
}

#[tokio::test(start_paused = true)]
async fn each_hangup_tells_all_managers() {
    let diary = Diary::default();
    let (outside, signals) = outside();
    let (warnings, _guard) = Warnings::collect();
    let builder = Service::builder("s")
        .manager(Scribe::new("a", &diary).with(Hook::Reset, Mishap::Fails))
        .manager(Scribe::new("b", &diary).with(Hook::Reset, Mishap::Panics));
    // One that comes before it is ready is not lost.
    outside.hangups.send(()).unwrap();
    let running = run(builder, signals);
    until_written(&diary, "b reset").await;
    let told = |diary: &Diary| written(diary).iter().filter(|line| line.ends_with("reset")).count();
    assert_eq!(told(&diary), 2);
    outside.hangups.send(()).unwrap();
    outside.hangups.send(()).unwrap();
    tokio::time::sleep(SECOND).await;
    assert_eq!(told(&diary), 6);
    assert_eq!(warnings.with("reset of").len(), 6);
    assert!(!running.is_finished());
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_manager_that_never_ends_its_reset_holds_up_no_stop() {
    let (bus, diary) = (Bus::new(), Diary::default());
    let (outside, signals) = outside();
    let manager = Scribe::new("a", &diary).with(Hook::Reset, Mishap::Hangs);
    let running = run(Service::builder("s").manager(manager).server(bus.server()), signals);
    outside.hangups.send(()).unwrap();
    until_written(&diary, "a reset").await;
    let asked = Instant::now();
    outside.stop.send(Signal::Terminate).unwrap();
    running.await.unwrap().unwrap();
    assert!(asked.elapsed() < SECOND);
    assert_eq!(bus.stops(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_has_other_things_to_wait_for_does_it_by_hand() {
    let (bus, diary) = (Bus::new(), Diary::default());
    let manager = Scribe::new("a", &diary).with(Hook::Reset, Mishap::Fails);
    let service = Service::builder("s").manager(manager).server(bus.server()).start().await.unwrap();
    let error = service.reload().await.unwrap_err();
    assert!(error.to_string().starts_with("reset of "), "{error}");
    assert_eq!(service.stopped().now_or_never(), None);
    service.shutdown().await.unwrap();
}
