//! What waits, in order, and what is under way.

use std::collections::{BTreeSet, VecDeque};

use super::super::emission::Emission;

/// How many events wait, and are under way.
#[derive(Debug, Clone, Copy)]
pub(in crate::notification) struct Limits {
    /// How many wait.
    pub(in crate::notification) waiting: usize,
    /// How many bytes those take, about.
    pub(in crate::notification) bytes: usize,
    /// How many are under way at once.
    pub(in crate::notification) under_way: usize,
}

/// Events, numbered as they come.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<(u64, Emission)>,
    /// How many bytes those take, about.
    bytes: usize,
    under_way: BTreeSet<u64>,
    next: u64,
    has_task: bool,
}

impl Queue {
    /// Adds an event; the oldest ones that wait make room for it, and come back.
    pub(super) fn push(&mut self, emission: Emission, limits: &Limits) -> Vec<Emission> {
        self.bytes += emission.size();
        self.waiting.push_back((self.next, emission));
        self.next += 1;
        let mut dropped = Vec::new();
        while self.waiting.len() > 1
            && (self.waiting.len() > limits.waiting || self.bytes > limits.bytes)
            && let Some((_, oldest)) = self.pop()
        {
            dropped.push(oldest);
        }
        dropped
    }

    fn pop(&mut self) -> Option<(u64, Emission)> {
        let (number, emission) = self.waiting.pop_front()?;
        self.bytes -= emission.size();
        Some((number, emission))
    }

    /// Whether somebody has to start the task; after that it has one.
    pub(super) fn needs_task(&mut self) -> bool {
        !std::mem::replace(&mut self.has_task, true)
    }

    /// The next event, which is under way from then on.
    pub(super) fn take(&mut self) -> Option<(u64, Emission)> {
        let (number, emission) = self.pop()?;
        self.under_way.insert(number);
        Some((number, emission))
    }

    /// Notes what became of an event that was under way: something.
    pub(super) fn done(&mut self, number: u64) {
        self.under_way.remove(&number);
    }

    /// Whether there is nothing to do for the task: then it has none from now on.
    pub(super) fn rest(&mut self) -> bool {
        let idle = self.len() == 0;
        self.has_task &= !idle;
        idle
    }

    /// Forgets the task, with what was under way; how many those were.
    pub(super) fn abandon(&mut self) -> usize {
        self.has_task = false;
        std::mem::take(&mut self.under_way).len()
    }

    /// Takes all that waits.
    pub(super) fn clear(&mut self) -> VecDeque<(u64, Emission)> {
        self.bytes = 0;
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn len(&self) -> usize {
        self.waiting.len() + self.under_way.len()
    }

    /// The number of the event that comes next.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The number of the first event that waits or is under way, or else of the one that comes next.
    pub(super) fn first(&self) -> u64 {
        let waiting = self.waiting.front().map(|(number, _)| *number);
        let under_way = self.under_way.first().copied();
        waiting.into_iter().chain(under_way).min().unwrap_or(self.next)
    }

    /// How many of those before `mark` wait or are under way.
    pub(super) fn left_before(&self, mark: u64) -> usize {
        let waiting = self.waiting.iter().take_while(|(number, _)| *number < mark).count();
        waiting + self.under_way.range(..mark).count()
    }
}
