//! What each side says first.

use super::error::{ProtocolError, quoted};
use super::foreign::recognised;

/// How long a greeting is.
pub(super) const LENGTH: usize = 64;

/// Where its parts begin; what follows is filler. So are the bytes between the two of the signature.
const SIGNATURE_END: usize = 9;
const MAJOR: usize = 10;
const MINOR: usize = 11;
const MECHANISM: usize = 12;
const AS_SERVER: usize = 32;

/// The two bytes of the signature.
const FIRST: u8 = 0xff;
const LAST: u8 = 0x7f;

/// A version of ZMTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    pub(crate) major: u8,
    pub(crate) minor: u8,
}

impl Version {
    /// The one that is spoken here.
    pub(crate) const OURS: Self = Self { major: 3, minor: 1 };

    /// Whether its peers know PING and PONG. Some that say 3.0 send them all the same.
    pub(crate) fn has_heartbeats(self) -> bool {
        self >= Self { major: 3, minor: 1 }
    }
}

/// Our greeting. With the mechanism NULL nobody is the server.
pub(super) fn ours() -> [u8; LENGTH] {
    let mut greeting = [0; LENGTH];
    greeting[0] = FIRST;
    greeting[SIGNATURE_END] = LAST;
    greeting[MAJOR] = Version::OURS.major;
    greeting[MINOR] = Version::OURS.minor;
    greeting[MECHANISM..MECHANISM + 4].copy_from_slice(b"NULL");
    greeting
}

/// Reads the greeting that `bytes` begin with; `None` until all of it is there. What is wrong is told as early as it can be:
/// who speaks another protocol may wait for an answer before it says more.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Version>, ProtocolError> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    if first != FIRST {
        return recognised(bytes).map_or(Ok(None), |name| Err(ProtocolError::Foreign(name)));
    }
    if let Some(&last) = bytes.get(SIGNATURE_END)
        && last != LAST
    {
        return Err(ProtocolError::Signature(last));
    }
    if let Some(&major) = bytes.get(MAJOR)
        && major < Version::OURS.major
    {
        return Err(ProtocolError::Version(major));
    }
    if let Some(mechanism) = bytes.get(MECHANISM..AS_SERVER)
        && !is_null(mechanism)
    {
        let end = mechanism.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        return Err(ProtocolError::Mechanism(quoted(&mechanism[..end])));
    }
    match bytes.get(AS_SERVER) {
        // With NULL it makes no difference, and some peers set it.
        None | Some(0 | 1) => {}
        Some(other) => return Err(ProtocolError::AsServer(*other)),
    }
    // Who speaks a later version goes down to ours.
    Ok(bytes.get(..LENGTH).map(|greeting| Version { major: greeting[MAJOR], minor: greeting[MINOR] }))
}

fn is_null(mechanism: &[u8]) -> bool {
    mechanism.strip_prefix(b"NULL").is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_read_once_it_is_whole() {
        let greeting = ours();
        for end in 0..LENGTH {
            assert_eq!(read(&greeting[..end]), Ok(None), "{end}");
        }
        assert_eq!(read(&greeting), Ok(Some(Version::OURS)));
        assert_eq!(read(&[&greeting[..], b"more"].concat()), Ok(Some(Version::OURS)));
    }

    /// What is said of our greeting with some bytes changed, as soon as the last of them is there.
    fn changed(at: usize, bytes: &[u8]) -> Result<Option<Version>, ProtocolError> {
        let mut greeting = ours();
        greeting[at..at + bytes.len()].copy_from_slice(bytes);
        let whole = read(&greeting);
        if whole.is_err() {
            assert_eq!(read(&greeting[..AS_SERVER.max(at + 1)]), whole);
        }
        whole
    }

    #[test]
    fn what_is_wrong_with_one_is_told_by_name() {
        assert_eq!(changed(9, &[0x80]), Err(ProtocolError::Signature(0x80)));
        assert_eq!(changed(10, &[1]), Err(ProtocolError::Version(1)));
        assert_eq!(changed(12, b"CURVE"), Err(ProtocolError::Mechanism("CURVE".to_owned())));
        assert_eq!(changed(12, b"NULLS"), Err(ProtocolError::Mechanism("NULLS".to_owned())));
        assert_eq!(changed(12, b"\x1b[2J"), Err(ProtocolError::Mechanism(r"\u{1b}[2J".to_owned())));
        assert_eq!(changed(17, b"x"), Err(ProtocolError::Mechanism(r"NULL\0x".to_owned())));
        assert_eq!(changed(32, &[2]), Err(ProtocolError::AsServer(2)));
    }

    #[test]
    fn what_makes_no_difference_is_not_looked_at() {
        assert_eq!(changed(1, &[9; 8]), Ok(Some(Version::OURS)));
        assert_eq!(changed(32, &[1]), Ok(Some(Version::OURS)));
        assert_eq!(changed(33, &[9; 31]), Ok(Some(Version::OURS)));
    }

    #[test]
    fn versions() {
        for ([major, minor], heartbeats) in [([3, 0], false), ([3, 1], true), ([3, 2], true), ([4, 0], true)]
        {
            let version = Version { major, minor };
            assert_eq!(changed(10, &[major, minor]), Ok(Some(version)));
            assert_eq!(version.has_heartbeats(), heartbeats, "{version:?}");
        }
    }

    #[test]
    fn a_foreign_protocol_needs_no_64_bytes() {
        assert_eq!(read(b"AMQP\0\0\x09\x01"), Err(ProtocolError::Foreign("AMQP")));
        assert_eq!(read(b"\x16\x03\x01\x02\x00"), Err(ProtocolError::Foreign("TLS")));
        assert_eq!(read(b"GE"), Ok(None));
        assert_eq!(read(b"GET / HTTP/1.1\r\n"), Err(ProtocolError::Foreign("HTTP")));
        assert_eq!(read(&[0x01]), Err(ProtocolError::Foreign("something else")));
    }
}
