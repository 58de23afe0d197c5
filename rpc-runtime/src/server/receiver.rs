//! The receiving task of a server.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::claims::Claims;
use super::duplicates::Duplicates;
use super::forwarder::Letter;
use super::observer::observe;
use super::phase::Phase;
use super::requests::{Batch, Requests};
use crate::clock::after;
use crate::rare_log::RareLog;
use crate::transport::driver::{Delivery, StopListening};
use crate::wire::{DecodeError, Request};

/// How many requests are acknowledged together at most.
const AT_ONCE: usize = 32;

/// Takes requests one by one and starts a task for each.
pub(super) struct Receiver {
    pub(super) requests: Arc<Requests>,
    pub(super) order: Order,
    pub(super) workers: Arc<Semaphore>,
    pub(super) worker_count: u32,
    pub(super) stop: Arc<dyn StopListening>,
    pub(super) undecodable: RareLog,
}

/// When requests are acknowledged, and with that how repeated ones are found.
#[derive(Debug)]
pub(super) enum Order {
    Early(Duplicates),
    Late(Arc<Claims>),
}

impl Receiver {
    /// Runs until the server drains or the transport ends. As long as the stream that it returns is
    /// kept, what was delivered by it can be acknowledged.
    pub(super) async fn run(mut self, mut deliveries: mpsc::Receiver<Delivery>) -> mpsc::Receiver<Delivery> {
        self.serve(&mut deliveries).await;
        if let Order::Late(_) = self.order {
            self.give_back_rest(&mut deliveries).await;
            if *self.requests.phases.borrow() == Phase::Leave {
                // Nobody else waits for what runs, and the stream has to outlast it.
                drop(self.workers.acquire_many(self.worker_count).await);
                self.requests.replier.drained(after(Duration::MAX)).await;
                // It writes the last acknowledgements, before the transport may go with this task.
                self.stop.stop().await;
            }
        }
        deliveries
    }

    async fn serve(&mut self, deliveries: &mut mpsc::Receiver<Delivery>) {
        let mut phases = self.requests.phases.clone();
        let draining = async { drop(phases.wait_for(|phase| *phase >= Phase::Drain).await) };
        futures::pin_mut!(draining);
        loop {
            // A worker first, a message second: what no worker takes stays unsettled, so that the
            // prefetch bounds it and a shutdown gives it back.
            let permit = tokio::select! {
                biased;
                () = &mut draining => return,
                permit = Arc::clone(&self.workers).acquire_owned() => permit,
            };
            let delivery = tokio::select! {
                biased;
                () = &mut draining => return,
                delivery = deliveries.recv() => delivery,
            };
            let (Ok(permit), Some(delivery)) = (permit, delivery) else { return };
            let mut batch = Batch::default();
            self.take(delivery, permit, &mut batch);
            // What is there already is acknowledged with it.
            while batch.executions.len() < AT_ONCE
                && let Ok(permit) = Arc::clone(&self.workers).try_acquire_owned()
                && let Ok(delivery) = deliveries.try_recv()
            {
                self.take(delivery, permit, &mut batch);
            }
            if !batch.acknowledged.is_empty() {
                tokio::spawn(Arc::clone(&self.requests).run_acknowledged(batch));
            }
        }
    }

    /// Returns what no worker took to its queue, while what runs can still be acknowledged.
    async fn give_back_rest(&self, deliveries: &mut mpsc::Receiver<Delivery>) {
        let paused = self.stop.pause();
        futures::pin_mut!(paused);
        loop {
            tokio::select! {
                biased;
                Some(delivery) = deliveries.recv() => delivery.settle.reject(true),
                () = &mut paused => break,
            }
        }
        while let Ok(delivery) = deliveries.try_recv() {
            delivery.settle.reject(true);
        }
    }

    /// Decodes a message; adds it to the batch if it is time to settle it, else starts its task.
    fn take(&mut self, delivery: Delivery, permit: OwnedSemaphorePermit, batch: &mut Batch) {
        let tally = &self.requests.tally;
        tally.taken.add_one();
        let content = delivery.labels.content();
        let Requests { format, limits, .. } = &*self.requests;
        let read = match &delivery.excess {
            None => format.read_request(&delivery.body, &content, limits),
            Some(_) => Err(DecodeError::TooLarge { limit: limits.max_body }),
        };
        let request = match read {
            Ok(request) => request,
            Err(error) => {
                tally.rejected.add_one();
                return self.refuse(delivery, &error, permit);
            }
        };
        match &mut self.order {
            Order::Early(duplicates) => {
                let Delivery { redelivered, settle, .. } = delivery;
                // Before the execution: at most once, whatever happens to this process. What can't
                // be acknowledged any more is back in its queue, and another server may have it.
                if !batch.acknowledged.add(settle) {
                    tracing::debug!("left a message to its redelivery: its connection is gone");
                    return;
                }
                if let Some(unique_id) = &request.unique_id
                    && !duplicates.is_new(unique_id)
                {
                    tally.duplicates.add_one();
                    tracing::warn!(unique_id, redelivered, "ignored a repeated message");
                    return;
                }
                self.announce(&request);
                batch.executions.push(self.requests.prepare(request, permit));
            }
            Order::Late(claims) => {
                let claims = Arc::clone(claims);
                self.take_late(&claims, request, delivery, permit);
            }
        }
    }

    fn take_late(
        &self,
        claims: &Arc<Claims>,
        request: Request,
        delivery: Delivery,
        permit: OwnedSemaphorePermit,
    ) {
        if !delivery.settle.counts() {
            tracing::debug!("left a message to its redelivery: its connection is gone");
            return;
        }
        let (earlier, uncounted, redelivered) =
            (delivery.earlier(), delivery.is_uncounted(), delivery.redelivered);
        // Only what was delivered before can be given up or has to be counted.
        let letter = (earlier > 0).then(|| Letter::of(&delivery));
        let Some(settle) = claims.admit(request.unique_id.as_deref(), delivery.settle) else {
            self.requests.tally.duplicates.add_one();
            tracing::debug!(
                unique_id = request.unique_id,
                redelivered,
                "joined a repeated message to its first"
            );
            return;
        };
        let requests = Arc::clone(&self.requests);
        match (&self.requests.forwarder, letter) {
            (Some(forwarder), Some(letter)) if forwarder.gives_up(earlier) => {
                let claim = claims.claim(request.unique_id.clone(), settle);
                tokio::spawn(requests.give_up(Arc::clone(forwarder), request, letter, claim, permit));
            }
            (Some(forwarder), Some(letter)) if uncounted => {
                // Not claimed: its copy is to be executed, and could be here before this ends.
                tokio::spawn(requests.count(Arc::clone(forwarder), letter, settle, permit));
            }
            _ => {
                let claim = claims.claim(request.unique_id.clone(), settle);
                self.announce(&request);
                let execution = requests.prepare(request, permit);
                tokio::spawn(requests.run(execution, Some(claim)));
            }
        }
    }

    /// Drops a message that cannot be decoded, or puts it aside. If it is known who waits for an answer, they get one.
    fn refuse(&self, mut delivery: Delivery, error: &DecodeError, permit: OwnedSemaphorePermit) {
        let Requests { format, limits, .. } = &*self.requests;
        let (kept, bytes, caller) = match delivery.excess.take() {
            Some(excess) => (false, excess.bytes, excess.caller),
            None => {
                let content = delivery.labels.content();
                let caller = format.unread_caller(&delivery.body, &content, limits, error);
                (true, delivery.body.len(), caller)
            }
        };
        let told = caller.is_some();
        // The worker is not free before its answer is on its way.
        let permit = Arc::new(permit);
        if let Some(caller) = caller {
            let (requests, permit) = (Arc::clone(&self.requests), Arc::clone(&permit));
            tokio::spawn(requests.answer_unread(caller, bytes, error.to_string(), permit));
        }
        match &self.requests.forwarder {
            Some(forwarder) if kept && forwarder.keeps_undecodable() => {
                let (forwarder, requests) = (Arc::clone(forwarder), Arc::clone(&self.requests));
                let letter = Letter::of(&delivery);
                let aside = requests.put_aside(forwarder, letter, error.to_string(), delivery.settle, permit);
                tokio::spawn(aside);
            }
            _ => {
                match self.undecodable.admit() {
                    Some(left_out) => tracing::warn!(bytes, told, left_out, %error, "rejected a message"),
                    None => tracing::debug!(bytes, told, %error, "rejected a message"),
                }
                delivery.settle.reject(false);
            }
        }
    }

    fn announce(&self, request: &Request) {
        for warning in &request.warnings {
            tracing::warn!("{warning}");
        }
        if let (Some(observer), Ok(invocation)) = (&self.requests.observer, &request.invocation) {
            observe(observer, invocation, &request.context, request.reply.is_some());
        }
    }
}
