//! What a server says of itself to peers of this project: what can be called there.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::text::shortened;

/// The most bytes that they are told in.
const LONGEST: usize = 1 << 20;

/// How many endpoints a peer may have; one process has a handful.
const MOST: usize = 4096;

/// One thing that can be called at a peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    /// Of all that the peer ever had.
    pub(crate) number: u64,
    pub(crate) exchange: String,
    pub(crate) topic: String,
    pub(crate) server: String,
    /// How many requests of one connection may be on their way to it that it has not taken.
    pub(crate) window: u32,
    /// How many bytes they may have together, if they are several.
    pub(crate) bytes: u64,
}

/// All of them, as one message has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Served(pub(crate) Vec<Endpoint>);

impl Served {
    pub(crate) fn written(&self) -> Bytes {
        // Strings and numbers can always be written.
        serde_json::to_vec(&self.0).unwrap_or_default().into()
    }

    /// What is wrong with it if it cannot be read.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        if body.len() > LONGEST {
            return Err(format!("{} bytes, of {LONGEST} at most", body.len()));
        }
        let endpoints: Vec<Endpoint> =
            serde_json::from_slice(body).map_err(|error| shortened(&error.to_string()))?;
        match endpoints.len() {
            few if few <= MOST => Ok(Self(endpoints)),
            many => Err(format!("{many} endpoints, of {MOST} at most")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(number: u64) -> Endpoint {
        let [exchange, topic, server] = ["cinder", "volume", "host1@lvm"].map(str::to_owned);
        Endpoint { number, exchange, topic, server, window: 100, bytes: 1 << 20 }
    }

    #[test]
    fn what_is_said_is_read() {
        for count in [0, 1, 3] {
            let served = Served((0..count).map(endpoint).collect());
            assert_eq!(Served::read(&served.written()), Ok(served));
        }
    }

    #[test]
    fn what_is_no_such_thing_is_told() {
        let many = Served(vec![endpoint(1); MOST + 1]).written();
        for (body, said) in [
            (&b"{}"[..], "expected"),
            (b"[{\"number\": -1}]", "-1"),
            (b"[", "EOF"),
            (&many, "4097 endpoints"),
            (&[b' '; LONGEST + 1], "1048577 bytes"),
        ] {
            let why = Served::read(body).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
    }
}
