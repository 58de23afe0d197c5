//! Tells users what became of a connection: in its status, and in one line of the log for each change.

use std::collections::HashMap;

use tokio::time::Instant;

use super::state::State;
use crate::text::printable;
use crate::transport::failure::HostFailure;
use crate::transport::status::ConnectionStatus;
use crate::transport::status_watch::Reporter;

/// What users know of one connection.
#[derive(Debug)]
pub(super) struct Report {
    reporter: Reporter,
    known: ConnectionStatus,
    /// By host, why the last attempt failed: an attempt that fails as the one before is no news.
    failures: HashMap<String, HostFailure>,
}

impl Report {
    pub(super) fn new(reporter: Reporter) -> Self {
        let report = Self { reporter, known: ConnectionStatus::Connecting, failures: HashMap::new() };
        report.publish();
        report
    }

    /// Tells of `state`, in which the connection is, or was last, to `host`; it came up at `since`.
    pub(super) fn tell(&mut self, state: &State, host: &str, since: Instant, next_try: Instant) {
        let now = match state {
            // Known already: as the first attempt, or as the next one.
            State::Connecting => return,
            State::Ready { .. } => {
                self.failures.clear();
                ConnectionStatus::Ready { host: host.to_owned(), since: since.into_std() }
            }
            State::Blocked { reason, .. } => {
                if let ConnectionStatus::Blocked { reason: known, .. } = &self.known
                    && known == reason
                {
                    return;
                }
                let (host, reason) = (host.to_owned(), reason.clone());
                ConnectionStatus::Blocked { host, since: Instant::now().into_std(), reason }
            }
            State::Reconnecting { attempt, last, .. } => ConnectionStatus::Reconnecting {
                attempt: *attempt,
                last: last.clone(),
                next_try: next_try.into_std(),
            },
            State::Closed { reason } => ConnectionStatus::closed(reason),
        };
        self.log(&now);
        self.known = now;
        self.publish();
    }

    fn publish(&self) {
        self.reporter.tell(self.known.clone());
    }

    fn log(&mut self, now: &ConnectionStatus) {
        use ConnectionStatus::{Blocked, Closed, Connecting, Ready, Reconnecting};
        let name = self.reporter.connection();
        match (&self.known, now) {
            (Blocked { .. }, Ready { host, .. }) => {
                tracing::info!(%host, "{name} connection: the broker takes messages again");
            }
            (_, Ready { host, .. }) => tracing::info!(%host, "{name} connection up"),
            (_, Blocked { host, reason, .. }) => {
                tracing::warn!(%host, "{name} connection: the broker blocks it: {}", printable(reason));
            }
            (Ready { .. } | Blocked { .. }, Reconnecting { last, .. }) => {
                tracing::warn!(host = %last.host, "{name} connection lost: {}", printable(&last.why));
            }
            (_, Reconnecting { last, .. }) => {
                let known = self.failures.insert(last.host.clone(), last.clone());
                if known.as_ref() == Some(last) {
                    return;
                }
                if last.kind.is_hopeless() {
                    tracing::error!(host = %last.host, "{name} connection: {}", printable(&last.why));
                } else {
                    tracing::warn!(host = %last.host, "{name} connection: {}", printable(&last.why));
                }
            }
            (_, Closed { .. }) => tracing::info!("{name} connection closed"),
            (_, Connecting) => {}
        }
    }
}

#[cfg(test)]
mod tests;
