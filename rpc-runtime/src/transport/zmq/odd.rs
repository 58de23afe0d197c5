//! What peers do that an operator may want to know, however many do it.

use crate::rare_log::{RareLog, rarely};
use crate::text::printable;

/// The lines of a transport that others cause.
#[derive(Debug, Default)]
pub(super) struct Odd {
    /// About messages.
    messages: RareLog,
    /// About connections.
    pub(super) peers: RareLog,
    /// About what the system does not give.
    pub(super) failed: RareLog,
}

impl Odd {
    /// Notes a message that nothing is done with.
    pub(super) fn log(&self, what: &str) {
        let what = printable(what);
        rarely!(self.messages, warn, what, "dropped a message");
    }
}
