//! The task that has a connection: it begins sessions, one after the other, and learns why the connection ends.

use std::sync::Arc;
use std::time::Duration;

use fe2o3_amqp::connection::{ConnectionHandle, Error};
use fe2o3_amqp::session::{BeginError, SessionHandle};
use fe2o3_amqp::{Session, transport};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::super::stream::{Followed, Tap};
use super::super::words::said;
use crate::transport::driver::CLOSED;

/// How long the peer may take to answer the beginning of a session or of a link.
pub(in super::super) const LIMIT: Duration = Duration::from_secs(15);

/// How many transfers of one session may be on their way to this side. With a frame of the size that is asked for each, it is
/// what a peer can have this side hold that keeps to nothing else.
const WINDOW: u32 = 2048;

/// What is asked of the task.
pub(super) enum Ask {
    Begin(oneshot::Sender<Result<Begun, String>>),
    Close(oneshot::Sender<()>),
}

/// A session that was begun.
#[derive(Debug)]
pub(in super::super) struct Begun {
    pub(in super::super) session: SessionHandle<()>,
    /// For who wants to know of its deliveries.
    pub(in super::super) followed: Followed,
}

/// Runs until the connection has ended, of which it tells `ended`.
pub(super) async fn porter(
    mut handle: ConnectionHandle<()>,
    mut asks: mpsc::Receiver<Ask>,
    tap: Arc<Tap>,
    ended: watch::Sender<Option<String>>,
) {
    let why = loop {
        let ask = tokio::select! {
            biased;
            outcome = handle.on_close() => break words(outcome),
            ask = asks.recv() => ask,
        };
        match ask {
            Some(Ask::Begin(answer)) => {
                let begun = begin(&mut handle, &tap).await;
                // One that nobody waits for any more ends as it is dropped.
                let _ = answer.send(begun);
            }
            Some(Ask::Close(answer)) => {
                let _ = handle.close().await;
                let _ = answer.send(());
                break CLOSED.to_owned();
            }
            None => break CLOSED.to_owned(),
        }
    };
    let why = tap.why_cut().unwrap_or(why);
    tap.cut(&why);
    ended.send_replace(Some(why));
}

async fn begin(handle: &mut ConnectionHandle<()>, tap: &Arc<Tap>) -> Result<Begun, String> {
    let beginning = Session::builder().incoming_window(WINDOW).begin(handle);
    match timeout(LIMIT, beginning).await {
        Ok(Ok(session)) => Ok(Begun { session, followed: tap.follow() }),
        Ok(Err(BeginError::RemoteEndedWithError(error))) => {
            Err(format!("the peer refuses a session: {}", said(&error)))
        }
        Ok(Err(BeginError::LocalChannelMaxReached)) => {
            Err("the peer allows no more sessions on this connection".to_owned())
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => {
            // What has become of it the client library does not know any more.
            let why = format!("the peer has not answered the beginning of a session within {LIMIT:?}");
            tap.cut(&why);
            Err(why)
        }
    }
}

fn words(outcome: Result<(), Error>) -> String {
    match outcome {
        Ok(()) | Err(Error::RemoteClosed) => "the peer has closed the connection".to_owned(),
        Err(Error::RemoteClosedWithError(error)) => {
            format!("the peer has closed the connection: {}", said(&error))
        }
        Err(Error::TransportError(transport::Error::IdleTimeoutElapsed)) => {
            "nothing was heard of the peer for too long (idle_timeout)".to_owned()
        }
        Err(Error::TransportError(transport::Error::Io(error))) => {
            format!("the connection was lost: {error}")
        }
        Err(Error::TransportError(error)) => format!("the peer sends what is no AMQP 1.0: {error}"),
        // What the library says when the socket is at its end.
        Err(Error::IllegalState) => "the connection was lost".to_owned(),
        Err(error) => error.to_string(),
    }
}
