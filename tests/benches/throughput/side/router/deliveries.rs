//! Messages that were passed on and not settled yet.

use std::collections::VecDeque;

use super::nodes::LinkAt;

/// Where the outcome of a message goes: its sender's link, and its number there.
pub(super) type Origin = (LinkAt, u32);

/// Those that a peer has got in one session, by their numbers, which count from 0.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    first: u32,
    origins: VecDeque<Option<Origin>>,
}

impl Deliveries {
    /// The number of the next one; its outcome is nobody's without an origin.
    pub(super) fn add(&mut self, origin: Option<Origin>) -> u32 {
        let number = self.first.wrapping_add(self.origins.len() as u32);
        self.origins.push_back(origin);
        self.forget();
        number
    }

    /// Takes out where the outcome of one goes, if it was not told before.
    pub(super) fn settle(&mut self, number: u32) -> Option<Origin> {
        let place = number.wrapping_sub(self.first) as usize;
        self.origins.get_mut(place)?.take()
    }

    /// Forgets those at the front that are settled.
    pub(super) fn forget(&mut self) {
        while let Some(None) = self.origins.front() {
            self.origins.pop_front();
            self.first = self.first.wrapping_add(1);
        }
    }
}
