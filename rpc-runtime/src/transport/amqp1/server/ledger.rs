//! The messages that a server has and that are not settled, and the verdicts on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use fe2o3_amqp::link::delivery::DeliveryInfo;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{Notify, watch};

use super::LINKS;
use crate::lock::lock;
use crate::transport::driver::{Settler, Verdict};

/// Those of one session. When it is gone, late verdicts go nowhere: its peer has the messages back.
#[derive(Debug)]
pub(super) struct Ledger {
    state: Mutex<State>,
    /// Has the task of the server write verdicts.
    now: Notify,
    /// How many verdicts have left this process.
    written: watch::Receiver<u64>,
    /// Whether none can any more.
    lost: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    tags: u64,
    held: HashMap<u64, Held>,
    /// How many of them came by each link.
    by_link: [u32; LINKS],
    given: Vec<Given>,
    /// How many verdicts were given that are written, or will be.
    count: u64,
}

#[derive(Debug)]
struct Held {
    link: usize,
    /// None of a message that came settled, which is held only to be counted.
    info: Option<DeliveryInfo>,
}

/// A verdict that is not written.
#[derive(Debug)]
pub(super) struct Given {
    /// Which of the server's links the message came by.
    pub(super) link: usize,
    pub(super) info: Option<DeliveryInfo>,
    pub(super) verdict: Verdict,
}

impl Ledger {
    /// `written` is how many verdicts on messages of its session have left this process.
    pub(super) fn new(written: watch::Receiver<u64>) -> Arc<Self> {
        let (state, now) = (Mutex::default(), Notify::new());
        Arc::new(Self { state, now, written, lost: watch::Sender::new(false) })
    }

    /// Holds a message, and gives the tag to settle it by.
    pub(super) fn hold(&self, link: usize, info: Option<DeliveryInfo>) -> u64 {
        let mut state = lock(&self.state);
        state.tags += 1;
        let tag = state.tags;
        state.by_link[link] += 1;
        state.held.insert(tag, Held { link, info });
        tag
    }

    /// How many messages of a link are held.
    pub(super) fn count(&self, link: usize) -> u32 {
        lock(&self.state).by_link[link]
    }

    /// Waits until there are verdicts to write.
    pub(super) async fn changed(&self) {
        self.now.notified().await;
    }

    /// The verdicts that are not written, in the order in which they were given.
    pub(super) fn take(&self) -> Vec<Given> {
        std::mem::take(&mut lock(&self.state).given)
    }

    /// Gives back all that is held.
    pub(super) fn give_back(&self) {
        let mut state = lock(&self.state);
        let tags: Vec<u64> = state.held.keys().copied().collect();
        for tag in tags {
            state.give(tag, Verdict::Reject { requeue: true });
        }
    }

    /// How many verdicts there were.
    pub(super) fn given(&self) -> u64 {
        lock(&self.state).count
    }

    /// Refuses verdicts from now on.
    pub(super) fn lose(&self) {
        self.lost.send_replace(true);
    }

    /// Waits until so many verdicts have left this process; `false` if not all of them can any more.
    pub(super) async fn written_up_to(&self, count: u64) -> bool {
        let (mut written, mut lost) = (self.written.clone(), self.lost.subscribe());
        tokio::select! {
            biased;
            found = written.wait_for(|written| *written >= count) => found.is_ok(),
            _ = lost.wait_for(|lost| *lost) => *self.written.borrow() >= count,
        }
    }

    fn is_lost(&self) -> bool {
        *self.lost.borrow()
    }
}

impl State {
    fn give(&mut self, tag: u64, verdict: Verdict) -> bool {
        let Some(Held { link, info }) = self.held.remove(&tag) else { return false };
        self.by_link[link] -= 1;
        self.count += u64::from(info.is_some());
        self.given.push(Given { link, info, verdict });
        true
    }
}

/// What [`Settler`] asks for: it has to be able to wait for the ledger itself.
#[derive(Debug)]
pub(super) struct Acks(pub(super) Arc<Ledger>);

impl Settler for Acks {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        let counts = self.gives(tag, verdict);
        if counts {
            self.0.now.notify_one();
        }
        counts
    }

    fn gather(&self, tag: u64) -> bool {
        self.gives(tag, Verdict::Ack)
    }

    fn holds(&self, tag: u64) -> bool {
        !self.0.is_lost() && lock(&self.0.state).held.contains_key(&tag)
    }

    fn written(&self) -> BoxFuture<'static, bool> {
        let ledger = Arc::clone(&self.0);
        let count = ledger.given();
        ledger.now.notify_one();
        async move { ledger.written_up_to(count).await }.boxed()
    }
}

impl Acks {
    fn gives(&self, tag: u64, verdict: Verdict) -> bool {
        !self.0.is_lost() && lock(&self.0.state).give(tag, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger, and what says how many verdicts are written. Nothing here has deliveries of the client library.
    fn ledger() -> (Arc<Ledger>, Acks, watch::Sender<u64>) {
        let (writing, written) = watch::channel(0);
        let ledger = Ledger::new(written);
        (Arc::clone(&ledger), Acks(ledger), writing)
    }

    #[tokio::test]
    async fn a_verdict_counts_once_and_only_until_the_session_is_lost() {
        let (ledger, acks, _writing) = ledger();
        let tags = [0, 0, 1].map(|link| ledger.hold(link, None));
        assert_eq!((ledger.count(0), ledger.count(1)), (2, 1));
        assert!(acks.holds(tags[0]) && acks.settle(tags[0], Verdict::Ack));
        assert!(!acks.holds(tags[0]) && !acks.settle(tags[0], Verdict::Ack));
        ledger.changed().await;
        ledger.give_back();
        let given: Vec<_> = ledger.take().into_iter().map(|given| (given.link, given.verdict)).collect();
        assert_eq!(given.len(), 3);
        assert_eq!(given[0], (0, Verdict::Ack));
        assert!(given[1..].iter().all(|(_, verdict)| *verdict == Verdict::Reject { requeue: true }));
        let tag = ledger.hold(0, None);
        ledger.lose();
        assert!(!acks.holds(tag) && !acks.gather(tag));
    }

    #[tokio::test]
    async fn whoever_waits_learns_whether_all_was_written() {
        let (ledger, acks, writing) = ledger();
        assert!(acks.written().await, "there was nothing");
        let (mut two, mut three) = (Box::pin(ledger.written_up_to(2)), Box::pin(ledger.written_up_to(3)));
        assert!((&mut two).now_or_never().is_none());
        writing.send_replace(2);
        assert!(two.await);
        assert!((&mut three).now_or_never().is_none());
        ledger.lose();
        assert!(!three.await);
        assert!(ledger.written_up_to(2).await, "it was written before");
    }
}
