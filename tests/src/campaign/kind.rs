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

impl Kind {
    /// What a client of servers sends, in turn.
    pub const OF_CLIENTS: &'static [Self] = &[Self::Call, Self::Cast];
    /// What a notifier sends.
    pub const OF_NOTIFIERS: &'static [Self] = &[Self::Notification];

    /// As the Python peers call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Cast => "cast",
            Self::Notification => "notification",
        }
    }
}
