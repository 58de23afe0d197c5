//! The receiving task of a server.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::observer::observe;
use super::reading::Unread;
use super::requests::{Batch, Requests};
use crate::clock::after;
use crate::receiving::{
    Claims, Ending, Held, Letter, Order, Phase, Read, Reader, Readout, give_back_rest, said,
};
use crate::transport::abilities::Abilities;
use crate::transport::driver::{Delivery, StopListening};
use crate::wire::Request;

/// How many messages are taken together at most, and their requests acknowledged together.
const AT_ONCE: usize = 32;

/// What was delivered to a server and not begun when it is told to stop, and is executed nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finishes {
    /// Nothing: all goes back to its queue.
    Nothing,
    /// What was accepted when it came.
    Accepted,
    /// All of it: there is nowhere to go back to.
    All,
}

impl Finishes {
    pub(super) fn over(abilities: Abilities) -> Self {
        match abilities {
            Abilities { requeues: false, .. } => Self::All,
            // Servers accept themselves what no broker keeps.
            Abilities { stores: false, .. } => Self::Accepted,
            _ => Self::Nothing,
        }
    }
}

/// Takes requests one by one and starts a task for each.
pub(super) struct Receiver {
    pub(super) requests: Arc<Requests>,
    pub(super) order: Order,
    pub(super) workers: Arc<Semaphore>,
    pub(super) worker_count: u32,
    pub(super) stop: Arc<dyn StopListening>,
    /// How often a queue delivers again.
    pub(super) delivery_limit: Option<u32>,
    pub(super) finishes: Finishes,
    /// Whether it takes only what it has to finish.
    pub(super) is_leaving: bool,
    /// Reads what takes long.
    pub(super) reader: Reader<Request>,
}

impl Receiver {
    /// Runs until the server drains or the transport ends, which `ending` is told; with late acknowledgement, until all
    /// that it has taken is done as well, and without a queue that it could go back to, until all has been begun that was
    /// delivered and has to be. As long as the stream that it returns is kept, what was delivered by it can be acknowledged.
    pub(super) async fn run(
        mut self,
        mut deliveries: mpsc::Receiver<Delivery>,
        ending: Ending,
    ) -> mpsc::Receiver<Delivery> {
        let serving = async {
            self.serve(&mut deliveries, Phase::Drain).await;
            if self.finishes != Finishes::Nothing {
                self.is_leaving = true;
                let stop = Arc::clone(&self.stop);
                tokio::join!(stop.pause(), self.serve(&mut deliveries, Phase::Abort));
            }
        };
        let served = AssertUnwindSafe(serving).catch_unwind().await;
        ending.tell(served.err().map(said));
        // What waits for some need not wait any more.
        self.requests.memory.close();
        self.requests.replier.hurry();
        if let Order::Late(_) = self.order {
            give_back_rest(&*self.stop, &mut deliveries, &mut self.reader).await;
            // Who shuts down counts the workers first, unless nobody does any more.
            let mut phases = self.requests.phases.clone();
            drop(phases.wait_for(|phase| *phase >= Phase::Leave).await);
            // The stream has to outlast what runs.
            drop(self.workers.acquire_many(self.worker_count).await);
            self.requests.replier.drained(after(Duration::MAX)).await;
            // It writes the last acknowledgements, before the transport may go with this task.
            self.stop.stop().await;
        }
        deliveries
    }

    /// Until this phase, or until nothing comes any more.
    async fn serve(&mut self, deliveries: &mut mpsc::Receiver<Delivery>, until: Phase) {
        let mut phases = self.requests.phases.clone();
        let over = async {
            let told = phases.wait_for(|phase| *phase >= until).await.is_ok();
            if !told && until > Phase::Leave {
                // Whoever dropped the server has said to leave, and nobody can say more.
                pending().await
            }
        };
        futures::pin_mut!(over);
        let mut is_open = true;
        while is_open || self.reader.is_reading() {
            // A worker first, a message second: what no worker takes stays unsettled, so that the
            // prefetch bounds it and a shutdown gives it back.
            let permit = tokio::select! {
                biased;
                () = &mut over => return,
                permit = Arc::clone(&self.workers).acquire_owned() => permit,
            };
            let Ok(permit) = permit else { return };
            // A single worker is given its requests in their order.
            let in_turn = self.worker_count == 1 && self.reader.is_reading();
            let mut batch = Batch::default();
            tokio::select! {
                biased;
                () = &mut over => return,
                Some(readout) = self.reader.next() => self.take_read(readout, permit, &mut batch),
                delivery = deliveries.recv(), if !in_turn && is_open => match delivery {
                    Some(delivery) => self.take(delivery, permit, &mut batch),
                    None if self.finishes != Finishes::Nothing => is_open = false,
                    None => return,
                },
            }
            // What is there already is acknowledged with it.
            for _ in 1..AT_ONCE {
                if self.worker_count > 1
                    && let Ok(permit) = Arc::clone(&self.workers).try_acquire_owned()
                    && let Ok(delivery) = deliveries.try_recv()
                {
                    self.take(delivery, permit, &mut batch);
                } else {
                    break;
                }
            }
            if !batch.is_empty() {
                tokio::spawn(Arc::clone(&self.requests).run_acknowledged(batch));
            }
        }
    }

    /// Takes a message, unless it takes long to read: such a one has its turn when it is read.
    fn take(&mut self, mut delivery: Delivery, permit: OwnedSemaphorePermit, batch: &mut Batch) {
        if self.gives_back(&delivery) {
            return delivery.settle.reject(true);
        }
        if delivery.is_over() {
            return self.leave_out(delivery, batch);
        }
        if !delivery.is_light() {
            return self.reader.give(delivery);
        }
        let request = Request::read(&mut delivery, self.requests.format, &self.requests.limits);
        self.admit(delivery, request, None, permit, batch);
    }

    fn take_read(&mut self, readout: Readout<Request>, permit: OwnedSemaphorePermit, batch: &mut Batch) {
        let Readout { delivery, message: request, held } = readout;
        if self.gives_back(&delivery) {
            return delivery.settle.reject(true);
        }
        if delivery.is_over() {
            return self.leave_out(delivery, batch);
        }
        self.admit(delivery, request, held, permit, batch);
    }

    /// Whether another server is to have it.
    fn gives_back(&self, delivery: &Delivery) -> bool {
        self.is_leaving && self.finishes == Finishes::Accepted && !delivery.settle.is_accepted()
    }

    /// Drops a request whose caller has given it up, as the broker would have done.
    fn leave_out(&self, delivery: Delivery, batch: &mut Batch) {
        self.requests.tally.taken.add_one();
        self.requests.tally.expired.add_one();
        tracing::debug!(queue = %delivery.queue, "dropped a request whose caller has given it up");
        match self.order {
            Order::Early(_) => drop(batch.acknowledged.add(delivery.settle)),
            Order::Late(_) => drop(delivery.settle.ack()),
        }
    }

    /// Adds a request to the batch if it is time to settle it, else starts its task.
    fn admit(
        &mut self,
        delivery: Delivery,
        request: Result<Request, Unread>,
        held: Option<Held>,
        permit: OwnedSemaphorePermit,
        batch: &mut Batch,
    ) {
        let Requests { tally, log, .. } = &*self.requests;
        tally.taken.add_one();
        let mut request = match request {
            Ok(request) => request,
            Err(unread) => {
                tally.rejected.add_one();
                return self.refuse(delivery, unread, permit);
            }
        };
        match &mut self.order {
            Order::Early(duplicates) => {
                let Delivery { redelivered, settle, .. } = delivery;
                // Before the execution: at most once, whatever happens to this process. What can't
                // be acknowledged any more is back in its queue, and another server may have it.
                let Some(line) = batch.acknowledged.add(settle) else {
                    tracing::debug!("left a message to its redelivery: its connection is gone");
                    return;
                };
                self.requests.forgotten.take(|unique_id| duplicates.forget(unique_id));
                if let Some(unique_id) = &request.unique_id
                    && !duplicates.is_new(unique_id)
                {
                    tally.duplicates.add_one();
                    return log.received.repeated(unique_id, redelivered);
                }
                self.announce(&request);
                let unique_id = request.unique_id.take();
                batch.executions.push((self.requests.prepare(request, held, permit), line, unique_id));
            }
            Order::Late(claims) => {
                let claims = Arc::clone(claims);
                self.take_late(&claims, request, delivery, held, permit);
            }
        }
    }

    fn take_late(
        &self,
        claims: &Arc<Claims>,
        request: Request,
        delivery: Delivery,
        held: Option<Held>,
        permit: OwnedSemaphorePermit,
    ) {
        if !delivery.settle.counts() {
            tracing::debug!("left a message to its redelivery: its connection is gone");
            return;
        }
        let (earlier, redelivered) = (delivery.earlier(), delivery.redelivered);
        let last = delivery.is_last(self.delivery_limit).then(|| Arc::clone(&delivery.queue));
        // A copy with a count takes its place, as its queue does not count, or would drop it.
        let counting = delivery.is_uncounted() || last.is_some();
        // Only what was delivered before can be given up or has to be counted.
        let letter = (earlier > 0).then(|| Letter::of(&delivery, self.delivery_limit));
        let Some(settle) = claims.admit(request.unique_id.as_deref(), delivery.settle) else {
            self.requests.tally.duplicates.add_one();
            return self.requests.log.received.joined(request.unique_id.as_deref(), redelivered);
        };
        let requests = Arc::clone(&self.requests);
        match (&self.requests.forwarder, letter) {
            (Some(forwarder), Some(letter)) if forwarder.gives_up(earlier) => {
                let claim = claims.claim(request.unique_id.clone(), settle);
                tokio::spawn(requests.give_up(Arc::clone(forwarder), request, letter, claim, permit));
            }
            (Some(forwarder), Some(letter)) if counting => {
                // Not claimed: its copy is to be executed, and could be here before this ends.
                tokio::spawn(requests.count(Arc::clone(forwarder), letter, settle, permit));
            }
            _ => {
                if let Some(queue) = last {
                    self.requests.log.received.last(&queue, earlier.saturating_add(1));
                }
                let claim = claims.claim(request.unique_id.clone(), settle);
                self.announce(&request);
                let execution = requests.prepare(request, held, permit);
                tokio::spawn(requests.run(execution, Some(claim)));
            }
        }
    }

    /// Drops a message that cannot be decoded, or puts it aside. If it is known who waits for an answer, they get one.
    fn refuse(&self, delivery: Delivery, unread: Unread, permit: OwnedSemaphorePermit) {
        let Unread { error, caller } = unread;
        let bytes = delivery.excess.as_ref().map_or(delivery.body.len(), |excess| excess.bytes);
        let told = caller.is_some();
        // The worker is not free before its answer is on its way.
        let permit = Arc::new(permit);
        if let Some(caller) = caller {
            let (requests, permit) = (Arc::clone(&self.requests), Arc::clone(&permit));
            tokio::spawn(requests.answer_unread(caller, bytes, error.to_string(), permit));
        }
        match &self.requests.forwarder {
            Some(forwarder) if delivery.excess.is_none() && forwarder.keeps_undecodable() => {
                let (forwarder, requests) = (Arc::clone(forwarder), Arc::clone(&self.requests));
                let letter = Letter::of(&delivery, self.delivery_limit);
                let aside = requests.put_aside(forwarder, letter, error.to_string(), delivery.settle, permit);
                tokio::spawn(aside);
            }
            _ => {
                self.requests.log.received.rejected(bytes, told, &error);
                delivery.settle.reject(false);
            }
        }
    }

    fn announce(&self, request: &Request) {
        for warning in &request.warnings {
            self.requests.log.odd(warning);
        }
        if let (Some(observer), Ok(invocation)) = (&self.requests.observer, &request.invocation) {
            observe(observer, invocation, &request.context, request.reply.is_some(), &self.requests.log);
        }
    }
}
