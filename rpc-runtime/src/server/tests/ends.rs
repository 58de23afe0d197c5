//! How servers end, and what the log says of it.

use super::*;
use crate::logged::{Warnings, forged};
use crate::receiving::{Signal, heard};
use crate::server::RunError;

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

/// A broker that is away when the signal comes.
#[tokio::test]
async fn a_signal_ends_a_server_that_has_not_started() {
    let transport = Transport::for_tests(Stub::publishing(|_| ready(Ok(()))).away());
    let builder = Server::builder(&transport, Target::new("compute").with_server("host1"))
        .endpoint(Endpoint::new(&ECHO, Recording::default()));
    let mut running = std::pin::pin!(builder.run());
    assert!(futures::poll!(&mut running).is_pending());
    heard(Signal::Interrupt);
    let ended: Result<(), RunError> = running.await;
    ended.unwrap();
}
