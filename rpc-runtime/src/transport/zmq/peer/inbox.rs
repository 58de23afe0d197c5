//! Where the messages of a peer go.

use std::task::{Context, Poll};

use super::super::zmtp::Multipart;
use super::end::Foul;

/// Takes what a peer sends, on the task of its connection: it must not block.
pub(crate) trait Inbox: Send + Unpin {
    /// Whether the next message can be taken. While it cannot, nothing is read, and the peer has to wait; it is not thought
    /// dead meanwhile, whatever it says or does not say.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Takes one, after there was room. What the peer may not send at all ends the connection.
    fn take(&mut self, message: Multipart) -> Result<(), Foul>;

    /// Is told how many bytes are kept of a message that is not whole yet. If those are too many the connection ends.
    fn keeps(&mut self, _bytes: usize) -> Result<(), Foul> {
        Ok(())
    }

    /// What is to be said next, before all that waits to be sent. It is asked whenever the connection writes; whoever has
    /// something to say later has it polled again.
    fn poll_word(&mut self, _cx: &mut Context<'_>) -> Poll<Multipart> {
        Poll::Pending
    }
}
