//! The messages to one address: they wait in a queue, and a task sends them by one link.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fe2o3_amqp::Sender;
use fe2o3_amqp::link::SendError;
use fe2o3_amqp::types::definitions::Error;
use tokio::sync::mpsc;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::super::links::NoLink;
use super::super::words;
use super::hub::Hub;
use super::job::{Job, not_sent};
use super::under_way::UnderWay;
use super::way::Way;
use crate::clock::{after, later};
use crate::error::{Fault, FaultKind};
use crate::lock::lock;
use crate::transport::driver::{PublishFault, Wants};

/// How many messages may wait for their turn.
pub(super) const QUEUE: usize = 1024;

/// For how long what the peer has refused is not asked again.
const FINAL: Duration = Duration::from_secs(1);

/// How long a caller may give no credit for its replies, of which it has much more than it needs as a rule: it is gone, and
/// its peer does not say so.
const GONE: Duration = Duration::from_secs(10);

/// How long a link may take to be detached.
const GOODBYE: Duration = Duration::from_secs(1);

/// A message that waits longer than it may, and is longer than this, may have been begun. The link is made anew then.
const LARGE: usize = 1 << 20;

/// Why what waits is not sent, for who asks.
#[derive(Debug, Default)]
pub(super) struct Why(Mutex<String>);

impl Why {
    pub(super) fn get(&self) -> String {
        lock(&self.0).clone()
    }

    fn set(&self, why: &str) {
        let mut known = lock(&self.0);
        if *known != why {
            why.clone_into(&mut known);
        }
    }
}

/// The task of a line.
pub(super) struct Line {
    way: Way,
    /// What the peer calls it that was connected to last.
    address: String,
    hub: Arc<Hub>,
    jobs: mpsc::Receiver<Job>,
    why: Arc<Why>,
    link: Option<Link>,
    under_way: UnderWay,
    /// Until when, and for what, nothing is sent.
    refused: Option<(Instant, PublishFault)>,
}

struct Link {
    sender: Sender,
    /// The connection that it is of.
    epoch: u64,
    /// Since when there was no credit; none once there was some. Who waits longer than it takes to send something may be
    /// told that nobody is there.
    silent_since: Option<Instant>,
}

/// Why there is no link for a message.
enum Without {
    Link(NoLink),
    /// Its time went by.
    Late,
    /// The transport is closed.
    Closed,
}

/// What became of an attempt.
enum Attempt {
    Done,
    /// The link is of no use any more, and the peer may have said why.
    Again(Job, Option<Error>),
}

/// Waits until the peer has detached a link.
async fn detached(link: &mut Option<Link>) {
    match link {
        Some(link) => drop(link.sender.on_detach().await),
        None => std::future::pending().await,
    }
}

impl Line {
    pub(super) fn new(way: Way, hub: Arc<Hub>, jobs: mpsc::Receiver<Job>, why: Arc<Why>) -> Self {
        let are_replies = matches!(way, Way::Reply { .. });
        let under_way = UnderWay::new(hub.options.link_retry_delay, are_replies, Arc::clone(&hub.replies));
        Self { way, address: String::new(), hub, jobs, why, link: None, under_way, refused: None }
    }

    /// Runs until there was nothing to send for a while, or until all are gone who could give it something.
    pub(super) async fn run(mut self) {
        let mut is_open = true;
        while is_open || !self.under_way.is_empty() {
            let is_idle = self.under_way.is_empty();
            let idle = after(self.hub.options.default_sender_link_timeout);
            let takes = is_open && !self.under_way.is_full();
            tokio::select! {
                biased;
                job = self.under_way.again(), if !is_idle => {
                    if let Some(job) = job {
                        self.send(job).await;
                    }
                }
                // What is under way by it is lost.
                () = detached(&mut self.link) => self.link = None,
                job = self.jobs.recv(), if takes => match job {
                    Some(job) => self.send(job).await,
                    None => is_open = false,
                },
                // What was given meanwhile is still sent.
                () = sleep_until(idle), if is_idle => self.jobs.close(),
            }
        }
        if let Some(link) = self.link {
            let _ = timeout(GOODBYE, link.sender.close()).await;
        }
    }

    /// Sends a message, for which there may have to be a new link. What is under way already is attended to meanwhile.
    async fn send(&mut self, mut job: Job) {
        let mut pause = Duration::ZERO;
        loop {
            if !job.is_wanted() {
                return;
            }
            if let Some((until, fault)) = &self.refused {
                if Instant::now() < *until {
                    return job.tell(Err(fault.clone()));
                }
                self.refused = None;
            }
            let error = match self.attached(&job).await {
                Ok(()) => match self.attempt(job).await {
                    Attempt::Done => return,
                    Attempt::Again(again, error) => {
                        (job, self.link) = (again, None);
                        error
                    }
                },
                Err(Without::Link(NoLink::Refused(error))) => Some(error),
                Err(Without::Link(NoLink::Lost(why))) => {
                    self.why.set(&why);
                    None
                }
                Err(Without::Late) => {
                    return job.tell(Err(PublishFault::Expired(not_sent(&self.why.get()))));
                }
                Err(Without::Closed) => return job.tell(Err(PublishFault::Closed)),
            };
            if let Some(error) = error {
                if !words::may_pass(&error) {
                    let fault = self.refusal(&error);
                    self.refused = Some((after(FINAL), fault.clone()));
                    return job.tell(Err(fault));
                }
                self.why.set(&words::said(&error));
            }
            // The first loss may have been one long ago.
            let until = later(Instant::now(), pause).min(job.stop_at());
            self.under_way.meanwhile(sleep_until(until)).await;
            pause = self.hub.options.link_retry_delay;
        }
    }

    /// What a peer's refusal of the address means.
    fn refusal(&self, error: &Error) -> PublishFault {
        let fault = words::fault(error);
        let why = format!("{}: {}", self.address, fault.why);
        match (words::is_unknown(error), &self.way) {
            (true, Way::Reply { .. }) => PublishFault::Gone(why),
            (true, _) => PublishFault::Unroutable(why),
            (false, _) => PublishFault::Refused(Fault { why, ..fault }),
        }
    }

    /// Sees that there is a link.
    async fn attached(&mut self, job: &Job) -> Result<(), Without> {
        let Self { way, address, hub, why, link, under_way, .. } = self;
        if link.as_ref().is_some_and(|link| hub.view.has(link.epoch)) {
            return Ok(());
        }
        *link = None;
        let mut view = hub.view.clone();
        if let Some(trouble) = view.trouble() {
            why.set(&trouble);
        }
        let up = under_way.meanwhile(timeout_at(job.stop_at(), view.up())).await;
        let up = match up {
            Ok(Ok(up)) => up,
            Ok(Err(_)) => return Err(Without::Closed),
            Err(_) => {
                if let Some(trouble) = hub.view.trouble() {
                    why.set(&trouble);
                }
                return Err(Without::Late);
            }
        };
        *address = way.address(&up.connection.addressing);
        why.set("the peer has not answered for the address");
        let sender = under_way.meanwhile(hub.attach(&up, address)).await.map_err(Without::Link)?;
        *link = Some(Link { sender, epoch: up.epoch, silent_since: Some(Instant::now()) });
        Ok(())
    }

    /// Sends a message by the link that there is.
    async fn attempt(&mut self, job: Job) -> Attempt {
        let Self { way, address, hub, why, link, under_way, refused, .. } = self;
        let Some(Link { sender, silent_since, .. }) = link else { return Attempt::Again(job, None) };
        let call = job.letter.ask.filter(|ask| ask.wants != Wants::Nothing);
        let mut node = None;
        if call.is_some() {
            why.set("there is no address for replies");
            let asked = timeout_at(job.stop_at(), hub.replies.node());
            match under_way.meanwhile(asked).await {
                Ok(Some(found)) => node = Some(found),
                Ok(None) => {
                    job.tell(Err(PublishFault::Closed));
                    return Attempt::Done;
                }
                Err(_) => {
                    job.tell(Err(PublishFault::Expired(not_sent(&why.get()))));
                    return Attempt::Done;
                }
            }
        }
        let reply_to = node.as_ref().map(|node| &*node.address);
        let Some(message) = job.letter.message(address, reply_to) else {
            let fault = Fault::new(FaultKind::Unusable, "its body is no text");
            job.tell(Err(PublishFault::Unfit(fault)));
            return Attempt::Done;
        };
        why.set("no receiver has given credit");
        let is_reply = matches!(way, Way::Reply { .. });
        let limit = match silent_since {
            _ if is_reply => Some(after(GONE)),
            Some(since) if job.mandatory => Some(later(*since, hub.options.default_send_timeout)),
            _ => None,
        };
        let stop = limit.map_or(job.stop_at(), |limit| limit.min(job.stop_at()));
        // It takes its turn in the loop of the line, and must not stop between two frames of a message.
        let sending = unconstrained(sender.send_batchable(message));
        let sent = under_way.meanwhile(async {
            tokio::select! {
                biased;
                sent = sending => Some(sent),
                () = sleep_until(stop) => None,
            }
        });
        let sent = sent.await;
        if sent.is_some() {
            *silent_since = None;
        }
        match sent {
            Some(Ok(_)) if job.letter.settled => job.tell(Ok(())),
            Some(Ok(outcome)) => {
                job.sent();
                let (Some(call), Some(node)) = (call, node) else {
                    under_way.add(job, outcome);
                    return Attempt::Done;
                };
                match hub.replies.expect(call.id, job.letter.deadline, node.generation) {
                    true => under_way.add(job, outcome),
                    false => {
                        let why = "sent, and the address for its reply was lost";
                        job.tell(Err(PublishFault::Lost(Fault::new(FaultKind::NotConnected, why))));
                    }
                }
            }
            Some(Err(SendError::LinkStateError(error))) => {
                let (lost, error) = words::detached(&error);
                why.set(&lost);
                return Attempt::Again(job, error);
            }
            Some(Err(SendError::MessageSizeExceeded(size))) => {
                let why = format!("{} bytes, more than the {} that the peer takes", size.size, size.max_size);
                job.tell(Err(PublishFault::Unfit(Fault::new(FaultKind::TooLarge, why))));
            }
            Some(Err(error)) => {
                job.tell(Err(PublishFault::Unfit(Fault::new(FaultKind::Unusable, error.to_string()))));
            }
            None => {
                if job.letter.body.len() > LARGE {
                    *link = None;
                }
                // A cast is not tried for longer.
                let is_cast = call.is_none() && !is_reply;
                let fault = match limit.is_some() && (is_cast || stop < job.stop_at()) {
                    // Those that wait behind it need not wait as long.
                    true if is_reply => {
                        let fault = PublishFault::Unroutable(why.get());
                        refused.insert((after(FINAL), fault)).1.clone()
                    }
                    true => PublishFault::Unroutable(why.get()),
                    false => PublishFault::Expired(not_sent(&why.get())),
                };
                job.tell(Err(fault));
            }
        }
        Attempt::Done
    }
}
