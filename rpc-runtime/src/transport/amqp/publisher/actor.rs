//! The task that owns a confirm channel, for all that is not the straight way through the gate.
//!
//! ```text
//!                    no link                                         closing, nothing left (Closed)
//!     +---------- waits for a link <-----------------+         +--------------------------------------> end
//!     |               | a link is up                 |         |
//!     |               v                              |         |
//!     |        opens a channel --------- refused ----+ Failed  |
//!     |               |                              ^         |
//!     |               v                              |         |
//!     |   open: callers send through the gate -------+---------+
//!     |        |    ^        the channel or link is lost, or nothing is confirmed for `patience`: what
//!     |        v    |        was under way is `uncertain`, and waits to be sent again
//!     |   held: callers queue, this task sends ------+
//!     |        |                                     ^
//!     |        v                                     |
//!     |   stale: nothing is sent, until all that is  |
//!     |   under way has its answer; then a new channel (Stale)
//!     +-- and meanwhile `sweep` ends what is too late or given up
//! ```
//!
//! | Flag | Set | Cleared | While it is set |
//! |---|---|---|---|
//! | `line.open` | nothing waits here and the channel is good | something waits, or it is not | callers send by themselves, and answers are looked at where they are read |
//! | `careful` (a number) | an error closed the channel, or its connection, with several messages under way | so many were answered | one message is under way at a time: the next error names its cause |
//! | `stale` | a message was nacked [`NACKS_OF_A_BAD_CHANNEL`] times on a channel older than [`SHORTEST_USE`] | the next channel | nothing is sent |
//! | `failed` | the channel or its link is lost | the next channel | nothing is sent, answers are collected |
//! | `stalled` (routes) | the link was given up, and a message to it was under way | one of its messages is answered, or there was none for a minute | its messages wait, and one at a time is tried on a channel of its own; all others go on |
//! | `undeclared` | a message needs an exchange that this channel has not declared | it is declared, on a channel of its own | messages to it wait, all others go on |
//! | `gate.refusals` | the broker has refused a message or a declaration that it will refuse again | some time later, see there | what is like it is told so, and not sent |
//! | `line.watched` | messages are under way, or were a moment ago | [`LINGER`] after the last | this task comes back by itself |

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep_until, timeout};

use super::super::confirms::Settled;
use super::super::declare::declare;
use super::super::library::{BrokerError, Links, RESOURCE_ERROR, Up};
use super::super::topology::Step;
use super::gate::{Attended, Gate, Queued};
use super::job::{CLOSES, CONNECTION_FORCED, Expired, Job, nacked};
use super::line::{IN_FLIGHT, Line};
use super::stalled::{Stalled, Tried};
use crate::error::{Fault, FaultKind};
use crate::transport::amqp::options::AmqpOptions;
use crate::transport::connection::jittered;

/// How many messages wait for their next try after a nack; further ones fail at once.
const MAX_NACKED: usize = 1024;

/// How often silence and deadlines are looked at while there may be any.
const TICK: Duration = Duration::from_millis(500);

/// For how long the task keeps looking after the last message: to start and stop with each would cost a call of
/// one caller at a time another wake-up between threads.
const LINGER: Duration = Duration::from_secs(2);

/// How often messages that nobody waits for are looked for while there is no connection.
const SWEEP: Duration = Duration::from_secs(1);

/// How long to wait before a channel that was refused is asked for again.
const NO_CHANNEL_PAUSE: Duration = Duration::from_secs(1);

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

/// The pause after the broker has closed the connection for an error while a message was under way for the second time,
/// and twice as long after the next; jittered, so that nothing else is under way with the cause again and again.
const CLOSED_PAUSE: Duration = Duration::from_millis(200);

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

/// What became of the declaration of an exchange.
type Declared = (Arc<str>, Result<(), BrokerError>);

/// The task's own part: what outlives a channel.
pub(super) struct Actor {
    gate: Arc<Gate>,
    jobs: mpsc::Receiver<(Job, Queued)>,
    links: Links,
    closing: watch::Receiver<Option<Instant>>,
    /// To be sent, before all of `jobs`.
    waiting: VecDeque<Job>,
    /// To be sent again after a nack, or when its connection was closed more than once; the number keeps equal times
    /// apart.
    nacked: BTreeMap<(Instant, u64), Job>,
    next_nacked: u64,
    /// How many messages still have to go out one by one: an error has closed the channel with several under
    /// way, and one of them may be the cause.
    careful: usize,
    /// Waiting for their exchange to be declared, which is under way.
    undeclared: HashMap<Arc<str>, Vec<Job>>,
    declaring: FuturesUnordered<BoxFuture<'static, Declared>>,
    /// Without any confirm for this long the link is given up.
    patience: Duration,
    /// Whether the link of the channel in use is given up for that.
    silent: bool,
    /// Where nothing was confirmed then.
    stalled: Stalled,
    /// Sent, and then the channel failed.
    uncertain: Vec<(u64, Job)>,
    /// Of the channel in use: whether it has failed, by an error of its own, and by one of its connection.
    failed: bool,
    closed_by: Option<BrokerError>,
    connection_closed: bool,
    opened: Instant,
    /// Nothing more is sent on the channel in use.
    stale: bool,
}

impl Actor {
    pub(super) fn new(
        gate: Arc<Gate>,
        jobs: mpsc::Receiver<(Job, Queued)>,
        links: Links,
        closing: watch::Receiver<Option<Instant>>,
        options: &AmqpOptions,
    ) -> Self {
        Self {
            stalled: Stalled::new(gate.avoided.clone()),
            gate,
            jobs,
            links,
            closing,
            waiting: VecDeque::new(),
            nacked: BTreeMap::new(),
            next_nacked: 0,
            careful: 0,
            undeclared: HashMap::new(),
            declaring: FuturesUnordered::new(),
            patience: options.heartbeat_timeout_threshold.clamp(SHORTEST_PATIENCE, LONGEST_PATIENCE),
            silent: false,
            uncertain: Vec::new(),
            failed: false,
            closed_by: None,
            connection_closed: false,
            opened: Instant::now(),
            stale: false,
        }
    }

    pub(super) async fn run(mut self) {
        let mut closing = self.closing.clone();
        let mut sweeps = interval(SWEEP);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let up = tokio::select! {
                biased;
                up = self.links.up() => up,
                // Without a connection there is nothing to wait for.
                _ = closing.wait_for(Option::is_some) => return,
                tried = self.stalled.tried() => {
                    self.tried(tried);
                    continue;
                }
                _ = sweeps.tick() => {
                    self.sweep();
                    continue;
                }
            };
            let Ok(up) = up else { return };
            match self.serve(&up).await {
                End::Closed => return,
                End::Stale => {}
                // Before another channel is tried on a link that may be lost.
                End::Failed => drop(self.links.turns_out_gone(up.epoch).await),
            }
        }
    }

    /// Waits for something that has to be before anything is sent: what is being tried ends, and what is too late.
    async fn meanwhile<T>(&mut self, what: impl Future<Output = T>) -> T {
        let mut what = pin!(what);
        let mut sweeps = interval_at(Instant::now() + SWEEP, SWEEP);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                result = &mut what => return result,
                tried = self.stalled.tried() => self.tried(tried),
                _ = sweeps.tick() => self.sweep(),
            }
        }
    }

    /// Takes up what was handed over, and forgets what nobody waits for any more.
    fn sweep(&mut self) {
        while let Ok((job, _)) = self.jobs.try_recv() {
            self.waiting.push_back(job);
        }
        self.waiting.retain(|job| !job.is_abandoned());
        self.nacked.retain(|_, job| !job.is_abandoned());
        self.stalled.retain(|job| !job.is_abandoned());
        self.take_back_undeclared();
        self.expire(None);
    }

    /// Ends the posted messages whose time is up, also those that are under way.
    fn expire(&mut self, line: Option<&Attended>) {
        let (now, trouble) = (Instant::now(), self.gate.trouble());
        let mut late = Vec::new();
        let mut goes_on = |job: &Job| {
            let expired = job.expire(now, trouble.as_deref());
            let goes_on = expired.is_none();
            late.extend(expired);
            goes_on
        };
        self.waiting.retain(&mut goes_on);
        self.nacked.retain(|_, job| goes_on(job));
        self.stalled.retain(|job| !job.is_abandoned() && goes_on(job));
        if let Some(line) = line {
            line.with(|line| line.jobs().for_each(|job| _ = goes_on(job)));
        }
        late.into_iter().for_each(Expired::tell);
    }

    /// Sends on one channel for as long as it is good.
    async fn serve(&mut self, up: &Up) -> End {
        let channel = match self.meanwhile(up.connection.open(true)).await {
            Ok(channel) => channel,
            Err(error) => {
                tracing::debug!("no channel to publish on: {error}");
                self.gate.has_no_channel(Some(error.to_string()));
                if let BrokerError::Refused(..) = error {
                    let mut links = self.links.clone();
                    drop(self.meanwhile(timeout(NO_CHANNEL_PAUSE, links.gone(up.epoch))).await);
                    self.sweep();
                }
                return End::Failed;
            }
        };
        self.gate.has_no_channel(None);
        self.take_back_undeclared();
        (self.failed, self.closed_by, self.connection_closed, self.stale) = (false, None, false, false);
        self.silent = false;
        self.opened = Instant::now();
        let line = self.gate.attend(Line::new(up, channel, Arc::downgrade(&self.gate)));
        let gate = self.gate.clone();
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut links = self.links.clone();
        let (mut batch, mut taken) = (Vec::new(), Vec::new());
        let mut closed = false;
        let mut used = (0, Instant::now());
        loop {
            let closing = *self.closing.borrow();
            if closing.is_some() && !self.jobs.is_closed() {
                self.jobs.close();
            }
            let now = Instant::now();
            // Once it is, the survey closes the gate: what it counts then is all.
            let stale = self.stale;
            let (under_way, watched) = self.survey(&line, &mut used, closing.is_some(), now);
            // They are sent, or the gate has been closed for them: nobody passes them any more.
            taken.clear();
            if self.failed {
                break;
            }
            let waiting = !self.waiting.is_empty() || !self.undeclared.is_empty() || !self.nacked.is_empty();
            if !waiting {
                self.stalled.forget_unused(now);
            }
            let waiting = waiting || self.stalled.is_used();
            let idle = under_way == 0 && !waiting;
            if closing.is_some_and(|deadline| now >= deadline) || (closed && idle) {
                return End::Closed;
            }
            if stale && under_way == 0 {
                tracing::debug!("nothing but nacks: another channel is tried");
                if let Some(line) = line.take() {
                    self.meanwhile(line.channel.close()).await;
                }
                return End::Stale;
            }
            let room = self.room(under_way, up.epoch);
            let again = self.nacked.first_key_value().map(|((at, _), _)| *at);
            let stalled = self.stalled.due().filter(|_| !self.links.blocked(up.epoch));
            let again = again.into_iter().chain(stalled).min();
            tokio::select! {
                biased;
                () = gate.rung() => {}
                got = self.jobs.recv_many(&mut batch, room), if room > 0 && !closed => {
                    closed = got == 0;
                    for (job, queued) in batch.drain(..) {
                        self.waiting.push_back(job);
                        taken.push(queued);
                    }
                }
                Some((exchange, declared)) = self.declaring.next() => self.declared(&line, &exchange, declared),
                tried = self.stalled.tried() => self.tried(tried),
                () = links.changed() => self.failed |= !links.has(up.epoch),
                _ = self.closing.changed(), if closing.is_none() => {}
                () = sleep_until(again.unwrap_or(now)), if again.is_some() => {}
                _ = ticks.tick(), if watched => self.expire(Some(&line)),
            }
            self.fill(&line, up);
        }
        if let Some(line) = line.take() {
            self.collect(line).await;
        }
        End::Failed
    }

    /// Looks at the channel and opens or closes it for callers; how many messages are under way, and whether to
    /// come back soon.
    fn survey(
        &mut self,
        attended: &Attended,
        used: &mut (u64, Instant),
        closing: bool,
        now: Instant,
    ) -> (usize, bool) {
        let clear = self.careful == 0 && self.waiting.is_empty() && !self.failed && !self.stale;
        let quiet = self.nacked.is_empty() && self.undeclared.is_empty() && clear && !closing;
        let quiet = quiet && !self.stalled.is_used();
        let (survey, told) = attended.with(|line| {
            line.look(now);
            if line.next != used.0 {
                *used = (line.next, now);
            }
            let idle = line.len() == 0 && quiet && line.left.is_empty();
            line.watched = !idle || now.saturating_duration_since(used.1) < LINGER;
            line.open = clear && line.left.is_empty();
            let silent = line.is_silent(self.patience, now).then(|| line.link.clone());
            let left = std::mem::take(&mut line.left);
            // Whether nothing else can be the cause of what has happened to it.
            let alone = line.len() == 0 && left.len() == 1 && left[0].0 + 1 == line.next;
            (line.len(), line.watched, silent, left, alone, line.epoch)
        });
        // Not before: what waits to go there has closed the line by now.
        self.stalled.release();
        self.careful = self.careful.saturating_sub(told);
        let Some((under_way, watched, silent, left, alone, epoch)) = survey else { return (0, false) };
        // Others may have been seen before it.
        let alone = alone && !self.failed;
        for (number, job, outcome) in left {
            self.conclude(number, job, outcome, alone, now);
        }
        // Blocked, a broker confirms nothing, and rightly so.
        if let Some(link) = silent
            && !self.links.blocked(epoch)
        {
            // Its supervisor makes a new one.
            tracing::warn!("nothing was confirmed for {:?}: giving up the connection", self.patience);
            self.silent = true;
            link.kill();
        }
        (under_way, watched)
    }

    /// How many more messages may be under way.
    fn room(&self, under_way: usize, epoch: u64) -> usize {
        if self.failed || self.stale || self.links.blocked(epoch) {
            return 0;
        }
        let undeclared: usize = self.undeclared.values().map(Vec::len).sum();
        self.window().saturating_sub(under_way + self.waiting.len() + undeclared)
    }

    fn window(&self) -> usize {
        if self.careful > 0 { 1 } else { IN_FLIGHT }
    }

    /// Sends what is due and has room.
    fn fill(&mut self, line: &Attended, up: &Up) {
        let now = Instant::now();
        while let Some(entry) = self.nacked.first_entry().filter(|entry| entry.key().0 <= now) {
            self.waiting.push_back(entry.remove());
        }
        if !self.stalled.is_empty() && !self.failed && !self.links.blocked(up.epoch) {
            self.stalled.try_due(&up.connection, now, || self.gate.trouble());
        }
        while !self.waiting.is_empty() && !self.failed && !self.stale && !self.links.blocked(up.epoch) {
            let (under_way, _) = line.with(|line| line.len());
            if under_way.is_none_or(|under_way| under_way >= self.window()) {
                return;
            }
            let Some(job) = self.waiting.pop_front() else { return };
            match self.stalled.keep(job) {
                Some(job) => self.send(line, up, job, now),
                None => self.careful = self.careful.saturating_sub(1),
            }
        }
    }

    fn send(&mut self, line: &Attended, up: &Up, job: Job, now: Instant) {
        if job.deadline <= now || job.is_abandoned() {
            self.careful = self.careful.saturating_sub(1);
            // Its caller's clock may be behind this one.
            return job.too_late(self.gate.trouble());
        }
        if let Some(error) = self.gate.refusals.of(&job.message, now) {
            self.careful = self.careful.saturating_sub(1);
            return job.refused(error);
        }
        if let (Some(true), _) = line.with(|line| line.has_to_declare(&job))
            && let Some(step @ Step::Exchange { name, .. }) = &job.exchange
        {
            let (mut step, name) = (step.clone(), name.clone());
            let waiting = self.undeclared.entry(name.clone()).or_default();
            waiting.push(job);
            if waiting.len() == 1 {
                let link = up.connection.clone();
                let declaring = async move { (name, declare(&*link, std::slice::from_mut(&mut step)).await) };
                self.declaring.push(declaring.boxed());
            }
            return;
        }
        // Its deadline may have passed since `now`, and its caller been told that it was not sent.
        if job.sent() {
            let (_, told) = line.with(|line| {
                line.send(job, now);
                line.look(now);
            });
            self.careful = self.careful.saturating_sub(told);
        } else {
            self.careful = self.careful.saturating_sub(1);
        }
    }

    /// Goes on with the messages to an exchange.
    fn declared(&mut self, line: &Attended, exchange: &Arc<str>, declared: Result<(), BrokerError>) {
        let jobs = self.undeclared.remove(exchange).unwrap_or_default();
        match declared {
            // Those that waited for it go first.
            Ok(()) => drop(line.with(|line| {
                line.declared(exchange.clone());
                line.open = false;
            })),
            // That says nothing of the exchange, and is over with the next channel that is closed.
            Err(error @ BrokerError::Refused(RESOURCE_ERROR, _)) => {
                self.careful = self.careful.saturating_sub(jobs.len());
                return jobs.into_iter().for_each(|job| job.refused(error.clone()));
            }
            // Who waits is told when it is to be sent.
            Err(error @ BrokerError::Refused(..)) => {
                self.gate.refusals.note_declaration(exchange, &error, Instant::now());
            }
            Err(_) => self.failed = true,
        }
        self.waiting_again(jobs);
    }

    /// Goes on with the messages to where one was tried.
    fn tried(&mut self, tried: Option<Tried>) {
        let Some(tried) = tried else { return };
        let jobs = self.stalled.conclude(tried, Instant::now(), || self.gate.trouble());
        self.waiting_again(jobs);
    }

    /// Nothing is declared any more on a link that may be lost.
    fn take_back_undeclared(&mut self) {
        self.declaring.clear();
        let jobs = self.undeclared.drain().flat_map(|(_, jobs)| jobs).collect();
        self.waiting_again(jobs);
    }

    fn waiting_again(&mut self, jobs: Vec<Job>) {
        for job in jobs.into_iter().rev() {
            self.waiting.push_front(job);
        }
    }

    /// Decides on what was not taken for certain.
    fn conclude(&mut self, number: u64, job: Job, outcome: Settled, alone: bool, now: Instant) {
        match outcome {
            Settled::Unknown(error) => {
                self.failed = true;
                if let BrokerError::Refused(..) = error {
                    self.closed_by.get_or_insert_with(|| error.clone());
                    // Alone on its channel, for the second time unless the words leave no doubt: it is the cause.
                    if alone && speaks_of_a_message(&error) || job.is_suspect() && self.careful > 0 {
                        self.careful = self.careful.saturating_sub(1);
                        self.gate.refusals.note_message(&job.message, &error, now);
                        return job.refused(error);
                    }
                }
                match error {
                    BrokerError::Closed(code, why) if code != CONNECTION_FORCED => {
                        self.connection_closed = true;
                        match job.closed() {
                            1 => return self.uncertain.push((number, job)),
                            CLOSES.. => job.costs_the_connection(code, &why),
                            closes => {
                                job.lost(None);
                                self.send_later(now + jittered(CLOSED_PAUSE * (closes - 1)), job);
                            }
                        }
                    }
                    _ => return self.uncertain.push((number, job)),
                }
            }
            Settled::Nacked => {
                let again = job.nacked(now);
                let age = now.saturating_duration_since(self.opened);
                self.stale |= job.nacks() >= NACKS_OF_A_BAD_CHANNEL && age > SHORTEST_USE;
                if again < job.deadline && self.nacked.len() < MAX_NACKED {
                    self.send_later(again, job);
                } else {
                    job.tell(Err(nacked()));
                }
            }
            // Told already.
            Settled::Acked | Settled::Returned(_) => {}
        }
        self.careful = self.careful.saturating_sub(1);
    }

    fn send_later(&mut self, at: Instant, job: Job) {
        self.next_nacked += 1;
        self.nacked.insert((at, self.next_nacked), job);
    }

    /// Takes back what a failed channel has not confirmed, to be sent again.
    async fn collect(&mut self, mut line: Line) {
        let mut killed = false;
        loop {
            let now = Instant::now();
            line.look(now);
            for (job, outcome) in std::mem::take(&mut line.told) {
                self.careful = self.careful.saturating_sub(1);
                job.tell(outcome);
            }
            for (number, job, outcome) in std::mem::take(&mut line.left) {
                self.conclude(number, job, outcome, false, now);
            }
            if line.len() == 0 {
                break;
            }
            match timeout(DRAIN, self.gate.rung()).await {
                Ok(()) => {}
                Err(_) if killed => break,
                Err(_) => {
                    line.link.kill();
                    killed = true;
                }
            }
        }
        let channel = line.channel.clone();
        let mut again = std::mem::take(&mut self.uncertain);
        // One that was sent while the channel was being closed is not told the reason.
        again.iter().for_each(|(_, job)| job.lost(self.closed_by.as_ref()));
        again.extend(line.into_unclear().inspect(|(_, job)| job.lost(None)));
        again.sort_by_key(|(number, _)| Reverse(*number));
        if self.silent {
            self.stalled.note(again.iter().map(|(_, job)| job), Instant::now());
        }
        if self.closed_by.is_some() || self.connection_closed {
            self.careful = self.careful.max(again.len());
        }
        for (_, job) in again {
            self.waiting.push_front(job);
        }
        self.meanwhile(channel.close()).await;
    }
}

/// Whether a channel on which messages are published can be closed with this error for nothing but one of them.
fn speaks_of_a_message(error: &BrokerError) -> bool {
    matches!(Fault::from(error.clone()).kind, FaultKind::Forbidden | FaultKind::TooLarge)
}
