//! The start, and what keeps a service from it.

use super::*;
use crate::logged::Warnings;

const ALL: [Hook; 3] = [Hook::InitHost, Hook::PreStart, Hook::PostStart];

#[tokio::test(start_paused = true)]
async fn hooks_are_called_in_order_and_cleaned_up_the_other_way_round() {
    let (bus, diary) = (Bus::new(), Diary::default());
    let service = Service::builder("nova-compute")
        .manager(Scribe::new("a", &diary))
        .manager(Arc::new(Scribe::new("b", &diary)))
        .server(bus.server())
        .await
        .unwrap();
    assert_eq!(
        written(&diary),
        [
            "a init_host",
            "b init_host",
            "a pre_start_hook",
            "b pre_start_hook",
            "a post_start_hook",
            "b post_start_hook"
        ]
    );
    assert!(!bus.deliveries.is_closed());
    assert_eq!(bus.stops(), 0);
    service.shutdown().await.unwrap();
    let end = ["a graceful_shutdown", "b graceful_shutdown", "b cleanup_host", "a cleanup_host"];
    assert_eq!(written(&diary)[6..], end);
    assert_eq!(bus.stops(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_ends_the_start() {
    for hook in ALL {
        for mishap in [Mishap::Fails, Mishap::Panics] {
            let (bus, diary) = (Bus::new(), Diary::default());
            let (warnings, _guard) = Warnings::collect();
            let started = Service::builder("nova-compute")
                .manager(Scribe::new("a", &diary))
                .manager(Scribe::new("b", &diary).with(hook, mishap))
                .server(bus.server())
                .periodic_task(taking("t", SECOND, &diary))
                .start()
                .await;
            let error = started.unwrap_err();
            let why = if mishap == Mishap::Fails { "no disk" } else { "it panicked" };
            let manager = std::any::type_name::<Scribe>();
            assert_eq!(error.to_string(), format!("{} of {manager} has failed: {why}", hook.name()));

            let diary = written(&diary);
            let cleaned: Vec<_> = diary.iter().filter(|line| line.ends_with("cleanup_host")).collect();
            // Who has not done its init_host has nothing to clean up.
            match hook {
                Hook::InitHost => assert_eq!(cleaned, ["a cleanup_host"]),
                _ => assert_eq!(cleaned, ["b cleanup_host", "a cleanup_host"]),
            }
            let at_the_end = ["graceful_shutdown", "cleanup_host"];
            let last = diary.iter().rfind(|line| !at_the_end.iter().any(|hook| line.ends_with(hook)));
            assert_eq!(last, Some(&format!("b {}", hook.name())), "{diary:?}");
            assert_eq!(bus.stops(), usize::from(hook == Hook::PostStart));
            assert!(warnings.with("dropped before it was shut down").is_empty());
            assert_eq!(warnings.with("the service ends").len(), 1);
            // The text of the panic has a line and a target of its own.
            let secret = warnings.with("hunter2");
            assert_eq!(secret.len(), usize::from(mishap == Mishap::Panics), "{secret:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_start_ends_the_start_of_all() {
    let (bus, diary) = (Bus::new(), Diary::default());
    let nobody = Server::builder(&bus.transport, Target::new("compute\n").with_server("h"));
    let started = Service::builder("nova-compute")
        .manager(Scribe::new("a", &diary))
        .server(bus.server())
        .server(nobody)
        .start()
        .await;
    let error = started.unwrap_err().to_string();
    assert!(
        error.starts_with(r"the server compute\n.h cannot be started: the server has no endpoint"),
        "{error}"
    );
    assert_eq!(bus.stops(), 1);
    assert_eq!(written(&diary), ["a init_host", "a pre_start_hook", "a graceful_shutdown", "a cleanup_host"]);
}

#[cfg(feature = "notifications")]
#[tokio::test(start_paused = true)]
async fn a_listener_is_a_part_like_a_server() {
    use crate::notification::{Listener, Meta, Notification, NotificationEndpoint};
    let bus = Bus::new();
    let heard = async |_: crate::Context, _: Notification, _: Meta| {};
    let listener = Listener::builder(&bus.transport).topic("notifications");
    let error = Service::builder("agent").listener(listener).start().await.unwrap_err().to_string();
    assert!(error.starts_with("a listener cannot be started: the listener has no endpoint"), "{error}");

    let listener = Listener::builder(&bus.transport).topic("notifications");
    let listener = listener.endpoint(NotificationEndpoint::new(heard));
    let service = Service::builder("agent").listener(listener).start().await.unwrap();
    drop(bus.deliveries);
    let stopped = service.stopped().await;
    assert!(stopped.to_string().contains("notifications"), "{stopped}");
    service.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_a_start_where_it_is() {
    for hook in ALL {
        let (bus, diary) = (Bus::new(), Diary::default());
        let (outside, signals) = outside();
        let builder = Service::builder("nova-compute")
            .manager(Scribe::new("a", &diary))
            .manager(Scribe::new("b", &diary).with(hook, Mishap::Hangs))
            .server(bus.server());
        let running = run(builder, signals);
        until_written(&diary, &format!("b {}", hook.name())).await;
        outside.stop.send(Signal::Terminate).unwrap();
        running.await.unwrap().unwrap();
        let cleaned_up = ["b cleanup_host", "a cleanup_host"];
        let cleaned_up = if hook == Hook::InitHost { &cleaned_up[1..] } else { &cleaned_up[..] };
        assert!(written(&diary).ends_with(&cleaned_up.iter().map(ToString::to_string).collect::<Vec<_>>()));
        assert_eq!(bus.stops(), usize::from(hook == Hook::PostStart));
    }
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_the_wait_for_a_broker() {
    let diary = Diary::default();
    let (outside, signals) = outside();
    let transport = Transport::for_tests(Stub::able(crate::transport::abilities::Abilities::ALL).away());
    let builder =
        Service::builder("nova-compute").manager(Scribe::new("a", &diary)).server(server(&transport));
    let running = run(builder, signals);
    until_written(&diary, "a pre_start_hook").await;
    tokio::time::sleep(3600 * SECOND).await;
    assert!(!running.is_finished());
    outside.stop.send(Signal::Interrupt).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(written(&diary), ["a init_host", "a pre_start_hook", "a graceful_shutdown", "a cleanup_host"]);
}

#[tokio::test(start_paused = true)]
async fn a_name_makes_no_line_of_its_own() {
    let (warnings, _guard) = Warnings::collect();
    let builder = Service::builder(crate::logged::forged());
    let diary = Diary::default();
    let builder = builder.manager(Scribe::new("a", &diary).with(Hook::InitHost, Mishap::Fails));
    builder.start().await.unwrap_err();
    assert_eq!(warnings.with("the service ends").len(), 1);
    warnings.check_lines();
}
