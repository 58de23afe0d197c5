//! One peer: a connection that is ours, from its first byte to the one reason for its end.
//!
//! [`connect`] and [`accept`] shake hands and give two things: a [`Connection`], which somebody has to poll, and the [`Peer`],
//! by which messages are handed over. There is no task beside, and neither outlives the other: the connection ends when
//! the peer is dropped, and the peer sends nothing once the connection has ended.

mod connection;
mod end;
mod handshake;
mod inbox;
mod job;
mod liveness;
mod options;
mod queue;
mod tcp;
mod under_way;

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

pub(crate) use self::connection::Connection;
pub(crate) use self::end::{End, Foul};
use self::handshake::shake_hands;
pub(crate) use self::inbox::Inbox;
pub(crate) use self::job::{Outcome, SendError, SendFault, Ticket};
pub(crate) use self::options::Options;
use self::queue::Queue;
pub(crate) use self::queue::Room;
pub(crate) use self::tcp::undelayed;
#[cfg(test)]
use super::zmtp::Version;
use super::zmtp::{Multipart, Ready, Socket};

/// The way to a peer that is ready. Dropped, it closes the connection; what waits is not written then.
#[derive(Debug)]
pub(crate) struct Peer {
    queue: Arc<Queue>,
    theirs: Ready,
    #[cfg(test)]
    version: Version,
}

/// Shakes hands as the side that has connected: a DEALER. `ours` is what else it says of itself.
pub(crate) async fn connect<S, I>(
    stream: S,
    ours: Ready,
    inbox: I,
    options: &Options,
) -> Result<(Peer, Connection<S, I>), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Inbox,
{
    open(stream, Socket::Dealer, ours, inbox, options).await
}

/// Shakes hands as the side that was connected to: a ROUTER.
pub(crate) async fn accept<S, I>(
    stream: S,
    ours: Ready,
    inbox: I,
    options: &Options,
) -> Result<(Peer, Connection<S, I>), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Inbox,
{
    open(stream, Socket::Router, ours, inbox, options).await
}

async fn open<S, I>(
    mut stream: S,
    socket: Socket,
    ours: Ready,
    inbox: I,
    options: &Options,
) -> Result<(Peer, Connection<S, I>), End>
where
    S: AsyncRead + AsyncWrite + Unpin,
    I: Inbox,
{
    let shaken = shake_hands(&mut stream, socket, ours, options).await?;
    let theirs = shaken.theirs.clone();
    let queue = Queue::new(options.queue);
    let peer = Peer {
        queue: Arc::clone(&queue),
        theirs,
        #[cfg(test)]
        version: shaken.version,
    };
    Ok((peer, Connection::new(stream, inbox, shaken, queue, options)))
}

impl Peer {
    /// What the peer says of itself.
    pub(crate) fn theirs(&self) -> &Ready {
        &self.theirs
    }

    #[cfg(test)]
    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// Sends a message: waits for room, and for it to be written, until the deadline at the latest. Once it has room, it may
    /// be written although the future is dropped.
    pub(crate) fn send(
        &self,
        message: Multipart,
        deadline: Instant,
    ) -> impl Future<Output = Outcome> + use<> {
        Arc::clone(&self.queue).send(message, deadline)
    }

    /// Hands over a message if there is room for it now. It is not begun once its deadline has passed, which its sender has to
    /// watch if it wants to know before the connection comes to it.
    pub(crate) fn offer(&self, message: Multipart, deadline: Instant) -> Result<Ticket, SendError> {
        self.queue.offer(message, deadline)
    }

    /// Room for a message of so many bytes, if there is any now.
    pub(crate) fn room_now(&self, bytes: usize) -> Option<Room> {
        self.queue.room_now(bytes)
    }

    /// Waits for room for a message of so many bytes, until the deadline.
    pub(crate) async fn room(&self, bytes: usize, deadline: Instant) -> Result<Room, SendError> {
        self.queue.room(bytes, deadline).await
    }

    /// Hands over a message that has room; otherwise like [`offer`](Self::offer).
    pub(crate) fn put(&self, message: Multipart, deadline: Instant, room: Room) -> Result<Ticket, SendError> {
        self.queue.put(message, deadline, room)
    }

    /// Ends the connection now; what waits is not written.
    pub(crate) fn cut(&self) {
        self.queue.cut();
    }

    /// Takes no more messages, and has the connection end once those are written that it has and the peer has closed its side.
    /// What comes meanwhile is taken. A peer that does not close is the matter of whoever waits, who has to drop this then.
    pub(crate) fn close(&self) {
        self.queue.close();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.queue.cut();
    }
}

#[cfg(test)]
mod tests;
