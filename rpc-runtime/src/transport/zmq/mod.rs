//! ZeroMQ without a broker: one TCP connection for each pair of processes, with ZMTP on it.
//!
//! No socket library: one picks the peer by itself, hides that a connection is lost, and cannot say which peer has a
//! message.

#![cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the driver above is yet to be written"))]

mod directory;
mod message;
mod peer;
mod zmtp;
