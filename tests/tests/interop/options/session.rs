//! A configuration that either side is given.

use std::path::PathBuf;

use serde_json::{Value, json};

/// What the ends of a session do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A call, a cast and a fanout.
    Rpc,
    /// The client pings the server.
    Ping,
    /// The client casts more than these requests, none of which comes to an end.
    AtOnce(usize),
    /// The client calls what does not come to an end.
    Unanswered,
    /// The server goes on serving, for others to call it.
    Serve,
    /// A notifier tells a listener of something, both of the topics that are configured.
    Notify,
}

/// Where sessions take place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The virtual host, without anybody between.
    pub(super) url: String,
    /// What the host is called in names of queues.
    pub(super) host: String,
    /// The folder of locks.
    pub(super) locks: PathBuf,
}

/// Both ends are of one configuration.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) place: Place,
    /// The topic, which no other session of the place has, and the beginning of all names of its own.
    pub(super) topic: String,
    /// The text of the configuration file.
    pub(super) file: String,
    pub(super) act: Act,
    /// Whether Python tries for ever, and never comes to say so.
    pub(super) in_vain: bool,
    /// Whether Python does not have it, as it comes to what the one before came to.
    pub(super) left_out: bool,
}

impl Session {
    /// Whether Python comes to its end.
    pub(super) fn is_awaited(&self) -> bool {
        !self.in_vain && !self.left_out
    }

    /// As `tests/python/options.py` takes it.
    pub(super) fn question(&self, id: usize) -> Value {
        let (act, at_once) = match self.act {
            Act::Rpc => ("rpc", None),
            Act::Ping => ("ping", None),
            Act::AtOnce(count) => ("at once", Some(count)),
            Act::Unanswered => ("unanswered", None),
            Act::Notify => ("notify", None),
            Act::Serve => ("serve", None),
        };
        let locks = &self.place.locks;
        json!({"id": id, "topic": self.topic, "file": self.file, "locks": locks, "act": act, "at_once": at_once})
    }
}
