//! What a connection is like.

use std::time::Duration;

use super::super::zmtp::Limits;

/// How a connection to a peer behaves. The defaults are those of the driver.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// How long the peer has to become ready. Default: 5 s.
    pub(crate) handshake: Duration,
    /// How often a peer that speaks ZMTP 3.1 is asked whether it is there. Default: 5 s.
    pub(crate) ping_every: Duration,
    /// After how long without a word it is dead; it is asked to think the same of this side. Default: 10 s.
    pub(crate) dead_after: Duration,
    /// What messages of the peer may be like. Default: 64 MiB in 16 frames.
    pub(crate) limits: Limits,
    /// How many bytes of messages wait to be written, with a kilobyte for what each of them needs beside; one that is larger
    /// may wait alone. Default: 16 MiB.
    pub(crate) queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(5),
            ping_every: Duration::from_secs(5),
            dead_after: Duration::from_secs(10),
            limits: Limits { bytes: 64 << 20, frames: 16 },
            queue: 16 << 20,
        }
    }
}
