//! What the benchmark asks its processes, one line of JSON each, and what they answer.

use serde::{Deserialize, Serialize};

use super::load::Load;

/// A line to a process.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(crate) enum Question {
    /// Run this load for so many seconds: [`Done`].
    Load { load: Load, seconds: f64 },
    /// How long the operations of the last load took: [`Times`]. A question of its own, so that working it
    /// out is not measured.
    Times,
    /// Wait until the server has handled so many casts: [`Noted`].
    Noted { casts: usize },
    /// How much the process has allocated so far: [`Allocated`], or null if it does not count.
    Allocated,
}

/// A load that has ended.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) operations: usize,
    pub(crate) seconds: f64,
}

/// In seconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) casts: usize,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Allocated {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}
