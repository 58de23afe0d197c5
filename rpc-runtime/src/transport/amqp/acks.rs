//! Settles the deliveries of one channel.
//!
//! Verdicts come from any thread and are written by one task, which acknowledges contiguous runs with one
//! frame. The tags are those of one channel; when it is gone, so is the task, and late verdicts go nowhere:
//! the broker has requeued the messages.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::broker::{BrokerError, Channel};
use crate::transport::driver::{Settler, Verdict};

/// How many verdicts are taken at once.
const BATCH: usize = 64;

/// The settler of one channel. Unbounded in type, but there is at most one verdict for each delivery, and the
/// broker delivers no more than the prefetch limit before they are settled.
#[derive(Debug)]
pub(super) struct Acks {
    commands: mpsc::UnboundedSender<Command>,
    /// Set when the channel is known to be gone, and what it delivered is back in its queues.
    lost: AtomicBool,
}

#[derive(Debug)]
enum Command {
    Settle(u64, Verdict),
    Flush(oneshot::Sender<()>),
}

impl Settler for Acks {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        // An error means that the channel is gone.
        self.holds(tag) && self.commands.send(Command::Settle(tag, verdict)).is_ok()
    }

    fn holds(&self, _: u64) -> bool {
        !self.lost.load(Ordering::Acquire)
    }

    fn written(&self) -> BoxFuture<'static, ()> {
        let (done, flushed) = oneshot::channel();
        // An error, here or from the channel, means that the task is gone, and with it the channel.
        let _ = self.commands.send(Command::Flush(done));
        Box::pin(async move { drop(flushed.await) })
    }
}

impl Acks {
    /// Starts the task that writes the verdicts; it ends with the last handle, or when one can't be written: then
    /// the channel is of no use any more, and the receiver is told why.
    pub(super) fn start(channel: Arc<dyn Channel>) -> (Arc<Self>, oneshot::Receiver<BrokerError>) {
        let (sender, commands) = mpsc::unbounded_channel();
        let (failing, failed) = oneshot::channel();
        tokio::spawn(async move {
            if let Err(error) = run(channel, commands).await {
                // An error means that the channel is left already.
                let _ = failing.send(error);
            }
        });
        (Arc::new(Self { commands: sender, lost: AtomicBool::new(false) }), failed)
    }

    /// Refuses verdicts from now on.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
    }
}

async fn run(
    channel: Arc<dyn Channel>,
    mut commands: mpsc::UnboundedReceiver<Command>,
) -> Result<(), BrokerError> {
    let mut window = Window::default();
    let mut batch = Vec::with_capacity(BATCH);
    while commands.recv_many(&mut batch, BATCH).await > 0 {
        let mut acks = Vec::new();
        let mut rejects = Vec::new();
        let mut flushes = Vec::new();
        for command in batch.drain(..) {
            match command {
                Command::Settle(tag, Verdict::Ack) => acks.push(tag),
                Command::Settle(tag, Verdict::Reject { requeue }) => rejects.push((tag, requeue)),
                Command::Flush(done) => flushes.push(done),
            }
        }
        write(&*channel, &mut window, acks, rejects).await?;
        for done in flushes {
            let _ = done.send(());
        }
    }
    Ok(())
}

async fn write(
    channel: &dyn Channel,
    window: &mut Window,
    acks: Vec<u64>,
    rejects: Vec<(u64, bool)>,
) -> Result<(), BrokerError> {
    for (tag, requeue) in rejects {
        channel.reject(tag, requeue).await?;
        window.settled(tag);
    }
    for (tag, multiple) in window.acknowledge(acks) {
        channel.ack(tag, multiple).await?;
    }
    Ok(())
}

/// Which tags are settled: all up to `until`, and some above.
#[derive(Debug, Default)]
struct Window {
    until: u64,
    above: BTreeSet<u64>,
}

impl Window {
    fn settled(&mut self, tag: u64) {
        self.above.insert(tag);
        self.advance();
    }

    fn advance(&mut self) {
        while self.above.first() == Some(&(self.until + 1)) {
            self.until += 1;
            self.above.pop_first();
        }
    }

    /// The acknowledgements to write for `tags`, as (tag, multiple).
    ///
    /// One with `multiple` covers everything up to its tag, which must not be settled yet itself: so it is the
    /// last of `tags` below which nothing is open.
    fn acknowledge(&mut self, mut tags: Vec<u64>) -> Vec<(u64, bool)> {
        tags.sort_unstable();
        self.above.extend(&tags);
        self.advance();
        let covered = tags.partition_point(|tag| *tag <= self.until);
        let run = covered.checked_sub(1).map(|last| (tags[last], covered > 1));
        run.into_iter().chain(tags[covered..].iter().map(|tag| (*tag, false))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_one_frame() {
        let mut window = Window::default();
        assert_eq!(window.acknowledge(vec![1]), [(1, false)]);
        assert_eq!(window.acknowledge(vec![4, 2, 3]), [(4, true)]);
        assert_eq!(window.acknowledge(vec![]), []);
    }

    #[test]
    fn what_is_open_is_not_covered() {
        let mut window = Window::default();
        assert_eq!(window.acknowledge(vec![1, 2, 4, 5]), [(2, true), (4, false), (5, false)]);
        // 3 closes the gap, but 4 and 5 are settled already and can't be named again.
        assert_eq!(window.acknowledge(vec![3]), [(3, false)]);
        assert_eq!(window.acknowledge(vec![6, 7]), [(7, true)]);
        assert!(window.above.is_empty());
    }

    #[test]
    fn rejected_ones_close_gaps() {
        let mut window = Window::default();
        window.settled(2);
        assert_eq!(window.acknowledge(vec![1, 3]), [(3, true)]);
        window.settled(4);
        assert_eq!(window.acknowledge(vec![6]), [(6, false)]);
        assert_eq!(window.acknowledge(vec![5]), [(5, false)]);
        assert_eq!(window.until, 6);
    }
}
