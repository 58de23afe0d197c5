#[cfg(feature = "amqp")]
use futures::FutureExt;

use super::*;

const CLOSED: &str = "the transport is closed";

fn board() -> Board {
    Board::new("bus", "send", ConnectionStatus::Connecting)
}

#[cfg(feature = "amqp")]
#[tokio::test]
async fn the_latest_status_is_not_missed() {
    let board = board();
    let mut watch = board.watch();
    assert!(watch.changed().now_or_never().is_none(), "nothing has changed");
    let (send, listen) = (board.reporter("send"), board.reporter("listen"));
    send.tell(ConnectionStatus::ready("a"));
    listen.tell(ConnectionStatus::Connecting);
    // Asking is not being told.
    assert!(!watch.current().is_ready());
    let status = watch.changed().await.unwrap();
    assert_eq!(status.overall(), &ConnectionStatus::Connecting);
    assert!(matches!(status.connection("send"), Some(ConnectionStatus::Ready { .. })));
    assert!(watch.changed().now_or_never().is_none(), "it was told");
    listen.tell(ConnectionStatus::ready("a"));
    assert!(watch.wait_for(Status::is_ready).await.unwrap().is_ready());
    assert!(watch.changed().await.unwrap().is_ready(), "waiting is not being told either");
}

#[tokio::test]
async fn closed_is_told_once_and_is_the_end() {
    let board = board();
    let (mut watch, mut waiting) = (board.watch(), board.watch());
    board.close(CLOSED);
    drop(board);
    assert_eq!(watch.changed().await.unwrap().overall(), &ConnectionStatus::closed(CLOSED));
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
    let (send, listen) = (board.reporter("send"), board.reporter("listen"));
    listen.tell(ConnectionStatus::ready("a"));
    board.close(CLOSED);
    send.tell(ConnectionStatus::ready("a"));
    listen.tell(ConnectionStatus::closed("for another reason"));
    let status = board.watch().current();
    let closed = ConnectionStatus::closed(CLOSED);
    let connections: Vec<_> = status.connections().collect();
    assert_eq!(connections, [("send", &closed), ("listen", &closed)]);
}

#[cfg(feature = "amqp")]
#[test]
fn the_worse_connection_counts() {
    let mut status = Status::new("bus", "send", ConnectionStatus::ready("a"));
    assert!(status.is_ready());
    assert_eq!((status.transport(), status.connection("listen")), ("bus", None));
    assert!(status.note("listen", ConnectionStatus::Connecting));
    assert_eq!(status.to_string(), "connecting");
    assert!(!status.note("listen", ConnectionStatus::Connecting), "that is no news");
    assert!(status.note("send", ConnectionStatus::closed(CLOSED)));
    assert!(status.is_closed() && !status.is_ready());
}
