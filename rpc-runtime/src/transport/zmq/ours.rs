//! How peers of this project know each other.

use super::zmtp::Ready;

/// What they say in READY, and what they say there.
const OURS: (&str, &str) = ("X-Rpc", "1");

/// What each side says of itself.
pub(super) fn ready() -> Ready {
    let (name, value) = OURS;
    Ready::default().with_property(name, value)
}

/// Whether a peer keeps to what this project adds to the protocol.
pub(super) fn is_ours(theirs: &Ready) -> bool {
    let (name, value) = OURS;
    theirs.property(name).is_some_and(|said| said == value)
}
