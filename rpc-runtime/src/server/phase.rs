//! How far a server is on its way to its end.

/// What a server is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Take requests.
    Serve,
    /// Take no more, finish those that run.
    Drain,
    /// The same, and nobody waits for them.
    Leave,
    /// Cut off those that still run.
    Abort,
}
