//! What the transport or its broker does not do, and why.

use serde::Serialize;

use super::cause::Cause;

/// What kind of trouble it is that a transport or its broker does not do what it was asked to; in JSON
/// `snake_case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The transport is closed.
    Closed,
    /// There is no connection, it was lost meanwhile, or the broker takes no messages by it. If it is known what
    /// happened to which host, the source is a [`HostFailure`](crate::HostFailure).
    NotConnected,
    /// The connection is there, and the broker did not answer in time.
    NoAnswer,
    /// The user of the URL lacks a right: AMQP's 403.
    Forbidden,
    /// Something that is needed does not exist, or the node that holds it is down: AMQP's 404.
    NotFound,
    /// Another connection has it for itself alone: AMQP's 405.
    InUse,
    /// It exists, and is not as it was declared: AMQP's 406.
    Conflict,
    /// The message is larger than the broker's `max_message_size` or the option `max_body`.
    TooLarge,
    /// The broker has taken no responsibility for the message, and gives no reason: often a queue is full.
    Nacked,
    /// A limit of the broker was reached, for example that of the channels of a connection.
    LimitReached,
    /// It cannot be done on this transport, or not with this name.
    Unusable,
    /// The broker refused it for another reason.
    Refused,
}

/// The broker's refusal in the terms of AMQP: the source of errors that have one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
#[non_exhaustive]
pub struct Refusal {
    /// The code of the protocol, for example 403 for a missing right.
    pub code: u16,
    /// The broker's words, for example `ACCESS_REFUSED - write access to exchange 'nova' ...`.
    pub why: String,
}

/// One of these, on its way to an error that users see.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{why}")]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// What failed and why, with the words of the source.
    pub(crate) why: String,
    pub(crate) source: Option<Cause>,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), source: None }
    }

    /// What the broker refused with a code of AMQP.
    #[cfg(feature = "amqp")]
    pub(crate) fn refused(code: u16, why: String) -> Self {
        let kind = match code {
            // Our own: it never came to the broker.
            0 => return Self::new(FaultKind::Unusable, why),
            // RabbitMQ's code, and the one that the protocol has for it.
            406 if why.contains("message size") => FaultKind::TooLarge,
            311 => FaultKind::TooLarge,
            403 => FaultKind::Forbidden,
            404 => FaultKind::NotFound,
            405 => FaultKind::InUse,
            406 => FaultKind::Conflict,
            506 => FaultKind::LimitReached,
            _ => FaultKind::Refused,
        };
        Self { kind, source: Some(Cause::new(Refusal { code, why: why.clone() })), why }
    }
}

#[cfg(all(test, feature = "amqp"))]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_refusals() {
        for (code, why, kind) in [
            (403, "ACCESS_REFUSED - write access to exchange 'x' refused", FaultKind::Forbidden),
            (404, "NOT_FOUND - no exchange 'x' in vhost '/'", FaultKind::NotFound),
            (405, "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue", FaultKind::InUse),
            (406, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q'", FaultKind::Conflict),
            (
                406,
                "PRECONDITION_FAILED - message size 2 larger than configured max size 1",
                FaultKind::TooLarge,
            ),
            (506, "RESOURCE_ERROR - no channel is free", FaultKind::LimitReached),
            (540, "NOT_IMPLEMENTED", FaultKind::Refused),
        ] {
            let fault = Fault::refused(code, why.to_owned());
            assert_eq!((fault.kind, &*fault.why), (kind, why));
            assert!(
                fault.source.is_some_and(
                    |source| source.downcast_ref() == Some(&Refusal { code, why: why.to_owned() })
                )
            );
        }
    }
}
