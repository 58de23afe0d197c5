//! What peers do that an operator may want to know, however many do it.

use crate::rare_log::{RareLog, rarely};
use crate::text::printable;

/// The lines of a transport that others cause.
#[derive(Debug, Default)]
pub(super) struct Odd {
    /// About messages.
    messages: RareLog,
    /// About links.
    links: RareLog,
}

impl Odd {
    /// Notes a message that was rejected.
    pub(super) fn rejected(&self, address: &str, why: &str) {
        let (address, why) = (printable(address), printable(why));
        rarely!(self.messages, warn, address, why, "rejected a message");
    }

    /// Notes that what comes from an address comes no more for now.
    pub(super) fn lost(&self, address: &str, why: &str) {
        let (address, why) = (printable(address), printable(why));
        rarely!(self.links, warn, address, why, "a link was lost, and is attached again");
    }
}
