//! What a load sends.

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call, which is answered.
    Call,
    /// A cast, which is over as soon as the broker has it.
    Cast,
    /// A notification, which is over as soon as the broker has it.
    Notification,
}
