//! Settles the deliveries of one channel.
//!
//! Verdicts come from any thread. Who has to know that they are written writes them, and with them all that were
//! given meanwhile; a task does so for everybody else. Contiguous runs are acknowledged with one frame. The tags
//! are those of one channel; when it is gone, late verdicts go nowhere: the broker has requeued the messages.
//!
//! Not so those of a stream, which are not taken from it: to acknowledge one has the broker send more, and that is all.
//! They are this side's when they come in, so that each verdict counts, and none can go back.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::sync::{Mutex as AsyncMutex, Notify, oneshot};
use tokio::time::timeout;

use super::library::{BrokerError, Channel};
use crate::lock::lock;
use crate::transport::driver::{Settler, Verdict};

/// How long acknowledgements are gathered that nobody waits for, and how many at most. With 5 ms in place of 100 the
/// transport's own thread took 21 µs of each call of one caller at a time, in place of 5.
const GATHER: Duration = Duration::from_millis(100);
const GATHERED: usize = 64;

/// The settler of one channel. Unbounded in type, but there is at most one verdict for each delivery, and the
/// broker delivers no more than the prefetch limit before they are settled. The task ends with it.
#[derive(Debug)]
pub(super) struct Acks(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    channel: Arc<dyn Channel>,
    given: Mutex<Given>,
    /// Locked while frames are written, so that they go out in the order of their verdicts.
    window: AsyncMutex<Window>,
    /// Has the task write at once, and before long.
    now: Notify,
    soon: Notify,
    /// How many acknowledgements may be gathered.
    room: usize,
    /// Whether they come from a stream.
    of_stream: bool,
    /// Set when the channel is known to be gone, and what it delivered is back in its queues.
    lost: AtomicBool,
    /// Told of the first verdict that can't be written.
    failing: Mutex<Option<oneshot::Sender<BrokerError>>>,
    /// Nobody can give verdicts any more.
    ended: AtomicBool,
}

/// Verdicts that are not written.
#[derive(Debug, Default)]
struct Given {
    acks: Vec<u64>,
    rejects: Vec<(u64, bool)>,
    /// How many there were in all, those that are written included.
    count: u64,
}

impl Settler for Acks {
    fn settle(&self, tag: u64, verdict: Verdict) -> bool {
        let taken = self.0.take(tag, verdict).is_some();
        if taken {
            self.0.now.notify_one();
        }
        taken
    }

    fn gather(&self, tag: u64) -> bool {
        self.0.take(tag, Verdict::Ack).is_some()
    }

    fn acknowledge_before_long(&self, tag: u64) {
        match self.0.take(tag, Verdict::Ack) {
            Some(given) if given >= self.0.room => self.0.now.notify_one(),
            Some(1) => self.0.soon.notify_one(),
            _ => {}
        }
    }

    fn holds(&self, _: u64) -> bool {
        self.0.of_stream || self.0.is_open()
    }

    fn written(&self) -> BoxFuture<'static, bool> {
        let shared = self.0.clone();
        let count = lock(&shared.given).count;
        Box::pin(async move { shared.write(count).await })
    }
}

impl Acks {
    /// Starts the task that writes verdicts. `prefetch` is how many messages the broker delivers before it waits
    /// for them. When one can't be written, the channel is of no use any more, and the receiver is told why.
    pub(super) fn start(
        channel: Arc<dyn Channel>,
        prefetch: u16,
        of_stream: bool,
    ) -> (Arc<Self>, oneshot::Receiver<BrokerError>) {
        let (failing, failed) = oneshot::channel();
        let shared = Arc::new(Shared {
            channel,
            given: Mutex::default(),
            window: AsyncMutex::default(),
            now: Notify::new(),
            soon: Notify::new(),
            room: usize::from(prefetch / 4).clamp(1, GATHERED),
            of_stream,
            lost: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            failing: Mutex::new(Some(failing)),
        });
        tokio::spawn(run(shared.clone()));
        (Arc::new(Self(shared)), failed)
    }

    /// Refuses verdicts from now on.
    pub(super) fn lose(&self) {
        self.0.lose();
    }
}

impl Drop for Acks {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Release);
        self.0.now.notify_one();
    }
}

impl Shared {
    fn is_open(&self) -> bool {
        !self.lost.load(Ordering::Acquire)
    }

    fn lose(&self) {
        self.lost.store(true, Ordering::Release);
        self.now.notify_one();
    }

    /// Takes a verdict; how many acknowledgements are to be written then, if it counts.
    fn take(&self, tag: u64, verdict: Verdict) -> Option<usize> {
        if !self.is_open() {
            return self.of_stream.then_some(0);
        }
        let mut given = lock(&self.given);
        given.count += 1;
        match verdict {
            Verdict::Reject { requeue } if !self.of_stream => given.rejects.push((tag, requeue)),
            Verdict::Ack | Verdict::Reject { .. } => given.acks.push(tag),
        }
        Some(given.acks.len())
    }

    /// Resolves once the first `count` verdicts have been written, by this or by somebody before; `false` if it is
    /// certain that not all of them have left this process.
    async fn write(&self, count: u64) -> bool {
        let mut window = self.window.lock().await;
        if !self.is_open() {
            return self.of_stream || window.begun >= count;
        }
        let given = {
            let mut given = lock(&self.given);
            let rest = Given { count: given.count, ..Given::default() };
            std::mem::replace(&mut *given, rest)
        };
        let before = std::mem::replace(&mut window.begun, given.count);
        // Whoever writes may be dropped in the middle, with verdicts of others.
        let mut whole = Whole { shared: self, done: false };
        let written = write(&*self.channel, &mut window, given).await;
        whole.done = true;
        match written {
            Ok(()) => true,
            Err(Unwritten { error, certain }) => {
                self.fail(error);
                if certain {
                    window.begun = before;
                }
                self.of_stream || !certain
            }
        }
    }

    fn fail(&self, error: BrokerError) {
        self.lose();
        let failing = lock(&self.failing).take();
        // An error means that the channel is left already.
        let _ = failing.map(|failing| failing.send(error));
    }
}

/// Gives the channel up unless all verdicts were written that somebody took it upon themselves to write: what they
/// were about is delivered again by the next one.
struct Whole<'a> {
    shared: &'a Shared,
    done: bool,
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.shared.fail(BrokerError::Lost("nobody went on acknowledging".to_owned()));
        }
    }
}

async fn run(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            biased;
            () = shared.now.notified() => {}
            () = shared.soon.notified() => drop(timeout(GATHER, shared.now.notified()).await),
        }
        // Before the last verdicts are written: there may be some.
        let last = shared.ended.load(Ordering::Acquire) || !shared.is_open();
        shared.write(0).await;
        if last {
            return;
        }
    }
}

/// Why not all verdicts were written, and whether it is certain that none was.
struct Unwritten {
    error: BrokerError,
    certain: bool,
}

async fn write(channel: &dyn Channel, window: &mut Window, given: Given) -> Result<(), Unwritten> {
    let unsent = |error: &BrokerError| matches!(error, BrokerError::Unsent(_));
    for (tag, _) in &given.rejects {
        window.settled(*tag);
    }
    let acks = window.acknowledge(given.acks);
    if let ([], [(tag, multiple)]) = (&given.rejects[..], &acks[..]) {
        let written = channel.ack(*tag, *multiple).await;
        return written.map_err(|error| Unwritten { certain: unsent(&error), error });
    }
    // All are under way at once, and go out in this order: an acknowledgement of many may cover what is rejected.
    let rejects = given.rejects.iter().map(|(tag, requeue)| channel.reject(*tag, *requeue));
    let acks = acks.iter().map(|(tag, multiple)| channel.ack(*tag, *multiple));
    let written = join_all(rejects.chain(acks)).await;
    let certain = written.iter().all(|it| it.as_ref().is_err_and(unsent));
    let failed = written.into_iter().find_map(Result::err);
    failed.map_or(Ok(()), |error| Err(Unwritten { error, certain }))
}

/// Which tags are settled: all up to `until`, and some above.
#[derive(Debug, Default)]
struct Window {
    until: u64,
    above: BTreeSet<u64>,
    /// How many verdicts somebody has begun to write.
    begun: u64,
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
    use futures::FutureExt;
    use tokio::time::sleep;

    use super::super::fake::FakeLink;
    use super::super::library::Link;
    use super::*;

    async fn settler(prefetch: u16) -> (Arc<Acks>, Arc<Mutex<Vec<String>>>) {
        let link = FakeLink::answering([]);
        (Acks::start(link.open(false).await.unwrap(), prefetch, false).0, link.log)
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_writes_all_that_was_given() {
        let (acks, log) = settler(256).await;
        for tag in 1..=3 {
            assert!(acks.gather(tag));
        }
        assert!(lock(&log).is_empty());
        acks.written().await;
        assert_eq!(*lock(&log), ["1 ack until 3"]);
        acks.lose();
        assert!(!acks.gather(4));
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_is_gathered_for_a_while() {
        let (acks, log) = settler(256).await;
        acks.acknowledge_before_long(1);
        acks.acknowledge_before_long(2);
        sleep(GATHER / 2).await;
        assert!(lock(&log).is_empty());
        sleep(GATHER).await;
        assert_eq!(*lock(&log), ["1 ack until 2"]);
        for tag in 3..3 + GATHERED as u64 {
            acks.acknowledge_before_long(tag);
        }
        sleep(GATHER / 5).await;
        assert_eq!(lock(&log).len(), 2, "so many do not wait");
    }

    /// The broker delivers nothing more before it has the acknowledgement.
    #[tokio::test(start_paused = true)]
    async fn or_not_at_all_where_the_broker_waits() {
        let (acks, log) = settler(1).await;
        acks.acknowledge_before_long(1);
        sleep(GATHER / 5).await;
        assert_eq!(*lock(&log), ["1 ack 1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_rejected_is_settled_too() {
        let (acks, log) = settler(256).await;
        assert!(acks.settle(1, Verdict::Reject { requeue: false }));
        acks.written().await;
        for tag in 2..=3 {
            assert!(acks.gather(tag));
        }
        acks.written().await;
        assert_eq!(*lock(&log), ["1 drop 1", "1 ack until 3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_certainly_did_not_leave_is_told_from_what_may_have() {
        let unsent = || Err(BrokerError::Unsent("the channel is closed".to_owned()));
        let lost = || Err(BrokerError::Lost("no answer".to_owned()));
        for (tags, answers, left) in [
            (vec![1], vec![unsent()], false),
            (vec![1], vec![lost()], true),
            (vec![2, 4], vec![unsent(), unsent()], false),
            (vec![2, 4], vec![Ok(()), unsent()], true),
        ] {
            let link = FakeLink::answering([]);
            let (acks, _failed) = Acks::start(link.open(false).await.unwrap(), 256, false);
            answers.into_iter().for_each(|answer| link.on_ack(answer));
            for tag in &tags {
                assert!(acks.gather(*tag));
            }
            let (first, second) = (acks.written(), acks.written());
            assert_eq!((first.await, second.await), (left, left), "{tags:?}");
            assert!(!acks.gather(9), "the channel is of no use any more");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn verdicts_outlive_their_settler() {
        let (acks, log) = settler(256).await;
        acks.acknowledge_before_long(1);
        drop(acks);
        sleep(GATHER).await;
        assert_eq!(*lock(&log), ["1 ack 1"]);
    }

    /// A flood of what cannot be decoded holds up the acknowledgements of the rest no longer than one of them.
    #[tokio::test(start_paused = true)]
    async fn rejects_are_written_together_and_first() {
        let link = FakeLink::answering([]);
        let second = Duration::from_secs(1);
        link.rejects_take(second);
        let (acks, _failed) = Acks::start(link.open(false).await.unwrap(), 256, false);
        for tag in 1..=100 {
            assert!(acks.settle(tag, Verdict::Reject { requeue: false }));
        }
        assert!(acks.gather(101));
        let began = tokio::time::Instant::now();
        acks.written().await;
        assert!(began.elapsed() < 2 * second, "{:?}", began.elapsed());
        let log = lock(&link.log);
        assert_eq!((log.len(), log[0].as_str(), log[100].as_str()), (101, "1 drop 1", "1 ack 101"));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_known_what_never_left() {
        let (acks, log) = settler(256).await;
        assert!(acks.gather(1));
        let first = acks.written();
        assert!(first.await);
        assert!(acks.gather(2));
        let (second, earlier) = (acks.written(), { acks.0.write(1) });
        acks.lose();
        assert!(!second.await, "the channel was lost before it was written");
        assert!(earlier.await, "the first one was");
        assert_eq!(*lock(&log), ["1 ack 1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_writer_that_is_dropped_gives_the_channel_up() {
        let link = FakeLink::answering([]);
        let (acks, mut failed) = Acks::start(link.open(false).await.unwrap(), 256, false);
        let window = acks.0.window.lock().await;
        assert!(acks.gather(1));
        let mut waiting = acks.written();
        assert!((&mut waiting).now_or_never().is_none());
        drop((waiting, window));
        assert!(acks.holds(1) && failed.try_recv().is_err(), "it had not begun");
        drop(Whole { shared: &acks.0, done: false });
        assert!(!acks.holds(1) && failed.try_recv().is_ok());
    }

    /// It could not go back, and RabbitMQ closes the connection when it is asked to.
    #[tokio::test(start_paused = true)]
    async fn of_a_stream_all_is_acknowledged_and_counts() {
        let link = FakeLink::answering([]);
        let (acks, _failed) = Acks::start(link.open(false).await.unwrap(), 256, true);
        for (tag, requeue) in [(1, true), (2, false)] {
            assert!(acks.settle(tag, Verdict::Reject { requeue }));
        }
        assert!(acks.gather(3) && acks.written().await);
        assert_eq!(*lock(&link.log), ["1 ack until 3"]);
        assert!(acks.gather(4));
        link.on_ack(Err(BrokerError::Unsent("the channel is closed".to_owned())));
        assert!(acks.written().await, "nobody else has it");
        assert!(acks.holds(5) && acks.settle(5, Verdict::Ack) && acks.gather(6) && acks.written().await);
        assert_eq!(*lock(&link.log), ["1 ack until 3", "1 ack 4"]);
    }

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
