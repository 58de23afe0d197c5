//! Reading of messages that takes long.

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::memory::{Held, Memory};
use crate::aside::Aside;
use crate::transport::driver::Delivery;
use crate::wire::{DecodeError, Limits, MessageFormat, ReplyAddress, Request};

/// A compressed body up to so many bytes is read beside the large ones: it cannot become much.
const SMALL: usize = 8 << 10;

/// Reads messages one after the other on threads of its own, so that others go on meanwhile. There are no more of
/// them than the broker hands over before they are settled.
#[derive(Debug)]
pub(super) struct Reader {
    small: Aside,
    large: Aside,
    format: MessageFormat,
    limits: Limits,
    memory: Memory,
    runtime: Handle,
    sender: mpsc::UnboundedSender<Readout>,
    read: mpsc::UnboundedReceiver<Readout>,
    /// Those that were given and not taken back.
    reading: usize,
}

/// A message that was read.
#[derive(Debug)]
pub(super) struct Readout {
    pub(super) delivery: Delivery,
    pub(super) request: Result<Request, Unread>,
    pub(super) held: Option<Held>,
}

/// Why a message was not read, and who waits for an answer, if that can be told.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) error: DecodeError,
    pub(super) caller: Option<ReplyAddress>,
}

/// Reads a message, here and now.
pub(super) fn read(
    delivery: &mut Delivery,
    format: MessageFormat,
    limits: &Limits,
) -> Result<Request, Unread> {
    if let Some(excess) = &mut delivery.excess {
        return Err(Unread {
            error: DecodeError::TooLarge { limit: limits.max_body },
            caller: excess.caller.take(),
        });
    }
    let content = delivery.labels.content();
    format.read_request(&delivery.body, &content, limits).map_err(|error| {
        let caller = format.unread_caller(&delivery.body, &content, limits, &error);
        Unread { error, caller }
    })
}

impl Reader {
    /// For a server on the runtime of the caller.
    pub(super) fn new(format: MessageFormat, limits: Limits, memory: Memory) -> Self {
        let (sender, read) = mpsc::unbounded_channel();
        let (small, large) = (Aside::new("rpc-reader"), Aside::new("rpc-reader-large"));
        let runtime = Handle::current();
        Self { small, large, format, limits, memory, runtime, sender, read, reading: 0 }
    }

    /// Reads a message when it is its turn, and has it wait for the memory that it takes.
    pub(super) fn give(&mut self, mut delivery: Delivery) {
        let Self { format, limits, .. } = *self;
        let (memory, runtime, sender) = (self.memory.clone(), self.runtime.clone(), self.sender.clone());
        self.reading += 1;
        let lane = if delivery.body.len() <= SMALL { &self.small } else { &self.large };
        lane.give(move || {
            let request = read(&mut delivery, format, &limits);
            let held = request.as_ref().ok().and_then(|request| memory.wait_for_request(request, &runtime));
            // If nobody receives, the message goes back to its queue.
            drop(sender.send(Readout { delivery, request, held }));
        });
    }

    /// Whether messages are being read, or wait to be taken back.
    pub(super) fn is_reading(&self) -> bool {
        self.reading > 0
    }

    /// The next message that was read; waits for ever if there is none. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Readout> {
        let readout = self.read.recv().await?;
        self.reading -= 1;
        Some(readout)
    }
}
