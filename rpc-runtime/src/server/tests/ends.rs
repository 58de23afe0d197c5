//! How servers end, and what the log says of it.

use super::promises::slow_call;
use super::*;
use crate::logged::{Warnings, forged};
use crate::receiving::{Signal, heard};
use crate::server::RunError;
use crate::transport::abilities::Abilities;

/// The warnings when a server ends so.
async fn warned(end: impl AsyncFnOnce(Server, mpsc::Sender<Delivery>)) -> usize {
    let mut rig = Rig::new(16).await;
    let server = rig.server.take().unwrap();
    let (warnings, _guard) = Warnings::collect();
    end(server, rig.deliveries).await;
    warnings.with("dropped before it was shut down").len()
}

#[tokio::test]
async fn a_server_that_is_dropped_is_warned_of() {
    assert_eq!(warned(async |server, _deliveries| drop(server)).await, 1);
    let shut_down = async |server: Server, _deliveries| server.shutdown(Duration::MAX).await.unwrap();
    assert_eq!(warned(shut_down).await, 0);
    // Dropped in the middle of its shutdown, as it is with the future.
    let given_up =
        async |server: Server, _deliveries| assert_eq!(server.shutdown(Duration::MAX).now_or_never(), None);
    assert_eq!(warned(given_up).await, 1);
    let by_itself = async |server: Server, deliveries| {
        drop(deliveries);
        server.stopped().await;
        // It is the last thing that its task does.
        tokio::task::yield_now().await;
    };
    assert_eq!(warned(by_itself).await, 0);
}

#[tokio::test]
async fn a_name_makes_no_line_of_its_own() {
    let (_deliveries, receiver) = mpsc::channel(16);
    let transport = Transport::for_tests(Stub::publishing(|_| ready(Ok(()))).delivering(receiver));
    let server = Server::builder(&transport, Target::new("compute").with_server(forged()))
        .endpoint(Endpoint::new(&ECHO, Recording::default()));
    let server = server.start().await.unwrap();
    let (warnings, _guard) = Warnings::collect();
    drop(server);
    assert_eq!(warnings.with(r"compute.x\n2026-11-28").len(), 1);
    warnings.check_lines();
}

/// One that runs, and one whose broker is away. In one test, as a signal is for all who wait for one.
#[tokio::test]
async fn a_signal_ends_every_server() {
    let mut rig = Rig::new(16).await;
    let mut running = std::pin::pin!(rig.server.take().unwrap().run());
    let transport = Transport::for_tests(Stub::publishing(|_| ready(Ok(()))).away());
    let builder = Server::builder(&transport, Target::new("compute").with_server("host1"))
        .endpoint(Endpoint::new(&ECHO, Recording::default()));
    let mut starting = std::pin::pin!(builder.run());
    assert!(futures::poll!(&mut running).is_pending() && futures::poll!(&mut starting).is_pending());
    heard(Signal::Interrupt);
    let ended: [Result<(), RunError>; 2] = [running.await, starting.await];
    assert!(ended.iter().all(Result::is_ok), "{ended:?}");
}

/// With one worker that is busy for so many seconds, and two requests behind it: one that was accepted when it came, and one that
/// was not.
async fn busy(abilities: Abilities, seconds: f64) -> Rig {
    let mut rig = Rig::over(|stub| stub.with_abilities(abilities), |server| server.workers(1)).await;
    rig.deliveries.send(delivery(slow_call(seconds), Settle::nothing())).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let settle = Settle::new(Arc::clone(&rig.settler), 1);
    rig.deliveries.send(delivery(cast("a"), Settle::nothing())).await.unwrap();
    rig.deliveries.send(delivery(cast("b"), settle)).await.unwrap();
    // As the bus does it once the server listens no more.
    rig.deliveries = mpsc::channel(1).0;
    rig
}

#[tokio::test(start_paused = true)]
async fn what_goes_back_nowhere_is_executed_before_the_end() {
    let back = Verdict::Reject { requeue: true };
    for (abilities, executed, verdict) in [
        (Abilities::ALL, 0, None),
        (Abilities { stores: false, ..Abilities::ALL }, 1, Some(back)),
        (Abilities { requeues: false, ..Abilities::ALL }, 2, Some(Verdict::Ack)),
    ] {
        for shut_down in [true, false] {
            let mut rig = busy(abilities, 10.0).await;
            let server = rig.server.take().unwrap();
            if shut_down {
                server.shutdown(Duration::from_secs(60)).await.unwrap();
                assert_eq!(rig.stops.load(Ordering::SeqCst), 1);
            } else {
                drop(server);
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            assert_eq!((rig.called(), rig.verdicts.try_recv().ok()), (executed, verdict), "{abilities:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_after_a_shutdown_that_cut_off_what_ran() {
    let mut rig = busy(Abilities { requeues: false, ..Abilities::ALL }, 1000.0).await;
    let cut_off = rig.server.take().unwrap().shutdown(Duration::from_secs(5)).await.unwrap_err();
    assert_eq!(cut_off.cut_off, 1);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(rig.called(), 0);
}

#[tokio::test]
async fn what_a_server_says_of_itself() {
    let within = Duration::from_secs(5);
    for (rig, expected) in [
        (Rig::with(|server| server.shutdown_within(within)).await, within),
        (Rig::new(0).await, Duration::from_secs(25)),
    ] {
        let server = rig.server.as_ref().unwrap();
        assert_eq!((server.who(), server.shutdown_within()), ("compute.host1", expected));
    }
    #[cfg(feature = "service")]
    {
        let transport = Transport::for_tests(Stub::publishing(|_| ready(Ok(()))));
        let target = Target::new("compute").with_server("host\n1");
        assert_eq!(Server::builder(&transport, target).who(), r"compute.host\n1");
    }
}
