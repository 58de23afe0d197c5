//! The messages that a server has and that are not settled, and the verdicts on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use fe2o3_amqp::link::delivery::DeliveryInfo;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{Notify, watch};

use crate::lock::lock;
use crate::transport::driver::{Settler, Verdict};

/// How many links a server has: for those of any server of its topic, its own, and those of all.
pub(super) const LINKS: usize = 3;

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
    what: What,
}

#[derive(Debug)]
enum What {
    Open(DeliveryInfo),
    /// It was accepted when it came, and is held only to be counted. Its peer knows once so many verdicts are written.
    Accepted(u64),
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
    pub(super) fn hold(&self, link: usize, info: DeliveryInfo) -> u64 {
        lock(&self.state).hold(link, What::Open(info))
    }

    /// The same for one that came settled.
    pub(super) fn hold_settled(&self, link: usize) -> u64 {
        lock(&self.state).hold(link, What::Accepted(0))
    }

    /// The same for one that is accepted at once.
    pub(super) fn accept(&self, link: usize, info: DeliveryInfo) -> u64 {
        let mut state = lock(&self.state);
        state.count += 1;
        state.given.push(Given { link, info: Some(info), verdict: Verdict::Ack });
        let what = What::Accepted(state.count);
        let tag = state.hold(link, what);
        drop(state);
        self.now.notify_one();
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

    /// Gives back all that is held; how many there are that were accepted, and go nowhere.
    pub(super) fn give_back(&self) -> usize {
        let mut state = lock(&self.state);
        let tags: Vec<u64> = state.held.keys().copied().collect();
        let accepted = tags.iter().filter(|tag| state.accepted(**tag).is_some()).count();
        for tag in tags {
            state.give(tag, Verdict::Reject { requeue: true });
        }
        accepted
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
    fn hold(&mut self, link: usize, what: What) -> u64 {
        self.tags += 1;
        self.by_link[link] += 1;
        self.held.insert(self.tags, Held { link, what });
        self.tags
    }

    fn give(&mut self, tag: u64, verdict: Verdict) -> bool {
        let Some(Held { link, what }) = self.held.remove(&tag) else { return false };
        self.by_link[link] -= 1;
        let info = match what {
            What::Open(info) => {
                self.count += 1;
                Some(info)
            }
            What::Accepted(_) => None,
        };
        self.given.push(Given { link, info, verdict });
        true
    }

    /// If it is held and was accepted when it came, of which verdict its peer has to know.
    fn accepted(&self, tag: u64) -> Option<u64> {
        match self.held.get(&tag)?.what {
            What::Accepted(count) => Some(count),
            What::Open(_) => None,
        }
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
        // Nobody asks for what is written already, and its room is there again.
        if self.told(tag) { self.settle(tag, Verdict::Ack) } else { self.gives(tag, Verdict::Ack) }
    }

    fn holds(&self, tag: u64) -> bool {
        self.told(tag) || !self.0.is_lost() && lock(&self.0.state).held.contains_key(&tag)
    }

    fn accepted(&self, tag: u64) -> bool {
        lock(&self.0.state).accepted(tag).is_some()
    }

    fn told(&self, tag: u64) -> bool {
        let accepted = lock(&self.0.state).accepted(tag);
        accepted.is_some_and(|count| *self.0.written.borrow() >= count)
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
        // What was lost with the session is back with its peer, but for what that knows to be taken.
        (self.told(tag) || !self.0.is_lost()) && lock(&self.0.state).give(tag, verdict)
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
        let tags = [0, 0, 1].map(|link| ledger.hold_settled(link));
        assert_eq!((ledger.count(0), ledger.count(1)), (2, 1));
        assert!(acks.holds(tags[0]) && acks.settle(tags[0], Verdict::Ack));
        assert!(!acks.holds(tags[0]) && !acks.settle(tags[0], Verdict::Ack));
        ledger.changed().await;
        assert_eq!(ledger.give_back(), 2);
        let given: Vec<_> = ledger.take().into_iter().map(|given| (given.link, given.verdict)).collect();
        assert_eq!(given.len(), 3);
        assert_eq!(given[0], (0, Verdict::Ack));
        assert!(given[1..].iter().all(|(_, verdict)| *verdict == Verdict::Reject { requeue: true }));
        let tag = ledger.hold_settled(0);
        ledger.lose();
        assert!(acks.holds(tag) && acks.gather(tag), "nobody has it back");
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
