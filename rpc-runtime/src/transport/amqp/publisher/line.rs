//! A confirm channel in use, and what is under way on it.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::super::confirms::{Confirms, Sent, Settled};
use super::super::library::{Channel, Chore, Confirm, Link, Up};
use super::super::message::expire_by;
use super::super::topology::Step;
use super::job::Job;
use super::under_way::UnderWay;
use crate::transport::driver::PublishFault;

/// How many messages are sent before the first of them is confirmed; more only adds latency.
pub(super) const IN_FLIGHT: usize = 256;

/// How many exchanges are remembered that need not be declared again.
const DECLARED: usize = 1024;

pub(super) struct Line {
    pub(super) link: Arc<dyn Link>,
    pub(super) epoch: u64,
    pub(super) channel: Arc<dyn Channel>,
    under_way: UnderWay<Sent<Job>, Confirm>,
    /// Resolved and not judged; empty between two looks.
    resolved: Vec<(Sent<Job>, Confirm)>,
    confirms: Confirms<Job>,
    /// The number of the next message, so how many were sent.
    pub(super) next: u64,
    declared: HashSet<Arc<str>>,
    /// When an answer came last, or was first waited for.
    heard: Instant,
    /// Whether callers may send by themselves.
    pub(super) open: bool,
    /// Whether the task looks by itself every now and then.
    pub(super) watched: bool,
    /// Outcomes to be told, outside of the lock.
    pub(super) told: Vec<(Job, Result<(), PublishFault>)>,
    /// What the task has to decide on: refused for now, or its fate is unknown.
    pub(super) left: Vec<(u64, Job, Settled)>,
}

impl Line {
    /// `look` is done by the thread that reads the connection when there are answers.
    pub(super) fn new(up: &Up, channel: Arc<dyn Channel>, look: Weak<impl Chore + 'static>) -> Self {
        let reader = channel.clone();
        let tell = move || {
            if let Some(look) = look.upgrade() {
                reader.give(look);
            }
        };
        Self {
            link: up.connection.clone(),
            epoch: up.epoch,
            channel,
            under_way: UnderWay::new(tell),
            resolved: Vec::new(),
            confirms: Confirms::new(),
            next: 0,
            declared: HashSet::new(),
            heard: Instant::now(),
            open: false,
            watched: false,
            told: Vec::new(),
            left: Vec::new(),
        }
    }

    /// How many messages have no answer yet.
    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    /// Whether its caller can send the message now as far as this channel is concerned.
    pub(super) fn takes(&self, job: &Job, now: Instant) -> bool {
        let has_room = self.len() < IN_FLIGHT && now < job.deadline;
        has_room && !self.has_to_declare(job)
    }

    pub(super) fn has_to_declare(&self, job: &Job) -> bool {
        matches!(&job.exchange, Some(Step::Exchange { name, .. }) if !self.declared.contains(name))
    }

    pub(super) fn declared(&mut self, exchange: Arc<str>) {
        if self.declared.len() >= DECLARED {
            // To declare one once more does no harm.
            self.declared.clear();
        }
        self.declared.insert(exchange);
    }

    pub(super) fn send(&mut self, job: Job, now: Instant) {
        if self.under_way.is_empty() {
            self.heard = now;
        }
        let number = self.next;
        self.next += 1;
        let mut message = job.message.clone();
        message.mandatory = job.mandatory.then_some(number);
        expire_by(&mut message, job.deadline, now);
        let confirm = self.channel.publish(message);
        let sent = Sent { number, mandatory: job.mandatory, job };
        self.under_way.start(sent, confirm, &mut self.resolved);
    }

    /// Takes everything that has been resolved, then judges it; see `confirms` why in this order.
    pub(super) fn look(&mut self, now: Instant) {
        self.under_way.look(&mut self.resolved);
        if self.resolved.is_empty() {
            return;
        }
        self.heard = now;
        let (told, left) = (&mut self.told, &mut self.left);
        let all_in = self.under_way.is_empty();
        self.confirms.settle(
            self.resolved.drain(..),
            self.next,
            all_in,
            |number, job, outcome| match outcome {
                Settled::Acked => told.push((job, Ok(()))),
                Settled::Returned(why) => told.push((job, Err(PublishFault::Unroutable(why)))),
                Settled::Nacked | Settled::Unknown(_) => left.push((number, job, outcome)),
            },
        );
    }

    /// The messages that have no answer yet.
    pub(super) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.under_way.iter().map(|sent| &sent.job)
    }

    /// Whether nothing was confirmed for so long.
    pub(super) fn is_silent(&self, patience: Duration, now: Instant) -> bool {
        !self.under_way.is_empty() && now.saturating_duration_since(self.heard) > patience
    }

    /// Once nothing more will be confirmed: what never became clear.
    pub(super) fn into_unclear(self) -> impl Iterator<Item = (u64, Job)> {
        self.confirms.into_unclear()
    }
}
