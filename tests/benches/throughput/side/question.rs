//! What a process is asked, one line of JSON each, and what it answers.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

/// A line to a process.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Question {
    /// Run this load for so many seconds: [`Done`].
    Load { load: Load, seconds: f64 },
    /// Once the server has handled so many casts since its start: [`Usage`].
    Usage { casts: usize },
    /// To a server: listen until so many notifications are handled that wait in the queue, in batches of that size or,
    /// with 1, one by one: [`Done`], without times of single ones.
    Listen { batch: usize, count: usize },
}

/// So many operations in flight: each caller starts its next one when the last is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// Done when the reply is there.
    Calls(usize),
    /// Done when the broker has confirmed it.
    Casts(usize),
    /// Notifications, done when the broker has confirmed them. They wait in a queue.
    Notify(usize),
    /// What waits there is handled, so many at once: a load of the server.
    Listen(usize),
}

impl Display for Load {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calls(in_flight) => write!(f, "calls-{in_flight}"),
            Self::Casts(in_flight) => write!(f, "casts-{in_flight}"),
            Self::Notify(in_flight) => write!(f, "notify-{in_flight}"),
            Self::Listen(batch) => write!(f, "listen-{batch}"),
        }
    }
}

/// A load that has ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Done {
    pub operations: usize,
    /// How long all of them took together.
    pub seconds: f64,
    /// The median of the time of one operation, in seconds; none if single ones were not timed.
    pub p50: Option<f64>,
    /// What one operation in a hundred takes longer than, in seconds.
    pub p99: Option<f64>,
}

/// What a process has taken since its start.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Usage {
    /// On all cores.
    pub cpu_seconds: f64,
    /// The most memory that it has had at once.
    pub peak_kib: u64,
    /// How often and how much it has allocated; 0 if nobody counts.
    pub allocations: usize,
    pub bytes: usize,
}
