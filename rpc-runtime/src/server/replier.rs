//! Replies on their way to callers.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout_at};

use super::counters::Tally;
use super::log::Log;
use crate::clock::{after, later};
use crate::error::{Fault, FaultKind, RemoteError};
use crate::lock::lock;
use crate::receiving::{Held, Memory};
use crate::transport::Transport;
use crate::transport::driver::{Outgoing, PublishError, PublishFault, Route, Wanted};
use crate::wire::ReplyAddress;

/// Replies that may be on their way at once; beyond it, handlers wait.
const PENDING: u32 = 1024;
/// Replies that may wait at once for their queue to come back; beyond it, they are dropped.
const PARKED: usize = 256;
/// The part of the memory of replies that they may take meanwhile: one in so many.
const PARKED_SHARE: usize = 4;
/// How often a reply whose queue is missing is tried.
const RETRY: Duration = Duration::from_millis(250);
/// Reply queues that are remembered as gone.
const GONE: usize = 200;
/// How long the broker may take for a reply, each time that it is sent. It is sent again after that, unless the broker
/// has refused it: how long its caller waits, nobody knows here.
const ATTEMPT: Duration = Duration::from_secs(60);
/// After how long without a connection that takes it a reply is given up: longer than callers wait, and than a
/// transport that nobody uses any more should live for its sake.
const LONGEST: Duration = Duration::from_secs(3600);

/// Sends the replies of a server, without holding up its workers.
///
/// A reply outlasts reconnects. A missing reply queue is tried again for a while, which begins when it is first
/// missed: after a restart of the broker the caller needs a moment to declare it anew. A queue that did not come
/// back is remembered, so that the replies of a hundred calls of a dead caller do not each wait for it.
#[derive(Debug)]
pub(super) struct Replier {
    transport: Transport,
    /// Of the server: what has to be tried again is tried there.
    runtime: Handle,
    pending: Arc<Semaphore>,
    parked: Semaphore,
    /// What replies on their way may take, if they are large.
    memory: Memory,
    /// What those may take that wait for their queue to come back.
    parked_memory: Memory,
    gone: Mutex<VecDeque<(Arc<str>, Instant)>>,
    tally: Arc<Tally>,
    log: Arc<Log>,
}

/// The right to have one reply on its way.
pub(super) struct Slot {
    #[expect(dead_code, reason = "held for its drop")]
    place: OwnedSemaphorePermit,
    held: Option<Held>,
}

impl Replier {
    /// For a server on the runtime of the caller.
    ///
    /// `memory` is what large replies may take, in bytes.
    pub(super) fn new(transport: &Transport, memory: usize, tally: Arc<Tally>, log: Arc<Log>) -> Self {
        Self {
            transport: transport.clone(),
            runtime: Handle::current(),
            pending: Arc::new(Semaphore::new(PENDING as usize)),
            parked: Semaphore::new(PARKED),
            memory: Memory::new(memory - memory / PARKED_SHARE),
            parked_memory: Memory::new(memory / PARKED_SHARE),
            gone: Mutex::default(),
            tally,
            log,
        }
    }

    /// Waits for room for one more reply of so many bytes; `None` only if the replier was shut down.
    pub(super) async fn slot(&self, bytes: usize) -> Option<Slot> {
        let place = Arc::clone(&self.pending).acquire_owned().await.ok()?;
        Some(Slot { place, held: self.memory.wait_for(bytes).await })
    }

    /// Has no reply wait for memory any more.
    pub(super) fn hurry(&self) {
        self.memory.close();
    }

    /// Waits until no reply is on its way.
    pub(super) async fn drained(&self, deadline: Instant) {
        drop(timeout_at(deadline, self.pending.acquire_many(PENDING)).await);
    }

    /// Sends a heartbeat once; whether its queue is there.
    pub(super) async fn heartbeat(&self, queue: &Arc<str>, body: Bytes) -> bool {
        let sent = self.transport.driver().publish(message(queue, body, after(RETRY))).await;
        !matches!(sent, Err(PublishError { fault: PublishFault::Unroutable(_) | PublishFault::Gone(_), .. }))
    }

    /// Sends a reply, until the broker has it or it is certain that nobody can get it; `done` is called then. No
    /// task waits for that, unless there is trouble.
    ///
    /// In place of one that the broker does not take because it is too large goes a failure that says so.
    pub(super) fn send(
        self: &Arc<Self>,
        to: ReplyAddress,
        body: Bytes,
        method: Cow<'static, str>,
        mut slot: Slot,
        done: impl FnOnce() + Send + 'static,
    ) {
        // A shutdown waits for the slots, and closes the channel of what `done` settles.
        let over = |slot| {
            done();
            drop(slot);
        };
        let (began, queue) = (Instant::now(), Arc::<str>::from(to.queue));
        let (replier, reply) = (Arc::clone(self), message(&queue, body.clone(), later(began, ATTEMPT)));
        let told = move |outcome| match outcome {
            Ok(()) => over(slot),
            Err(error) => drop(replier.runtime.clone().spawn(async move {
                if let Err(error) = replier.send_again(error, &queue, body, began, &mut slot).await {
                    replier.log.reply_dropped(&method, &queue, &error.why);
                    replier.tally.replies_dropped.add_one();
                    if error.kind == FaultKind::TooLarge {
                        replier.send_failure(&to.msg_id, &queue, error.why, &mut slot).await;
                    }
                }
                over(slot);
            })),
        };
        self.transport.driver().post(reply, Box::new(told));
    }

    /// Tells a caller why there is no reply.
    async fn send_failure(&self, msg_id: &str, queue: &Arc<str>, why: String, slot: &mut Slot) {
        let error = RemoteError::builtin("ValueError", format!("the reply cannot be sent: {why}"));
        let body = self.transport.driver().format().failure(msg_id, &error);
        let sent = self.transport.driver().publish(message(queue, body.clone(), after(ATTEMPT))).await;
        if let Err(error) = sent
            && let Err(error) = self.send_again(error, queue, body, Instant::now(), slot).await
        {
            self.log.not_told(queue, &error.why);
        }
    }

    /// Goes on with a reply that failed; tells why it cannot be delivered.
    async fn send_again(
        &self,
        mut error: PublishError,
        queue: &Arc<str>,
        body: Bytes,
        began: Instant,
        slot: &mut Slot,
    ) -> Result<(), Fault> {
        let gone = |why: &str| Err(Fault::new(FaultKind::NotFound, why));
        let patience = self.transport.reply_patience();
        let (mut parked, mut missed) = (None, None);
        loop {
            match error.fault {
                PublishFault::Unroutable(_) if self.is_gone(queue) => {
                    return gone("its queue is gone");
                }
                PublishFault::Unroutable(_) => {
                    let missed = *missed.get_or_insert_with(Instant::now);
                    if after(RETRY) >= later(missed, patience) {
                        self.note_gone(queue, patience);
                        return gone("its queue did not come back");
                    }
                    parked = parked.or_else(|| self.park(body.len()));
                    if parked.is_none() {
                        return gone("its queue is missing and too many others wait already");
                    }
                    // What waits for callers that may be gone is not in the way of the others.
                    slot.held = None;
                    sleep(RETRY).await;
                }
                // The time of this attempt went by without the broker.
                PublishFault::Expired(_) if began.elapsed() < LONGEST => {}
                fault => return Err(fault.into_fault()),
            }
            match self.transport.driver().publish(message(queue, body.clone(), after(ATTEMPT))).await {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    /// A place and memory for a reply whose queue is missing, if there is any.
    fn park(&self, bytes: usize) -> Option<(SemaphorePermit<'_>, Option<Held>)> {
        let place = self.parked.try_acquire().ok()?;
        Some((place, self.parked_memory.take(bytes).ok()?))
    }

    fn is_gone(&self, queue: &str) -> bool {
        let mut gone = lock(&self.gone);
        let now = Instant::now();
        gone.retain(|(_, until)| *until > now);
        gone.iter().any(|(name, _)| &**name == queue)
    }

    fn note_gone(&self, queue: &Arc<str>, patience: Duration) {
        let mut gone = lock(&self.gone);
        // Several replies to one caller can end here; the last entry is the one that lasts longest.
        gone.retain(|(name, _)| name != queue);
        if gone.len() == GONE {
            gone.pop_front();
        }
        gone.push_back((Arc::clone(queue), after(patience)));
    }
}

fn message(queue: &Arc<str>, body: Bytes, deadline: Instant) -> Outgoing {
    let route = Route::Reply { queue: Arc::clone(queue) };
    Outgoing { route, body, ask: None, mandatory: true, expiration: None, deadline, wanted: Wanted::AtOnce }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::error::Reached;
    use crate::transport::stub::Stub;

    /// What becomes of a reply.
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Fate {
        Taken,
        Missing,
        /// There is no connection until its deadline.
        Outage,
        TooLarge,
        /// Who waited for it will not come back.
        Gone,
    }

    fn missing() -> PublishError {
        PublishError::from(PublishFault::Unroutable("312 NO_ROUTE".to_owned()))
    }

    /// The bodies that arrive, how long that took, and how many replies were dropped.
    async fn replied(patience: u64, fates: impl IntoIterator<Item = Fate>) -> (Vec<Bytes>, Duration, u64) {
        let sent = Arc::<Mutex<Vec<Bytes>>>::default();
        let (arrived, fates) = (Arc::clone(&sent), Mutex::new(fates.into_iter().collect::<VecDeque<_>>()));
        let stub = Stub::publishing(move |message| {
            let fate = lock(&fates).pop_front().unwrap_or(Fate::Taken);
            let arrived = Arc::clone(&arrived);
            async move {
                let fault = match fate {
                    Fate::Taken => {
                        assert!(message.deadline > Instant::now(), "there is no time left to send it");
                        lock(&arrived).push(message.body);
                        return Ok(());
                    }
                    Fate::Missing => PublishFault::Unroutable("312 NO_ROUTE".to_owned()),
                    Fate::Outage => {
                        tokio::time::sleep_until(message.deadline).await;
                        PublishFault::Expired("not sent: no connection".to_owned())
                    }
                    Fate::Gone => PublishFault::Gone("it has disconnected".to_owned()),
                    Fate::TooLarge => PublishFault::Refused(Fault::new(FaultKind::TooLarge, "message size")),
                };
                Err(PublishError { fault, reached: Reached::NotSent })
            }
        });
        let transport = Transport::with_patience(stub, Duration::from_secs(patience));
        let tally = Arc::<Tally>::default();
        let replier = Arc::new(Replier::new(&transport, 1 << 20, Arc::clone(&tally), Arc::default()));
        let began = Instant::now();
        let (done, told) = tokio::sync::oneshot::channel();
        let to = ReplyAddress::new("reply_1".to_owned(), "\"id\"".to_owned()).unwrap();
        let slot = replier.slot(5).await.unwrap();
        replier.send(to, Bytes::from_static(b"reply"), "m".into(), slot, move || done.send(()).unwrap());
        told.await.unwrap();
        let sent = lock(&sent).clone();
        (sent, began.elapsed(), tally.read().replies_dropped)
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_is_tried_once_however_little_patience_there_is() {
        assert_eq!(replied(0, []).await.0, ["reply"]);
        assert_eq!(replied(0, [Fate::Missing]).await, (Vec::new(), Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_is_gone_for_good_is_not_waited_for() {
        assert_eq!(replied(60, [Fate::Gone]).await, (Vec::new(), Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_that_did_not_come_back_is_not_waited_for_again() {
        let stub = Stub::publishing(|_| std::future::ready(Err(missing())));
        let transport = Transport::with_patience(stub, Duration::from_secs(10));
        let replier = Arc::new(Replier::new(&transport, 1 << 20, Arc::default(), Arc::default()));
        for (queue, waits) in [("reply_1", true), ("reply_1", false), ("reply_2", true)] {
            let began = Instant::now();
            let (done, told) = tokio::sync::oneshot::channel();
            let to = ReplyAddress::new(queue.to_owned(), "\"id\"".to_owned()).unwrap();
            let slot = replier.slot(5).await.unwrap();
            replier.send(to, Bytes::from_static(b"reply"), "m".into(), slot, move || done.send(()).unwrap());
            told.await.unwrap();
            assert_eq!(began.elapsed() > RETRY, waits, "{queue}: {:?}", began.elapsed());
        }
    }

    #[tokio::test]
    async fn large_replies_take_turns() {
        let replier = Replier::new(&Transport::recording().0, 1 << 20, Arc::default(), Arc::default());
        let first = replier.slot(600 << 10).await.unwrap();
        let mut second = Box::pin(replier.slot(600 << 10));
        assert!((&mut second).now_or_never().is_none());
        assert!(replier.slot(5).now_or_never().is_some(), "what is small waits for nothing");
        drop(first);
        assert!(second.await.unwrap().held.is_some());
    }

    /// A quarter of the memory is kept for what waits for its queue.
    #[tokio::test]
    async fn what_is_kept_for_replies_without_a_queue_is_not_there_for_others() {
        let replier = Replier::new(&Transport::recording().0, 1 << 20, Arc::default(), Arc::default());
        let _slots = [replier.slot(400 << 10).await.unwrap(), replier.slot(300 << 10).await.unwrap()];
        assert!(replier.slot(100 << 10).now_or_never().is_none());
        let parked = [(); 2].map(|()| replier.park(100 << 10).unwrap());
        assert!(replier.park(100 << 10).is_none());
        drop(parked);
        assert!(replier.park(100 << 10).is_some());
    }

    /// Or anybody could have them wait for the patience of a server by calls from nowhere.
    #[tokio::test(start_paused = true)]
    async fn large_replies_without_a_queue_are_in_nobodys_way() {
        // More than half of what there is, and all that those may take that wait.
        const LARGE: usize = 700 << 10;
        let stub = Stub::publishing(move |message| {
            let here = matches!(&message.route, Route::Reply { queue } if &**queue == "here");
            std::future::ready(if here { Ok(()) } else { Err(missing()) })
        });
        let transport = Transport::with_patience(stub, Duration::from_secs(60));
        let replier = Arc::new(Replier::new(&transport, 1 << 20, Arc::default(), Arc::default()));
        let began = Instant::now();
        for n in 0..20 {
            let slot = replier.slot(LARGE).await.unwrap();
            let to = ReplyAddress::new(format!("nowhere{n}"), "\"id\"".to_owned()).unwrap();
            replier.send(to, Bytes::from(vec![b' '; LARGE]), "m".into(), slot, || {});
        }
        let slot = replier.slot(LARGE).await.unwrap();
        let (done, told) = tokio::sync::oneshot::channel();
        let to = ReplyAddress::new("here".to_owned(), "\"id\"".to_owned()).unwrap();
        replier.send(to, Bytes::from(vec![b' '; LARGE]), "m".into(), slot, move || done.send(()).unwrap());
        told.await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_takes_nothing_of_the_patience() {
        for fates in [vec![Fate::Outage; 3], vec![Fate::Outage, Fate::Outage, Fate::Missing, Fate::Missing]] {
            let (sent, took, _) = replied(2, fates).await;
            assert_eq!(sent, ["reply"]);
            assert!(took >= 2 * ATTEMPT, "{took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn but_there_is_an_end() {
        let (sent, took, dropped) = replied(2, std::iter::repeat_n(Fate::Outage, 1000)).await;
        assert_eq!((sent.len(), dropped), (0, 1));
        assert!(took >= LONGEST && took < LONGEST + ATTEMPT, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn patience_begins_when_the_queue_is_first_missed() {
        let missing = || std::iter::repeat_n(Fate::Missing, 1000);
        let (sent, took, dropped) = replied(10, missing()).await;
        assert_eq!((sent.len(), dropped), (0, 1));
        // Another try would come too late.
        assert!(took > Duration::from_secs(9) && took < Duration::from_secs(10), "{took:?}");
        let (.., took, _) = replied(10, [Fate::Outage].into_iter().chain(missing())).await;
        assert!(
            took > ATTEMPT + Duration::from_secs(9) && took <= ATTEMPT + Duration::from_secs(11),
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_is_told_what_was_too_large() {
        let (sent, _, dropped) = replied(2, [Fate::TooLarge, Fate::Missing]).await;
        assert_eq!((sent.len(), dropped), (1, 1));
        let told = String::from_utf8(sent[0].to_vec()).unwrap();
        assert!(told.contains("message size") && told.contains("ValueError"), "{told}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_is_noted_once_and_at_its_latest() {
        let replier = Replier::new(&Transport::recording().0, 1 << 20, Arc::default(), Arc::default());
        let patience = Duration::from_secs(60);
        let [one, other] = ["one", "other"].map(Arc::from);
        replier.note_gone(&one, Duration::ZERO);
        assert!(!replier.is_gone("one"), "it may be back");
        replier.note_gone(&other, patience);
        replier.note_gone(&one, patience);
        assert!(replier.is_gone("one") && replier.is_gone("other") && !replier.is_gone("another"));
        assert_eq!(replier.gone.lock().unwrap().len(), 2);
        for n in 0..GONE - 1 {
            replier.note_gone(&format!("queue {n}").into(), patience);
        }
        assert_eq!(replier.gone.lock().unwrap().len(), GONE);
        assert!(replier.is_gone("one") && !replier.is_gone("other"));
    }
}
