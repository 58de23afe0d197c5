//! Notifications that are handled together; without batches, one.

use std::sync::Arc;

use super::endpoint::NotificationEndpoint;
use super::handler::Offer;
use super::verdict::Verdict;
use crate::receiving::{Claim, Held, Letter};
use crate::transport::driver::{AckForGood, Line};

/// Notifications that came in one after the other, and what of them is acknowledged before they are handled.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) acknowledged: AckForGood,
    pub(super) items: Vec<Item>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) offer: Arc<Offer>,
    pub(super) letter: Letter,
    pub(super) right: Right,
    /// How often it was delivered before, as far as that is known.
    pub(super) earlier: u32,
    /// What the endpoints said so far.
    pub(super) verdict: Verdict,
    /// Whether it was an event of any of them.
    pub(super) wanted: bool,
    #[expect(dead_code, reason = "held for its drop")]
    pub(super) held: Option<Held>,
}

/// The right to settle it.
#[derive(Debug)]
pub(super) enum Right {
    /// It is acknowledged by this connection; with the id that it is known by.
    Early(Line, Option<String>),
    Late(Claim),
}

impl Item {
    /// Whether an endpoint is to have it.
    pub(super) fn is_for(&self, endpoint: &NotificationEndpoint) -> bool {
        let Offer { event, context, meta } = &*self.offer;
        self.verdict == Verdict::Handled
            && endpoint.get_priorities().contains(&meta.priority)
            && endpoint.get_filter().is_none_or(|filter| filter.matches(meta, context, event.payload()))
    }
}
