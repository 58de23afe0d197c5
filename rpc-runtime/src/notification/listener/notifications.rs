//! What becomes of notifications once the receiver has taken them.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use super::attempts::Attempts;
use super::batch::{Batch, Item, Right};
use super::counters::Tally;
use super::endpoint::NotificationEndpoint;
use super::errands::Errands;
use super::handler::Answer;
use super::log::Log;
use super::unreadable::{OnUnreadable, Unreadable};
use super::verdict::{OnError, Verdict};
use crate::contained::contained;
use crate::receiving::{Forgotten, Forwarder, Memory, Phase, aborted};
use crate::wire::{Limits, MessageFormat};

/// What the tasks of all notifications share.
pub(super) struct Notifications {
    pub(super) endpoints: Vec<NotificationEndpoint>,
    pub(super) on_error: OnError,
    pub(super) on_unreadable: Option<OnUnreadable>,
    /// Queues that are listened to although no endpoint wants their priority.
    pub(super) drained: HashSet<Arc<str>>,
    /// How often one is delivered again.
    pub(super) redeliveries: u32,
    pub(super) format: MessageFormat,
    pub(super) limits: Limits,
    pub(super) memory: Memory,
    pub(super) forwarder: Option<Arc<Forwarder>>,
    pub(super) attempts: Attempts,
    pub(super) errands: Errands,
    pub(super) forgotten: Forgotten,
    pub(super) log: Log,
    pub(super) phases: watch::Receiver<Phase>,
    pub(super) tally: Arc<Tally>,
}

impl Notifications {
    /// Has the endpoints handle a batch, and settles each of its notifications by itself.
    pub(super) async fn run(self: Arc<Self>, batch: Batch, permit: OwnedSemaphorePermit) {
        let Batch { acknowledged, mut items } = batch;
        if !acknowledged.is_empty() {
            let lost = acknowledged.written().await;
            // What is back in its queue is not handled here, and may come again.
            items.retain_mut(|item| {
                let Right::Early(line, unique_id) = &mut item.right else { return true };
                let there = lost.has(*line);
                if there && let Some(unique_id) = unique_id.take() {
                    self.forgotten.note(unique_id);
                }
                !there
            });
        }
        let done = tokio::select! {
            biased;
            () = self.handle(&mut items) => true,
            () = aborted(&self.phases) => false,
        };
        for item in items {
            if done { self.settle(item) } else { self.cut_off(item) }
        }
        drop(permit);
    }

    /// Gives each notification to the endpoints one after the other, until one says that it is not to be handled further.
    async fn handle(&self, items: &mut [Item]) {
        for endpoint in &self.endpoints {
            let taken: Vec<_> = (0..items.len()).filter(|at| items[*at].is_for(endpoint)).collect();
            if taken.is_empty() {
                continue;
            }
            let offers = taken.iter().map(|at| Arc::clone(&items[*at].offer)).collect();
            let answers = endpoint.handler().handle(offers).await;
            for (at, answer) in taken.into_iter().zip(answers) {
                self.note(&mut items[at], answer);
            }
        }
    }

    fn note(&self, item: &mut Item, answer: Answer) {
        item.wanted |= answer != Answer::Unknown;
        match answer {
            Answer::Unknown => {}
            Answer::Verdict(verdict) => item.verdict = verdict,
            Answer::Unreadable(error) => self.tell_unreadable(item, &error),
            Answer::Failed(error) => {
                self.tally.failed.add_one();
                self.log.failed(&error, &item.offer.meta);
                item.verdict = self.on_error.verdict();
            }
            Answer::Panicked(said) => {
                self.tally.failed.add_one();
                self.log.received.panicked(item.offer.event.event_type(), &said);
                item.verdict = self.on_error.verdict();
            }
        }
    }

    fn tell_unreadable(&self, item: &Item, error: &Unreadable) {
        self.tally.unreadable.add_one();
        match &self.on_unreadable {
            Some(tell) => contained(|| tell(error, &item.offer.meta)),
            None => self.log.unreadable(error, &item.offer.meta),
        }
    }

    /// Settles one that all endpoints had.
    fn settle(self: &Arc<Self>, item: Item) {
        match item.verdict {
            Verdict::Handled => self.finish(item),
            Verdict::Reject => self.refuse(item),
            Verdict::Requeue | Verdict::RequeueAfter(_) => self.requeue(item),
        }
    }

    fn finish(&self, item: Item) {
        let Item { offer, letter, right, earlier, wanted, .. } = item;
        let counted = match wanted {
            true => &self.tally.handled,
            false if self.drained.contains(&offer.meta.queue) => &self.tally.drained,
            false => &self.tally.unhandled,
        };
        counted.add_one();
        if earlier > 0 {
            self.attempts.forget(self.attempts.key(offer.meta.unique_id.as_deref(), letter.body()));
        }
        if let Right::Late(claim) = right {
            claim.done();
        }
    }
}
