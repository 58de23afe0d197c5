//! How peers of this project know each other.

use super::zmtp::Ready;

/// What they say in READY, and what they say there.
const OURS: (&str, &str) = ("X-Rpc", "1");

/// Where they say which transport they are of, by an id that no other has.
const PROCESS: &str = "X-Rpc-Process";

/// The longest id that is looked at.
const LONGEST: usize = 64;

/// What each side says of itself.
pub(super) fn ready(process: &str) -> Ready {
    let (name, value) = OURS;
    Ready::default().with_property(name, value).with_property(PROCESS, process.to_owned())
}

/// Whether a peer keeps to what this project adds to the protocol.
pub(super) fn is_ours(theirs: &Ready) -> bool {
    let (name, value) = OURS;
    theirs.property(name).is_some_and(|said| said == value)
}

/// Which transport a peer of this project is of.
pub(super) fn process_of(theirs: &Ready) -> Option<String> {
    let said = theirs.property(PROCESS).filter(|said| said.len() <= LONGEST)?;
    str::from_utf8(said).ok().map(str::to_owned)
}
