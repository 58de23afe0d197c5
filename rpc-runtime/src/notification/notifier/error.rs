//! Why an event did not go everywhere.

use std::fmt;

use super::emission::Emission;
use crate::error::{Cause, FaultKind, Reached};
use crate::text::shortened;
use crate::wire::EncodeError;

/// Why an event did not go everywhere that it was to go.
///
/// Neither the payload nor the context is in it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum NotifyError {
    /// The event or the context cannot be written as JSON: no driver was given it.
    #[error("{event} was not sent: {source}")]
    #[non_exhaustive]
    Encode {
        /// The type of the event, shortened, or the name of its set.
        event: String,
        /// What cannot be written, and why.
        source: EncodeError,
    },
    /// Some of the drivers, or all, have not delivered it, or only to some of the topics. All were tried.
    #[error("{event} did not go everywhere: {}", Listed(failures))]
    #[non_exhaustive]
    Failed {
        /// The type of the event, shortened.
        event: String,
        /// Of each driver and topic that failed, why.
        failures: Vec<NotifyFailure>,
    },
}

impl NotifyError {
    /// The failure of a driver of one's own.
    #[must_use]
    pub fn new(emission: &Emission, failure: NotifyFailure) -> Self {
        Self::Failed { event: shortened(emission.event_type()), failures: vec![failure] }
    }

    /// Of each driver and topic that failed, why; none if the event could not be written.
    #[must_use]
    pub fn failures(&self) -> &[NotifyFailure] {
        match self {
            Self::Encode { .. } => &[],
            Self::Failed { failures, .. } => failures,
        }
    }

    /// How far the event came where it came furthest among those that failed. Up to [`Reached::Refused`] none of them has
    /// it; where there are several drivers or topics, others may.
    #[must_use]
    pub fn reached(&self) -> Reached {
        self.failures().iter().map(|failure| failure.reached).max().unwrap_or(Reached::NotSent)
    }

    pub(super) fn encode(event: &str, source: EncodeError) -> Self {
        Self::Encode { event: shortened(event), source }
    }

    /// One of all that failed; none if nothing did.
    pub(super) fn of(emission: &Emission, failures: Vec<NotifyFailure>) -> Result<(), Self> {
        if failures.is_empty() {
            return Ok(());
        }
        Err(Self::Failed { event: shortened(emission.event_type()), failures })
    }

    /// The failures, where the event cannot be written that of `driver`.
    pub(super) fn into_failures(self, driver: &str) -> Vec<NotifyFailure> {
        match self {
            Self::Failed { failures, .. } => failures,
            Self::Encode { source, .. } => {
                let why = source.to_string();
                vec![NotifyFailure { source: Some(Cause::new(source)), ..NotifyFailure::new(driver, why) }]
            }
        }
    }
}

/// Why one driver has not delivered an event, if it has topics to one of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NotifyFailure {
    /// The driver: `messagingv2`.
    pub driver: String,
    /// Where it was to go: `nova/notifications.info`.
    pub target: Option<String>,
    /// How far it came. At [`Reached::Sent`] a listener may get it all the same.
    pub reached: Reached,
    /// What to match on where a bus or its broker is to blame.
    pub kind: Option<FaultKind>,
    /// How often it was tried.
    pub attempts: u32,
    /// What failed and why, the broker's words included.
    pub why: String,
    /// The error behind it, if there is one.
    pub source: Option<Cause>,
}

impl NotifyFailure {
    /// A failure of one attempt that sent nothing.
    #[must_use]
    pub fn new(driver: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            driver: driver.into(),
            target: None,
            reached: Reached::NotSent,
            kind: None,
            attempts: 1,
            why: why.into(),
            source: None,
        }
    }
}

impl fmt::Display for NotifyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.driver)?;
        if let Some(target) = &self.target {
            write!(f, " to {target}")?;
        }
        write!(f, ": {}", self.why)?;
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        Ok(())
    }
}

/// One after the other.
struct Listed<'a>(&'a [NotifyFailure]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, failure) in self.0.iter().enumerate() {
            if n > 0 {
                f.write_str("; ")?;
            }
            failure.fmt(f)?;
        }
        Ok(())
    }
}

/// Events were still waiting or under way when the time of a [`flush`](super::Notifier::flush) was over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{left} events that were emitted before were not sent in time")]
#[non_exhaustive]
pub struct FlushError {
    /// How many.
    pub left: usize,
}
