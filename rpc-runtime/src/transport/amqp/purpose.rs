//! The connections of a transport.

/// What one connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Send,
    Listen,
}

impl Purpose {
    pub(super) fn name(self) -> &'static str {
        match self {
            Purpose::Send => "send",
            Purpose::Listen => "listen",
        }
    }
}
