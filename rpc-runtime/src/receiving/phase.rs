//! How far a receiver is on its way to its end.

/// What a receiver is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Take messages.
    Serve,
    /// Take no more, finish those that run.
    Drain,
    /// The same, and nobody waits for them.
    Leave,
    /// Cut off those that still run.
    Abort,
}
