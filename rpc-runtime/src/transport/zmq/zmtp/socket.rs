//! The kinds of sockets that this side plays.

/// What this side is to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socket {
    /// It has connected, and asks.
    Dealer,
    /// It was connected to, and answers.
    Router,
}

impl Socket {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dealer => "DEALER",
            Self::Router => "ROUTER",
        }
    }

    /// What the protocol lets speak to it.
    pub(super) fn peers(self) -> &'static [&'static str] {
        match self {
            Self::Dealer => &["ROUTER", "DEALER", "REP"],
            Self::Router => &["DEALER", "ROUTER", "REQ"],
        }
    }

    /// The same for a person.
    pub(super) fn peers_in_words(self) -> &'static str {
        match self {
            Self::Dealer => "ROUTER, DEALER and REP",
            Self::Router => "DEALER, ROUTER and REQ",
        }
    }
}
