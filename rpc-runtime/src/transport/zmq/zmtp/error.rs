//! What is wrong with the bytes of a peer.

/// How a peer breaks the protocol, or wants what this side does not speak. What it wrote is shortened and printable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProtocolError {
    /// The first bytes are no greeting of ZMTP.
    #[error("it speaks {0}, not ZeroMQ")]
    Foreign(&'static str),
    /// They look like one, and the last byte of the signature is another.
    #[error("its greeting has no signature of ZMTP: byte 10 is {0:#04x}, not 0x7f")]
    Signature(u8),
    /// It is older than ZMTP 3; carries the first number of its version.
    #[error("it speaks a version of ZMTP before 3 (its greeting says {0}), as ZeroMQ before 4 does")]
    Version(u8),
    /// It wants to be sure of its peers in another way.
    #[error("its security mechanism is \"{0}\", and here it is NULL")]
    Mechanism(String),
    /// Neither yes nor no.
    #[error("its greeting says {0:#04x} to whether it is a server, which is neither 0 nor 1")]
    AsServer(u8),
    #[error("a frame has the unknown flags {0:#04x}")]
    Flags(u8),
    /// It is larger than commands may be here.
    #[error("a command has {bytes} bytes, of {limit} at most")]
    LongCommand { bytes: u64, limit: usize },
    #[error("a message has {bytes} bytes at least, of {limit} at most")]
    LongMessage { bytes: u64, limit: usize },
    #[error("a message has more than {limit} frames")]
    ManyFrames { limit: usize },
    /// The frame of a command has no name of one.
    #[error("a command has no name")]
    NoCommand,
    /// No command of that name may come at this time.
    #[error("the command {name} came {when}")]
    Unexpected { name: String, when: &'static str },
    #[error("a message came before READY")]
    BeforeReady,
    /// A command is not made as its name promises.
    #[error("the command {name} is malformed: {why}")]
    Malformed { name: &'static str, why: &'static str },
    /// READY says the same thing twice.
    #[error("READY has {0} twice")]
    Twice(String),
    #[error("READY has more than {limit} properties")]
    ManyProperties { limit: usize },
    #[error("READY has no Socket-Type")]
    NoSocketType,
    /// Its kind of socket and ours have nothing to say to each other.
    #[error("its socket is of the type \"{theirs}\", and to {ours} speak only {allowed}")]
    SocketType { theirs: String, ours: &'static str, allowed: &'static str },
    #[error("its identity has {bytes} bytes, of {limit} at most")]
    LongIdentity { bytes: usize, limit: usize },
}

/// A text of a peer as it may stand in an error.
pub(super) fn quoted(bytes: &[u8]) -> String {
    crate::text::printable(&crate::text::shortened(&String::from_utf8_lossy(bytes)))
}
