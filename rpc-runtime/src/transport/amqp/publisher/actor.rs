//! The task that owns a confirm channel.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::super::broker::{BrokerError, Channel, Confirm, Link};
use super::super::confirms::{Confirms, Outcome, Sent};
use super::super::declare::declare;
use super::super::supervisor::{Links, Up};
use super::super::topology::Step;
use super::job::{Job, NACK_TEXT};
use crate::transport::driver::PublishFault;
use crate::transport::options::AmqpOptions;

/// How many messages are sent before the first of them is confirmed; more only adds latency.
pub(super) const IN_FLIGHT: usize = 256;

/// How many messages wait for their next try after a nack; further ones fail at once.
const MAX_NACKED: usize = 1024;

/// How often deadlines and pauses are looked at.
const TICK: Duration = Duration::from_millis(50);

/// How long a refused declaration is not tried again: each try costs a channel.
const CONFLICT_PAUSE: Duration = Duration::from_secs(1);

/// A link on which nothing is confirmed for the time of the heartbeat, within these limits, is given up. RabbitMQ
/// can lose sight of a quorum queue whose leader has died, and then a channel gets no confirm any more: only
/// another one helps. To send again what is under way does no harm, as servers know it by its id.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_PATIENCE: Duration = Duration::from_secs(15);

/// A message that was nacked so often asks for a new channel, if the channel is older than that. RabbitMQ looks for
/// the leader of a quorum queue when a channel first sends to it; if that node has just died, the channel nacks all that is
/// ever sent to the queue. For a queue that is full it is in vain, so it has to be rare.
const NACKS_OF_A_BAD_CHANNEL: u32 = 5;
const SHORTEST_USE: Duration = Duration::from_secs(2);

/// How long to wait for the outcomes of a channel that has failed.
const DRAIN: Duration = Duration::from_secs(2);

/// What ends the use of a channel.
enum End {
    /// A new channel is needed, maybe on a new link.
    Failed,
    /// A new channel is needed, and all that was sent on this one is settled.
    Stale,
    /// The transport is closed.
    Closed,
}

/// The task's own part: what outlives a channel.
pub(super) struct Actor {
    jobs: mpsc::Receiver<Job>,
    links: Links,
    closing: watch::Receiver<Option<Instant>>,
    /// To be sent, before all of `jobs`.
    waiting: VecDeque<Job>,
    /// To be sent again after a nack; the number keeps equal times apart.
    nacked: BTreeMap<(Instant, u64), Job>,
    /// How many messages still have to go out one by one: an error has closed the channel with several under
    /// way, and one of them may be the cause.
    careful: usize,
    conflicts: HashMap<Arc<str>, (Instant, String)>,
    /// Without any confirm for this long the link is given up.
    patience: Duration,
}

/// A channel in use.
struct Line {
    link: Arc<dyn Link>,
    channel: Arc<dyn Channel>,
    under_way: FuturesUnordered<UnderWay>,
    confirms: Confirms<Job>,
    next: u64,
    declared: HashSet<Arc<str>>,
    heard: Instant,
    opened: Instant,
    /// Nothing more is sent on it.
    stale: bool,
    /// Sent, and then the channel failed.
    uncertain: Vec<(u64, Job)>,
    failed: bool,
    channel_error: bool,
}

impl Actor {
    pub(super) fn new(
        jobs: mpsc::Receiver<Job>,
        links: Links,
        closing: watch::Receiver<Option<Instant>>,
        options: &AmqpOptions,
    ) -> Self {
        Self {
            jobs,
            links,
            closing,
            waiting: VecDeque::new(),
            nacked: BTreeMap::new(),
            careful: 0,
            conflicts: HashMap::new(),
            patience: options.heartbeat_timeout_threshold.clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE),
        }
    }

    pub(super) async fn run(mut self) {
        let mut closing = self.closing.clone();
        loop {
            let up = tokio::select! {
                biased;
                up = self.links.up() => up,
                // Without a connection there is nothing to wait for.
                _ = closing.wait_for(Option::is_some) => return,
            };
            let Ok(up) = up else { return };
            match self.serve(&up).await {
                End::Closed => return,
                End::Stale => {}
                // The link may be lost without its supervisor having noticed yet.
                End::Failed => drop(timeout(TICK, self.links.gone(up.epoch)).await),
            }
        }
    }

    /// Sends on one channel for as long as it is good.
    async fn serve(&mut self, up: &Up) -> End {
        let channel = match up.link.open(true).await {
            Ok(channel) => channel,
            Err(error) => {
                tracing::debug!("no channel to publish on: {error}");
                return End::Failed;
            }
        };
        let mut line = Line::new(up.link.clone(), channel);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut links = self.links.clone();
        let mut batch = Vec::new();
        let mut closed = false;
        while !line.failed {
            let closing = *self.closing.borrow();
            if closing.is_some() && !self.jobs.is_closed() {
                self.jobs.close();
            }
            let idle = line.under_way.is_empty() && self.waiting.is_empty() && self.nacked.is_empty();
            if closing.is_some_and(|deadline| Instant::now() >= deadline) || (closed && idle) {
                return End::Closed;
            }
            if line.stale && line.under_way.is_empty() {
                tracing::debug!("nothing but nacks: another channel is tried");
                line.channel.close().await;
                return End::Stale;
            }
            let room = self.room(&line, up.epoch);
            tokio::select! {
                biased;
                Some(first) = line.under_way.next(), if !line.under_way.is_empty() => self.settle(&mut line, first),
                taken = self.jobs.recv_many(&mut batch, room), if room > 0 && !closed => {
                    closed = taken == 0;
                    self.waiting.extend(batch.drain(..));
                }
                () = links.changed() => line.failed |= !links.has(up.epoch),
                _ = self.closing.changed(), if closing.is_none() => {}
                _ = ticks.tick(), if !idle || closing.is_some() => self.look_after(&line, up.epoch),
            }
            self.fill(&mut line, up.epoch).await;
        }
        self.collect(line).await;
        End::Failed
    }

    /// How many more messages may be under way.
    fn room(&self, line: &Line, epoch: u64) -> usize {
        if line.failed || line.stale || self.links.blocked(epoch) {
            return 0;
        }
        let window = if self.careful > 0 { 1 } else { IN_FLIGHT };
        window.saturating_sub(line.under_way.len() + self.waiting.len())
    }

    /// Sends what is due and has room.
    async fn fill(&mut self, line: &mut Line, epoch: u64) {
        let now = Instant::now();
        while let Some(entry) = self.nacked.first_entry().filter(|entry| entry.key().0 <= now) {
            self.waiting.push_back(entry.remove());
        }
        while !self.waiting.is_empty() && !line.failed && !line.stale && !self.links.blocked(epoch) {
            let window = if self.careful > 0 { 1 } else { IN_FLIGHT };
            if line.under_way.len() >= window {
                return;
            }
            if let Some(job) = self.waiting.pop_front() {
                self.send(line, job, now).await;
            }
        }
    }

    async fn send(&mut self, line: &mut Line, job: Job, now: Instant) {
        if job.deadline <= now {
            // Its caller knows by its own clock.
            self.careful = self.careful.saturating_sub(1);
            return;
        }
        if let Some(step @ Step::Exchange { name, .. }) = &job.exchange
            && !line.declared.contains(name)
        {
            match self.declare_exchange(line, name, step).await {
                Ok(()) => {}
                Err(BrokerError::Refused(_, why)) => {
                    self.careful = self.careful.saturating_sub(1);
                    return job.tell(Err(PublishFault::Refused(why)));
                }
                Err(BrokerError::Lost(_)) => {
                    line.failed = true;
                    return self.waiting.push_front(job);
                }
            }
        }
        // Its deadline may have passed since `now`, and its caller been told that it was not sent.
        if job.sent() {
            line.send(job);
        } else {
            self.careful = self.careful.saturating_sub(1);
        }
    }

    async fn declare_exchange(
        &mut self,
        line: &mut Line,
        name: &Arc<str>,
        step: &Step,
    ) -> Result<(), BrokerError> {
        if let Some((since, why)) = self.conflicts.get(name)
            && since.elapsed() < CONFLICT_PAUSE
        {
            return Err(BrokerError::Refused(0, why.clone()));
        }
        let declared = declare(&*line.link, &mut [step.clone()]).await;
        if let Err(BrokerError::Refused(_, why)) = &declared {
            self.conflicts.insert(name.clone(), (Instant::now(), why.clone()));
        } else if declared.is_ok() {
            self.conflicts.remove(name);
            line.declared.insert(name.clone());
        }
        declared
    }

    /// Takes everything that has been resolved, then judges it; see `confirms` why in this order.
    fn settle(&mut self, line: &mut Line, first: (Sent<Job>, Confirm)) {
        let mut batch = vec![first];
        let mut dry = 0;
        // Twice dry: a set of futures may also pause because one was woken while it was polled.
        while dry < 2 && !line.under_way.is_empty() {
            match line.under_way.next().now_or_never().flatten() {
                Some(resolved) => {
                    dry = 0;
                    batch.push(resolved);
                }
                None => dry += 1,
            }
        }
        let now = Instant::now();
        line.heard = now;
        let (next, all_in) = (line.next, line.under_way.is_empty());
        let mut confirms = std::mem::replace(&mut line.confirms, Confirms::new());
        confirms.settle(batch, next, all_in, |number, job, outcome| {
            self.conclude(line, number, job, outcome, now)
        });
        line.confirms = confirms;
    }

    fn conclude(&mut self, line: &mut Line, number: u64, mut job: Job, outcome: Outcome, now: Instant) {
        let careful = self.careful > 0;
        match outcome {
            Outcome::Unknown(error) => {
                line.failed = true;
                if let BrokerError::Refused(_, why) = error {
                    line.channel_error = true;
                    job.channel_errors += 1;
                    // Alone on its channel for the second time: it is the cause.
                    if careful && job.channel_errors > 1 {
                        self.careful -= 1;
                        return job.tell(Err(PublishFault::Refused(why)));
                    }
                }
                line.uncertain.push((number, job));
                return;
            }
            Outcome::Acked => job.tell(Ok(())),
            Outcome::Returned(why) => job.tell(Err(PublishFault::Unroutable(why))),
            Outcome::Nacked => {
                let again = job.nacked(now);
                line.stale |= job.nacks >= NACKS_OF_A_BAD_CHANNEL && line.opened.elapsed() > SHORTEST_USE;
                if again < job.deadline && self.nacked.len() < MAX_NACKED {
                    self.nacked.insert((again, number), job);
                } else {
                    job.tell(Err(PublishFault::Refused(NACK_TEXT.to_owned())));
                }
            }
        }
        self.careful = self.careful.saturating_sub(1);
    }

    /// Gives up a link on which nothing is confirmed any more: its supervisor makes a new one.
    fn look_after(&self, line: &Line, epoch: u64) {
        let silent = !line.under_way.is_empty() && line.heard.elapsed() > self.patience;
        // Blocked, a broker confirms nothing, and rightly so.
        if silent && !self.links.blocked(epoch) {
            tracing::warn!("nothing was confirmed for {:?}: giving up the connection", self.patience);
            line.link.kill();
        }
    }

    /// Takes back what a failed channel has not confirmed, to be sent again.
    async fn collect(&mut self, mut line: Line) {
        let mut killed = false;
        loop {
            match timeout(DRAIN, line.under_way.next()).await {
                Ok(Some(resolved)) => self.settle(&mut line, resolved),
                Ok(None) => break,
                Err(_) if killed => break,
                Err(_) => {
                    line.link.kill();
                    killed = true;
                }
            }
        }
        let channel_error = line.channel_error;
        let mut again = line.uncertain;
        again.extend(line.confirms.into_unclear());
        again.sort_by_key(|(number, _)| Reverse(*number));
        if channel_error {
            self.careful = self.careful.max(again.len());
        }
        for (_, job) in again {
            job.lost_sight();
            self.waiting.push_front(job);
        }
        line.channel.close().await;
    }
}

impl Line {
    fn new(link: Arc<dyn Link>, channel: Arc<dyn Channel>) -> Self {
        Self {
            link,
            channel,
            under_way: FuturesUnordered::new(),
            confirms: Confirms::new(),
            next: 0,
            declared: HashSet::new(),
            heard: Instant::now(),
            opened: Instant::now(),
            stale: false,
            uncertain: Vec::new(),
            failed: false,
            channel_error: false,
        }
    }

    fn send(&mut self, job: Job) {
        if self.under_way.is_empty() {
            self.heard = Instant::now();
        }
        let number = self.next;
        self.next += 1;
        let mut message = job.message.clone();
        message.mandatory = job.mandatory.then_some(number);
        let confirm = self.channel.publish(message);
        let sent = Some(Sent { number, mandatory: job.mandatory, job });
        self.under_way.push(UnderWay { sent, confirm });
    }
}

/// A message and the broker's answer to come.
struct UnderWay {
    /// Taken when the answer is there.
    sent: Option<Sent<Job>>,
    confirm: BoxFuture<'static, Confirm>,
}

impl Future for UnderWay {
    type Output = (Sent<Job>, Confirm);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let confirm = ready!(self.confirm.poll_unpin(cx));
        match self.sent.take() {
            Some(sent) => Poll::Ready((sent, confirm)),
            None => Poll::Pending,
        }
    }
}
