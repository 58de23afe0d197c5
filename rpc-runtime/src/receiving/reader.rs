//! Reading of messages that takes long.

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::memory::{Held, Memory};
use crate::aside::Aside;
use crate::transport::driver::Delivery;
use crate::wire::{Limits, MessageFormat};

/// A compressed body up to so many bytes is read beside the large ones: it cannot become much.
const SMALL: usize = 8 << 10;

/// What a message is read as.
pub(crate) trait Read: Sized + Send + 'static {
    /// Why a message was not read.
    type Unread: Send + 'static;

    /// Reads a message, here and now.
    fn read(delivery: &mut Delivery, format: MessageFormat, limits: &Limits) -> Result<Self, Self::Unread>;

    /// About how many bytes of memory it takes.
    fn size(&self) -> usize;
}

/// Reads messages one after the other on threads of its own, so that others go on meanwhile. There are no more of
/// them than the broker hands over before they are settled.
#[derive(Debug)]
pub(crate) struct Reader<R: Read> {
    small: Aside,
    large: Aside,
    format: MessageFormat,
    limits: Limits,
    memory: Memory,
    runtime: Handle,
    sender: mpsc::UnboundedSender<Readout<R>>,
    read: mpsc::UnboundedReceiver<Readout<R>>,
    /// Those that were given and not taken back.
    reading: usize,
}

/// A message that was read.
#[derive(Debug)]
pub(crate) struct Readout<R: Read> {
    pub(crate) delivery: Delivery,
    pub(crate) message: Result<R, R::Unread>,
    pub(crate) held: Option<Held>,
}

impl<R: Read> Reader<R> {
    /// For a receiver on the runtime of the caller.
    pub(crate) fn new(format: MessageFormat, limits: Limits, memory: Memory) -> Self {
        let (sender, read) = mpsc::unbounded_channel();
        let (small, large) = (Aside::new("rpc-reader"), Aside::new("rpc-reader-large"));
        let runtime = Handle::current();
        Self { small, large, format, limits, memory, runtime, sender, read, reading: 0 }
    }

    /// Reads a message when it is its turn, and has it wait for the memory that it takes.
    pub(crate) fn give(&mut self, mut delivery: Delivery) {
        let Self { format, limits, .. } = *self;
        let (memory, runtime, sender) = (self.memory.clone(), self.runtime.clone(), self.sender.clone());
        self.reading += 1;
        let lane = if delivery.body.len() <= SMALL { &self.small } else { &self.large };
        lane.give(move || {
            let message = R::read(&mut delivery, format, &limits);
            let size = message.as_ref().ok().map(R::size);
            let held = size.and_then(|size| memory.wait_with_thread(size, &runtime));
            // If nobody receives, the message goes back to its queue.
            drop(sender.send(Readout { delivery, message, held }));
        });
    }

    /// Whether messages are being read, or wait to be taken back.
    pub(crate) fn is_reading(&self) -> bool {
        self.reading > 0
    }

    /// The next message that was read; waits for ever if there is none. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Option<Readout<R>> {
        let readout = self.read.recv().await?;
        self.reading -= 1;
        Some(readout)
    }
}
