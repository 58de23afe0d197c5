//! What becomes of bytes on their way through a proxy.

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio::sync::watch;

/// What happens to the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// They pass at once.
    Pass,
    /// They pass so much later, in order.
    Delay(Duration),
    /// Nothing is read: the sender's buffers fill up. Nothing is lost either.
    Hold,
    /// They are taken and lost. The connection stays open and silent in this direction, also after
    /// [`Proxy::resume`](super::Proxy::resume): there is no way back into a stream that has a hole.
    Swallow,
    /// They pass; a connection on which none come for so long ends, as a load balancer has it.
    CutIdle {
        /// How long none may come.
        after: Duration,
        /// How it ends.
        end: End,
    },
    /// So many bytes pass, and then as few more as it takes to be inside an AMQP frame. Then the
    /// connection ends.
    Cut {
        /// How many bytes pass on each connection.
        after: usize,
        /// How it ends.
        end: End,
    },
}

/// How a connection ends, for both of its sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In an orderly way, as far as TCP can tell (FIN).
    Close,
    /// As after a crash (RST).
    Reset,
}

/// What the connections look at for one direction.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) flow: watch::Sender<Flow>,
    pub(super) affected: AtomicUsize,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { flow: watch::Sender::new(Flow::Pass), affected: AtomicUsize::new(0) }
    }
}
