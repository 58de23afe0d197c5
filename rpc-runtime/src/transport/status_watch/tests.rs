use futures::FutureExt;

use super::*;

const CLOSED: &str = "the transport is closed";

fn board() -> Board {
    Board::new(ConnectionStatus::Connecting)
}

#[tokio::test]
async fn the_latest_status_is_not_missed() {
    let board = board();
    let mut watch = board.watch();
    assert!(watch.changed().now_or_never().is_none(), "nothing has changed");
    board.0.0.send_modify(|status| status.send = ConnectionStatus::ready("a"));
    board.0.0.send_modify(|status| status.listen = Some(ConnectionStatus::Connecting));
    // Asking is not being told.
    assert!(!watch.current().is_ready());
    let status = watch.changed().await.unwrap();
    assert_eq!(status.overall(), &ConnectionStatus::Connecting);
    assert!(matches!(status.send, ConnectionStatus::Ready { .. }));
    assert!(watch.changed().now_or_never().is_none(), "it was told");
    board.0.0.send_modify(|status| status.listen = Some(ConnectionStatus::ready("a")));
    assert!(watch.wait_for(Status::is_ready).await.unwrap().is_ready());
    assert!(watch.changed().await.unwrap().is_ready(), "waiting is not being told either");
}

#[tokio::test]
async fn closed_is_told_once_and_is_the_end() {
    let board = board();
    let (mut watch, mut waiting) = (board.watch(), board.watch());
    board.close(CLOSED);
    drop(board);
    assert_eq!(watch.changed().await.unwrap().send, ConnectionStatus::closed(CLOSED));
    assert_eq!(watch.changed().await, None);
    assert_eq!(watch.current().to_string(), CLOSED);
    assert_eq!(waiting.wait_for(Status::is_ready).await, None);
    assert!(waiting.wait_for(Status::is_closed).await.is_some());
}

#[tokio::test]
async fn a_dropped_transport_is_closed() {
    let board = board();
    let mut watch = board.watch();
    drop(board);
    assert_eq!(watch.changed().await.unwrap().to_string(), "the transport was dropped");
    assert_eq!(watch.changed().await, None);
}

#[cfg(feature = "amqp")]
#[test]
fn nothing_comes_after_closed() {
    let board = board();
    let reporter = board.reporter();
    reporter.listen(ConnectionStatus::ready("a"));
    board.close(CLOSED);
    reporter.send(ConnectionStatus::ready("a"));
    reporter.listen(ConnectionStatus::closed("for another reason"));
    let status = board.watch().current();
    assert_eq!(status.send, ConnectionStatus::closed(CLOSED));
    assert_eq!(status.listen, Some(ConnectionStatus::closed(CLOSED)));
}

#[test]
fn the_worse_connection_counts() {
    let mut status = Status::new(ConnectionStatus::ready("a"));
    assert!(status.is_ready());
    status.listen = Some(ConnectionStatus::Connecting);
    assert_eq!(status.to_string(), "connecting");
    status.send = ConnectionStatus::closed(CLOSED);
    assert!(status.is_closed() && !status.is_ready());
}
