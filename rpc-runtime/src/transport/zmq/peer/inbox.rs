//! Where the messages of a peer go.

use std::task::{Context, Poll};

use super::super::zmtp::Multipart;

/// Takes what a peer sends, on the task of its connection: it must not block.
pub(crate) trait Inbox: Send + Unpin {
    /// Whether the next message can be taken. While it cannot, nothing is read, and the peer has to wait; it is not thought
    /// dead meanwhile, whatever it says or does not say.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Takes one, after there was room.
    fn take(&mut self, message: Multipart);
}
