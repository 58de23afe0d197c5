//! Where the servers of a topic may be, as nobody stands between clients and servers who would know.
//!
//! A [`Directory`] only says where it is worth to connect to: what is there by now, and whom it serves, the connection
//! itself says.

mod fixed;
mod lease;
mod peer_address;
mod redis;

use std::fmt;

use futures::future::BoxFuture;

pub(crate) use self::fixed::Fixed;
pub(crate) use self::lease::Lease;
pub(crate) use self::peer_address::PeerAddress;
pub(crate) use self::redis::{Login, Redis, RedisOptions};
use crate::error::Fault;
use crate::transport::driver::ServerAddress;

/// What knows where servers may be.
pub(crate) trait Directory: fmt::Debug + Send + Sync {
    /// Where servers of a topic may be, or the one of that name: each place once, in no order, and no more than a process
    /// could have connections to. None is no error. It takes two seconds at most.
    fn resolve<'a>(
        &'a self,
        topic: &'a str,
        server: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<PeerAddress>, Fault>>;

    /// Says that a server is at a place, from now on and for as long as the lease is held.
    fn announce(&self, server: &ServerAddress, at: &PeerAddress) -> Lease;
}
