//! Messages that are sent, and what becomes of them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::address::Route;
use super::delivery::Labels;
use crate::error::{Fault, FaultKind, Reached};

/// A message to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) route: Route,
    /// The whole body, in the form that the driver names.
    pub(crate) body: Bytes,
    /// What it is if it is a request, for a bus whose bodies do not say that.
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "all that is built has it in the body")
    )]
    pub(crate) ask: Option<Ask>,
    /// Whether a message that no queue takes is an error.
    pub(crate) mandatory: bool,
    /// How long the message may wait in a queue.
    pub(crate) expiration: Option<Duration>,
    /// When to stop trying; a driver repeats an uncertain message, with the same body, until then.
    pub(crate) deadline: Instant,
    #[cfg_attr(
        not(any(feature = "amqp", feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "in memory an outcome is known at once")
    )]
    pub(crate) wanted: Wanted,
}

/// What a request says beside its body, on a bus whose bodies do not.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(any(feature = "amqp1", feature = "zmq")),
    expect(dead_code, reason = "all that is built has it in the body")
)]
pub(crate) struct Ask {
    /// That of the call, else one of its own: 32 hexadecimal digits.
    pub(crate) id: [u8; 32],
    pub(crate) wants: Wants,
}

/// What the sender of a request waits for beyond its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Nothing,
    Reply,
    /// And signs of life until then.
    Heartbeats,
}

/// What the sender of a message does with its outcome. A driver may save wake-ups where less is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It waits for it.
    AtOnce,
    /// It waits for something else meanwhile, which it is not woken from to hear that all is well. It watches the
    /// deadline by itself, and polls then.
    Trouble,
}

/// A message that a server sends on, its body neither read nor changed.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "amqp"), expect(dead_code, reason = "in memory a message has no headers to write"))]
pub(crate) struct Forward {
    pub(crate) route: Route,
    pub(crate) body: Bytes,
    pub(crate) labels: Labels,
    /// How long the message may wait in a queue.
    pub(crate) expiration: Option<Duration>,
    /// How often it was delivered so far; comes back as [`History::noted`](super::delivery::History::noted), but not of a dead letter.
    pub(crate) deliveries: u32,
    /// Why it is a dead letter, if it is one.
    pub(crate) death: Option<Death>,
    /// When to stop trying.
    pub(crate) deadline: Instant,
}

/// Why a message is a dead letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Death {
    /// In a word, one of RabbitMQ's where it has one.
    pub(crate) reason: &'static str,
    /// The queue that it came from.
    pub(crate) queue: Arc<str>,
    /// In words, for a person.
    pub(crate) error: String,
}

/// A message was not, or not certainly, taken by the broker.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{fault}")]
pub(crate) struct PublishError {
    pub(crate) fault: PublishFault,
    pub(crate) reached: Reached,
}

/// Why a message was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PublishFault {
    /// No queue is bound to the address; carries the broker's words.
    #[error("{0}")]
    Unroutable(String),
    /// Who waited for the reply is gone and will not come back.
    #[error("{0}")]
    #[cfg_attr(
        not(any(test, feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "queues may come back")
    )]
    Gone(String),
    /// The broker refuses the message for good, for example a full queue or a missing right.
    #[error("the broker refused the message: {0}")]
    Refused(Fault),
    /// The connection was lost by which it may have gone out.
    #[error("{0}")]
    #[cfg_attr(
        not(any(feature = "amqp1", feature = "zmq")),
        expect(dead_code, reason = "brokers are asked again")
    )]
    Lost(Fault),
    /// It cannot go out on this bus: it is too large, or its address too long.
    #[error("not sent: {0}")]
    Unfit(Fault),
    /// The deadline passed; says how far the message came.
    #[error("{0}")]
    Expired(String),
    /// As many messages are in flight as the options allow, and they say not to wait.
    #[error("not sent: {limit} messages are in flight (max_in_flight)")]
    #[cfg_attr(not(feature = "amqp"), expect(dead_code, reason = "in memory nothing is in flight"))]
    Overloaded { limit: usize },
    /// The transport was closed.
    #[error("the transport is closed")]
    Closed,
}

impl PublishFault {
    /// The same as one of a request that has no error of its own for it.
    pub(crate) fn into_fault(self) -> Fault {
        let why = self.to_string();
        match self {
            PublishFault::Refused(fault) | PublishFault::Lost(fault) | PublishFault::Unfit(fault) => {
                Fault { why, ..fault }
            }
            PublishFault::Closed => Fault::new(FaultKind::Closed, why),
            PublishFault::Unroutable(_) | PublishFault::Gone(_) => Fault::new(FaultKind::NotFound, why),
            PublishFault::Expired(_) => Fault::new(FaultKind::NoAnswer, why),
            PublishFault::Overloaded { .. } => Fault::new(FaultKind::LimitReached, why),
        }
    }
}

/// For a message that was handed over at most once: a driver that repeats knows better.
impl From<PublishFault> for PublishError {
    fn from(fault: PublishFault) -> Self {
        let reached = match fault {
            PublishFault::Lost(_) => Reached::Sent,
            PublishFault::Unroutable(_) | PublishFault::Refused(_) => Reached::Refused,
            PublishFault::Gone(_)
            | PublishFault::Unfit(_)
            | PublishFault::Expired(_)
            | PublishFault::Overloaded { .. }
            | PublishFault::Closed => Reached::NotSent,
        };
        Self { fault, reached }
    }
}

/// Takes the outcome of a message; must not block.
pub(crate) type Done = Box<dyn FnOnce(Result<(), PublishError>) + Send>;
