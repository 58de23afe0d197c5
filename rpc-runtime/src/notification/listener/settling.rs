//! Notifications that are not simply done: they go back, or to the dead letters, or come to nothing.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep_until;

use super::back_off::back_off;
use super::batch::{Item, Right};
use super::meta::Meta;
use super::notifications::Notifications;
use crate::clock::after;
use crate::receiving::{Claim, Forwarder, Letter, Phase};
use crate::text::shortened;
use crate::transport::driver::Settle;
use crate::wire::DecodeError;

impl Notifications {
    /// Gives one back, as its handler said, unless that was done too often.
    pub(super) fn requeue(self: &Arc<Self>, item: Item) {
        let Item { offer, letter, right, earlier, verdict, .. } = item;
        let Right::Late(claim) = right else {
            return self.log.too_late(&offer.meta);
        };
        let times = earlier.saturating_add(1);
        if times > self.redeliveries {
            return self.give_up(letter, &offer.meta, claim, times);
        }
        self.attempts.note(self.attempts.key(offer.meta.unique_id.as_deref(), letter.body()), times);
        self.tally.requeued.add_one();
        let pause = verdict.pause().unwrap_or_default().max(back_off(earlier));
        if pause.is_zero() {
            claim.give_back();
        } else {
            self.give_back_after(pause, claim);
        }
    }

    fn give_back_after(&self, pause: Duration, claim: Claim) {
        let mut phases = self.phases.clone();
        self.errands.start(async move {
            tokio::select! {
                () = sleep_until(after(pause)) => {}
                // Another listener may have it at once.
                _ = phases.wait_for(|phase| *phase > Phase::Serve) => {}
            }
            claim.give_back();
        });
    }

    /// Ends one that was delivered so many times in vain.
    pub(super) fn give_up(self: &Arc<Self>, letter: Letter, meta: &Meta, claim: Claim, times: u32) {
        self.tally.given_up.add_one();
        // Sent once more, it has all its time again.
        self.attempts.forget(self.attempts.key(meta.unique_id.as_deref(), letter.body()));
        let Some(forwarder) = self.forwarder.clone() else {
            self.log.given_up(meta, times);
            return claim.put_away();
        };
        let event_type = shortened(meta.event_type.as_deref().unwrap_or_default());
        let error = format!("{event_type} was delivered {times} times and never handled");
        let letter = letter.delivered(times);
        self.bury(Some(claim), async move { forwarder.give_up(letter, error).await.is_ok() });
    }

    /// Ends one that a handler has rejected.
    pub(super) fn refuse(self: &Arc<Self>, item: Item) {
        let Item { offer, letter, right, earlier, .. } = item;
        self.tally.refused.add_one();
        let (letter, claim) = match right {
            Right::Early(..) => (letter.settled(), None),
            Right::Late(claim) => (letter, Some(claim)),
        };
        match self.forwarder.clone() {
            Some(forwarder) => {
                let event_type = shortened(offer.event.event_type());
                let error = format!("the handler of {event_type} has rejected it");
                let letter = letter.delivered(earlier.saturating_add(1));
                self.bury(claim, async move { forwarder.put_aside(letter, error).await.is_ok() });
            }
            None => claim.map_or((), Claim::reject),
        }
    }

    /// Goes on with a dead letter, whose place is known to be taken or not when `buried` tells.
    fn bury(self: &Arc<Self>, claim: Option<Claim>, buried: impl Future<Output = bool> + Send + 'static) {
        let notifications = Arc::clone(self);
        self.errands.start(async move {
            match (buried.await, claim) {
                (true, claim) => {
                    notifications.tally.dead_lettered.add_one();
                    if let Some(claim) = claim {
                        claim.put_away();
                    }
                }
                (false, Some(claim)) => {
                    notifications.tally.given_back.add_one();
                    claim.give_back();
                }
                // It was acknowledged before.
                (false, None) => {}
            }
        });
    }

    /// Gives one back whose handler was cut off.
    pub(super) fn cut_off(&self, item: Item) {
        let meta = &item.offer.meta;
        match item.right {
            Right::Late(claim) => {
                self.tally.given_back.add_one();
                claim.give_back();
            }
            Right::Early(..) => self.log.cut_off(meta),
        }
    }

    /// Puts a copy with a count in the place of one that its queue does not count.
    pub(super) fn count(self: &Arc<Self>, forwarder: &Arc<Forwarder>, letter: Letter, settle: Settle) {
        let (notifications, forwarder) = (Arc::clone(self), Arc::clone(forwarder));
        self.errands.start(async move {
            if forwarder.count(letter).await.is_ok() {
                settle.ack();
            } else {
                notifications.tally.given_back.add_one();
                settle.reject(true);
            }
        });
    }

    /// Makes one a dead letter that cannot be decoded.
    pub(super) fn put_aside(
        self: &Arc<Self>,
        forwarder: &Arc<Forwarder>,
        letter: Letter,
        error: &DecodeError,
        settle: Settle,
    ) {
        let (notifications, forwarder, error) = (Arc::clone(self), Arc::clone(forwarder), error.to_string());
        self.errands.start(async move {
            if forwarder.put_aside(letter, error).await.is_ok() {
                notifications.tally.dead_lettered.add_one();
                settle.ack();
            } else {
                notifications.tally.given_back.add_one();
                settle.reject(true);
            }
        });
    }
}
