//! What the bus and its connections are called.

/// The bus.
pub(super) const BUS: &str = "RabbitMQ";

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
